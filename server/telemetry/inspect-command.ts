/**
 * The inspector of a running server as an MCP server over stdio: `node inspect-command.ts http://127.0.0.1:9464`, for clients
 * that start their servers. It starts before the inspected server does, and goes on while that one restarts.
 */
import { createInterface } from "node:readline";
import { DEFINITIONS, INSTRUCTIONS } from "./inspect/mcp-definitions.ts";
import { answerTo } from "./inspect/mcp-protocol.ts";

const base = process.argv[2] || "http://127.0.0.1:9464";
const TIMEOUT_MS = 10_000;

interface CallAnswer {
  readonly result?: { readonly content: readonly [{ readonly text: string }]; readonly isError?: boolean };
}

/** @throws {Error} when the server does not answer, or with what its tool says is wrong */
async function call(tool: string, args: unknown): Promise<string> {
  const { result } = await post({
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: { name: tool, arguments: args },
  });
  const text = result?.content[0].text;
  if (text === undefined || result?.isError === true) throw new Error(text ?? `${base} does not know this tool`);
  return text;
}

async function post(message: object): Promise<CallAnswer> {
  try {
    const response = await fetch(new URL("/inspect/mcp", base), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(message),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return (await response.json()) as CallAnswer;
  } catch {
    throw new Error(`no inspector answers at ${base}: start the server with make dev, or with MCP_INSPECT=1`);
  }
}

const offer = { name: "inspector", instructions: INSTRUCTIONS, tools: DEFINITIONS, call };

for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
  if (line.trim() === "") continue;
  let message: unknown;
  try {
    message = JSON.parse(line);
  } catch {
    // `answerTo` says that this is no message.
  }
  const answer = await answerTo(message, offer);
  if (answer !== undefined) process.stdout.write(`${JSON.stringify(answer)}\n`);
}
