/** Puts the program that observes a command in front of one, and reads what both emit. */
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { CreateMessageRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { spawnChild } from "./children.ts";
import { type Emissions, emissions, testEnvironment } from "./running-server.ts";

export type Argv = readonly [program: string, ...args: string[]];

/** The command, observed. */
export const observed = (command: Argv): Argv => [
  process.execPath,
  fileURLToPath(new URL("../../server/telemetry/observe-command.ts", import.meta.url)),
  "--",
  ...command,
];

export interface Run {
  readonly process: ChildProcessWithoutNullStreams;
  /** What it has written to stdout so far. */
  stdout(): Buffer;
  stderr(): string;
  /** Resolves when it has ended: its exit code, or the signal that killed it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** Starts a command without a client. */
export function run([program, ...args]: Argv, own: Record<string, string> = {}): Run {
  const child = spawnChild(program, args, { env: testEnvironment(own) });
  const chunks: Buffer[] = [];
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk) => {
    stderr += chunk;
  });
  child.stdin.on("error", () => {});
  const ended = once(child, "close").then(([code, signal]) => code ?? signal);
  return { process: child, stdout: () => Buffer.concat(chunks), stderr: () => stderr, ended };
}

/** A client of the SDK that starts a command. Its answer to `sampling/createMessage` names a model. */
export async function clientOf(
  [command, ...args]: Argv,
  own: Record<string, string> = {},
): Promise<Emissions & { readonly client: Client }> {
  const transport = new StdioClientTransport({ command, args: [...args], env: testEnvironment(own), stderr: "pipe" });
  const emitted = emissions([transport.stderr as Readable], () => false);
  const client = new Client({ name: "test", version: "1.0.0" }, { capabilities: { sampling: {} } });
  client.setRequestHandler(CreateMessageRequestSchema, ({ params }) => ({
    model: String(params._meta?.traceparent),
    role: "assistant",
    content: { type: "text", text: "" },
  }));
  await client.connect(transport);
  return { ...emitted, client };
}
