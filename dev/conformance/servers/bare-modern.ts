/** The fixture of SDK 2 on that SDK and Node.js alone: a server for each request, as the SDK's documents write it. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import {
  createMcpHandler,
  hostHeaderValidationResponse,
  localhostAllowedHostnames,
} from "@modelcontextprotocol/server";
import { modernFixture } from "../fixture/modern/server.ts";

const handler = createMcpHandler(() => modernFixture(() => handler.notify), { legacy: "reject" });

async function toRequest(incoming: IncomingMessage, signal: AbortSignal): Promise<Request> {
  const { headers, method = "", url } = incoming;
  const pairs = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
  const body = method === "POST" ? await text(incoming) : null;
  return new Request(`http://${headers.host}${url}`, { method, headers: pairs, signal, body });
}

const http = createServer(async (incoming, response) => {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const request = await toRequest(incoming, gone.signal);
  const refused = hostHeaderValidationResponse(request, localhostAllowedHostnames());
  const answer = refused ?? (await handler.fetch(request));
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  if (answer.body === null) response.end();
  else
    await pipeline(Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]), response).catch(() => {});
});
http.listen(0, "127.0.0.1", () => {
  const { port } = http.address() as AddressInfo;
  console.log(JSON.stringify({ msg: "listening", url: `http://127.0.0.1:${port}/mcp` }));
});
