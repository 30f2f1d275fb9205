/** The clients: how each is installed and started, inside a copy of its folder, and what it does in its own way. */
import type { SessionEndReason } from "mcp-telemetry/conventions";

export type Command = readonly [program: string, ...args: string[]];

export interface ForeignClient {
  /** Its folder. */
  readonly name: string;
  /** What it calls itself in `initialize`, where that is not its name. */
  readonly clientInfo?: string;
  /** The file that fixes its version, and where in it. */
  readonly version: readonly [file: string, pattern: RegExp];
  /** Each succeeds where the toolchain is installed. */
  readonly toolchain: readonly Command[];
  /** Takes packages from a registry. */
  readonly fetch: readonly Command[];
  readonly build: readonly Command[];
  readonly run: Command;
  /** Whether it also starts the server itself, over stdio. */
  readonly stdio: boolean;
  /** Whether it speaks revision 2026-07-28, which has no sessions. */
  readonly stateless: boolean;
  /** How many it opens where it has sessions. */
  readonly sessions: number;
  readonly sessionsEnd: SessionEndReason;
  /**
   * Where it also gives up a call after a time, and has a call in progress when the server ends: how the given-up call
   * ends on the server. `server/test/eras.test.ts` tries the same with the clients for TypeScript.
   */
  readonly timeout?: "cancelled" | "success";
}

const USUAL = {
  build: [],
  stdio: false,
  stateless: true,
  sessions: 1,
  sessionsEnd: "client_delete",
} as const;

const python = {
  ...USUAL,
  toolchain: [["python3", "--version"]],
  fetch: [
    ["python3", "-m", "venv", "venv"],
    ["venv/bin/pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", "requirements.txt"],
  ],
  run: ["venv/bin/python", "client.py"],
  stdio: true,
} as const;

const node = {
  ...USUAL,
  toolchain: [[process.execPath, "--version"]],
  fetch: [["npm", "ci", "--ignore-scripts", "--loglevel=error"]],
  run: [process.execPath, "client.mjs"],
} as const;

export const CLIENTS: readonly ForeignClient[] = [
  { ...python, name: "python-1", version: ["requirements.txt", /^mcp==(.+)$/m], stateless: false, timeout: "success" },
  { ...python, name: "python-2", version: ["requirements.txt", /^mcp==(.+)$/m], timeout: "cancelled" },
  { ...python, name: "fastmcp", version: ["requirements.txt", /^fastmcp==(.+)$/m], timeout: "cancelled" },
  {
    ...node,
    name: "inspector",
    clientInfo: "inspector-cli",
    version: ["package.json", /inspector": "(.+)"/],
    stateless: false,
    sessions: 7,
    sessionsEnd: "shutdown",
  },
  { ...node, name: "typescript-2", version: ["package.json", /client": "(.+)"/], stdio: true },
  {
    ...USUAL,
    name: "go",
    version: ["go.mod", /go-sdk (.+)$/m],
    toolchain: [["go", "version"]],
    fetch: [["go", "mod", "download"]],
    build: [["go", "build", "-o", "client", "."]],
    run: ["./client"],
  },
  {
    ...USUAL,
    name: "rust",
    version: ["Cargo.toml", /rmcp = \{ version = "=(.+?)"/],
    toolchain: [["cargo", "--version"]],
    fetch: [["cargo", "fetch", "--locked"]],
    build: [["cargo", "build", "--locked", "--offline", "--quiet"]],
    run: ["target/debug/foreign-client"],
  },
  {
    ...USUAL,
    name: "java",
    version: ["pom.xml", /<artifactId>mcp<\/artifactId>\s*<version>(.+)<\/version>/],
    toolchain: [
      ["java", "--version"],
      ["mvn", "--version"],
    ],
    fetch: [["mvn", "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=lib"]],
    run: ["java", "-cp", "lib/*", "Client.java"],
    stateless: false,
  },
];
