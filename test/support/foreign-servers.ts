/** Servers that others wrote, in TypeScript and Python, from npm and PyPI. Each has a tool `echo`. */
import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { spawnChild } from "./children.ts";
import type { Argv } from "./observed-command.ts";
import { scaled } from "./wait.ts";

/** Where servers are installed. */
export const HOME = fileURLToPath(new URL("../../.run/foreign-servers/", import.meta.url));
const PYTHON = join(HOME, "venv", "bin", "python");
const PYTHON_SERVER = `
from mcp.server.mcpserver import MCPServer
server = MCPServer("python")

@server.tool()
def echo(message: str) -> str:
    return message

import sys
if len(sys.argv) > 1:
    server.run("streamable-http", port=int(sys.argv[1]))
server.run()
`;

export interface ForeignServer {
  readonly name: string;
  /** What exists when it is installed, and what installs it. */
  readonly installed: string;
  readonly install: readonly Argv[];
  readonly command: Argv;
  /** The same over Streamable HTTP, at `/mcp`. */
  readonly http: (port: number) => { readonly command: Argv; readonly env?: Record<string, string> };
}

export const FOREIGN_SERVERS: readonly ForeignServer[] = [
  {
    name: "server-everything",
    installed: "node_modules/@modelcontextprotocol/server-everything/dist/index.js",
    install: [
      [
        "npm",
        "install",
        "--prefix",
        HOME,
        "--ignore-scripts",
        "--loglevel=error",
        "@modelcontextprotocol/server-everything@2026.8.31",
      ],
    ],
    command: [
      process.execPath,
      join(HOME, "node_modules/@modelcontextprotocol/server-everything/dist/index.js"),
      "stdio",
    ],
    http: (port) => ({
      command: [
        process.execPath,
        join(HOME, "node_modules/@modelcontextprotocol/server-everything/dist/index.js"),
        "streamableHttp",
      ],
      env: { PORT: String(port) },
    }),
  },
  {
    name: "the Python SDK",
    installed: "venv/bin/mcp",
    install: [
      ["python3", "-m", "venv", join(HOME, "venv")],
      [join(HOME, "venv", "bin", "pip"), "install", "--quiet", "--disable-pip-version-check", "mcp==2.3.0"],
    ],
    command: [PYTHON, "-c", PYTHON_SERVER],
    http: (port) => ({ command: [PYTHON, "-c", PYTHON_SERVER, String(port)] }),
  },
];

/** @returns why it cannot be tried; undefined when it is installed */
export async function missing({
  installed,
  install,
}: Pick<ForeignServer, "installed" | "install">): Promise<string | undefined> {
  if (existsSync(join(HOME, installed))) return undefined;
  mkdirSync(HOME, { recursive: true });
  for (const command of install) {
    if (!(await succeeds(command))) return `not verified: "${command.join(" ")}" failed; it needs the registry`;
  }
  return undefined;
}

async function succeeds([program = "", ...args]: Argv): Promise<boolean> {
  try {
    const child = spawnChild(program, args, { stdio: "ignore" });
    const [code] = await once(child, "exit", { signal: AbortSignal.timeout(scaled(300_000)) });
    return code === 0;
  } catch {
    return false;
  }
}

/** What a client sees of a server. @param message what it tells the server, which is to be nowhere else */
export async function seen(client: Client, message: string) {
  const { tools } = await client.listTools();
  const answer = await client.callTool({ name: "echo", arguments: { message } });
  const refused = await client.callTool({ name: "echo", arguments: { message: 1 } }).catch(({ code }) => code);
  return { server: client.getServerVersion(), capabilities: client.getServerCapabilities(), tools, answer, refused };
}
