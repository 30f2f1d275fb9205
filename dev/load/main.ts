/**
 * `make load RATE=… SESSIONS=… MINUTES=…`: calls a server at a fixed rate, by clients of both eras, and reports latencies,
 * failures, and what the server and its stores used. The report and a picture are written to `.run/load/`.
 *
 * It calls the stack on this machine, or `MCP_URL` with the token in `MCP_TOKEN_FILE`.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, stackVariables, type Variables } from "../../deploy/stack/settings/environment.ts";
import { BackEnds } from "../lib/back-ends.ts";
import { picture } from "./picture.ts";
import { report } from "./report.ts";
import { type Plan, run } from "./run.ts";

const FOLDER = join(ROOT, ".run", "load");

/** @throws for a number that cannot be used */
function number(variables: Variables, name: string, fallback: number, least: (value: number) => boolean): number {
  const value = Number(variables[name] || fallback);
  if (!Number.isFinite(value) || !least(value)) throw new Error(`${name}: cannot be ${variables[name]}`);
  return value;
}

function planOf(variables: Variables): Plan {
  const { MCP_URL = `http://127.0.0.1:${variables.MCP_PORT}/mcp`, MCP_TOKEN_FILE } = variables;
  const token = MCP_TOKEN_FILE === undefined ? undefined : readFileSync(MCP_TOKEN_FILE, "utf8").trim();
  return {
    target: { url: new URL(MCP_URL), token },
    perSecond: number(variables, "RATE", 50, (value) => value > 0),
    sessions: number(variables, "SESSIONS", 20, (value) => Number.isInteger(value) && value >= 0),
    seconds: number(variables, "MINUTES", 1, (value) => value > 0) * 60,
  };
}

try {
  const variables = stackVariables();
  const plan = planOf(variables);
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  const local = variables.MCP_URL === undefined ? await BackEnds.find(variables) : undefined;
  const made = await run(plan, local, stop.signal);
  const text = report(made);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, "report.txt"), `${text}\n`);
  writeFileSync(join(FOLDER, "picture.svg"), picture(made));
  process.stdout.write(`${text}\n.run/load/report.txt, .run/load/picture.svg\n`);
} catch (error) {
  const { message, cause } = error as Error;
  process.stderr.write(`no load: ${message} ${cause ?? ""}\n`.replace(/ \n$/, "\n"));
  process.exit(1);
}
