/**
 * The inspector as an MCP server over Streamable HTTP, at `/inspect/mcp`: one JSON answer to each POST, without sessions and
 * streams. The caller has checked that the peer and the `Host` are loopback.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { visible } from "../visible.ts";
import { ANSWERS } from "./mcp-answers.ts";
import { checkInput, DEFINITIONS, INSTRUCTIONS, type ToolName } from "./mcp-definitions.ts";
import { answerTo, statusOf } from "./mcp-protocol.ts";
import { recordedIn, type Source } from "./view.ts";

const MAX_BODY_BYTES = 64 * 1024;
/** Longer texts, such as stacks, are cut. Callers choose names: characters that nobody sees become codes, as on the page. */
const MAX_TEXT = 1000;

type Reply = readonly [status: number, body?: string];

/** @returns a function that answers one request of `/inspect/mcp` */
export function mcpEndpoint(source: Source) {
  const offer = {
    name: `${source.service} inspector`,
    instructions: INSTRUCTIONS,
    tools: DEFINITIONS,
    call: (tool: string, args: unknown) => answerOf(source, tool as ToolName, args),
  };
  return async (request: IncomingMessage, response: ServerResponse, headers: Readonly<Record<string, string>>) => {
    const [status, body] = refusal(request) ?? (await reply(request, offer));
    if (status === 405) response.setHeader("allow", "POST");
    response.writeHead(status, { ...headers, "content-type": "application/json; charset=utf-8" }).end(body);
  };
}

/** A page of another origin must not ask, and a form cannot. */
function refusal({ method, headers }: IncomingMessage): Reply | undefined {
  if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`) return refused(403, "origin");
  if (method !== "POST") return refused(405, "use POST");
  if (!/^application\/json\s*(;|$)/i.test(headers["content-type"] ?? "")) return refused(415, "send application/json");
  return undefined;
}

const refused = (status: number, message: string, code = -32600): Reply => [
  status,
  JSON.stringify({ jsonrpc: "2.0", id: null, error: { code, message } }),
];

async function reply(request: IncomingMessage, offer: Parameters<typeof answerTo>[1]): Promise<Reply> {
  const body = await bodyOf(request);
  if (body === undefined) return refused(413, `a message has at most ${MAX_BODY_BYTES} bytes`);
  let message: unknown;
  try {
    message = JSON.parse(body);
  } catch {
    return refused(400, "not JSON", -32700);
  }
  const answer = await answerTo(message, offer);
  return answer === undefined ? [202] : [statusOf(message, answer), JSON.stringify(answer)];
}

/** @returns undefined for a body that is too large, or that ends too early */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request) {
      bytes += chunk.length;
      if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return bytes > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString();
}

const shown = (text: string): string => visible(text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);

/** @throws {Error} that says what is wrong with the arguments, or what is not recorded */
function answerOf<N extends ToolName>(source: Source, tool: N, args: unknown): string {
  const answer = ANSWERS[tool](recordedIn(source), checkInput(tool, args) as never);
  return JSON.stringify(answer, (_key, value) => (typeof value === "string" ? shown(value) : value));
}
