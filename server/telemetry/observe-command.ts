#!/usr/bin/env node
/**
 * Observes a server that speaks MCP over stdio, whatever its language: `node observe-command.ts -- python server.py`. Put
 * it in front of the command that a client has. Messages flow also where the telemetry cannot start.
 */
import { type Command, type Ended, startCommand } from "./command/child.ts";
import type { Observer } from "./command/observer.ts";
import type { Telemetry } from "./index.ts";

/** How long the last spans and lines may take, in milliseconds. Clients kill a server that takes longer than 2 s. */
const FLUSH_MS = 1500;
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;
const USAGE = "usage: node observe-command.ts -- <command> [argument …]";

interface Observation {
  readonly observer: Observer;
  readonly telemetry: Telemetry;
}

function fail(message: string, code: number): never {
  process.stderr.write(`[observe] ${message}\n`);
  process.exit(code);
}

function commandIn(args: readonly string[]): [program: string, ...args: string[]] {
  const [program, ...rest] = args[0] === "--" ? args.slice(1) : args;
  if (program === undefined || program.startsWith("-")) fail(USAGE, 2);
  return [program, ...rest];
}

async function start(program: string, args: readonly string[]): Promise<Command> {
  try {
    return await startCommand(program, args);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === "ENOENT"
      ? fail(`cannot start ${program}: no such program, or no such working directory`, NOT_FOUND)
      : fail(`cannot start ${program} (${code}): is it an executable file?`, NOT_EXECUTABLE);
  }
}

/** Loaded only after the command has started: the command gets its environment unchanged, and need not wait. */
async function observe(): Promise<Observation | undefined> {
  try {
    // A client starts several servers at once.
    process.env.METRICS_PORT ||= "0";
    const { startTelemetry } = await import("./index.ts");
    const { messageObservers } = await import("./command/observer.ts");
    const telemetry = await startTelemetry({ transport: "stdio" });
    return { telemetry, observer: messageObservers(telemetry)() };
  } catch (error) {
    process.stderr.write(`[observe] not observed: ${error instanceof Error ? error.message : "unknown error"}\n`);
    return undefined;
  }
}

function endAs({ code, signal }: Ended): never {
  if (signal !== null) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  }
  process.exit(code);
}

const [program, ...args] = commandIn(process.argv.slice(2));
const command = await start(program, args);
const observation = await observe();
process.on("uncaughtException", ({ name }) => process.stderr.write(`[observe] internal error: ${name}\n`));

const ended = await command.run(observation?.observer);
setTimeout(() => endAs(ended), FLUSH_MS).unref();
observation?.observer.end(command.signalled() ? "shutdown" : "transport_closed");
await observation?.telemetry.shutdown();
endAs(ended);
