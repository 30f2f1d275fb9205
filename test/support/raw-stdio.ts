/** Starts a server over stdio without a client: the test writes lines to its stdin and reads the lines of its stdout. */

import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { spawnChild } from "./children.ts";
import { type Emissions, emissions, SERVER_ARGS, testEnvironment } from "./running-server.ts";
import { until } from "./wait.ts";

export interface RawStdioServer extends Emissions {
  readonly process: ChildProcessWithoutNullStreams;
  /** Writes a text to stdin, as it is. */
  write(text: string): void;
  /** What was written to stdout so far, line by line. */
  stdout(): string[];
  /** Waits for so many messages on stdout. @throws when they do not come, or a line is not JSON */
  messages(count: number): Promise<Record<string, unknown>[]>;
  /** Resolves when it has ended: its exit code, or the signal that killed it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** @param preload a module that is imported after the telemetry */
export function rawStdio(own: Record<string, string> = {}, preload?: string): RawStdioServer {
  const [flag = "", register = "", main = ""] = SERVER_ARGS;
  const args = [flag, register, ...(preload === undefined ? [] : ["--import", preload]), main, "--stdio"];
  const child = spawnChild(process.execPath, args, { env: testEnvironment(own) });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
  });
  child.stdin.on("error", () => {});
  let closed = false;
  const ended = once(child, "close").then(([code, signal]) => {
    closed = true;
    return code ?? signal;
  });
  const stdout = () => text.split("\n").slice(0, -1);
  return {
    ...emissions([child.stderr], () => closed),
    process: child,
    write: (written) => void child.stdin.write(written),
    stdout,
    messages: (count) =>
      until(
        () => stdout().length >= count && stdout().map((line) => JSON.parse(line)),
        () => `${count} messages in ${text}`,
      ),
    ended,
  };
}

/** The first two messages of a client. */
export const HELLO =
  '{"jsonrpc":"2.0","id":"hello","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}\n' +
  '{"jsonrpc":"2.0","method":"notifications/initialized"}\n';
