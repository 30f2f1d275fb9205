/** A stateless MCP server on a real socket with one tool, `add`. A test can replace its answer to any method. */
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server } from "node:net";
import type { KeyAndCertificate } from "../../../../test/support/certificate.ts";

interface Message {
  readonly method: string;
  readonly id?: string | number;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** Answers one JSON-RPC message. */
export type Answer = (response: ServerResponse, message: Message) => void;

export interface FakeServer {
  readonly url: URL;
  /** `POST initialize`, `DELETE <session id>` and so on, in the order of arrival. */
  readonly requests: string[];
  readonly headers: IncomingMessage["headers"][];
  close(): void;
}

export const result =
  (value: Readonly<Record<string, unknown>>, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response, { id }) =>
    response
      .writeHead(200, { "content-type": "application/json", ...headers })
      .end(JSON.stringify({ jsonrpc: "2.0", id, result: value }));

export const rpcError =
  (code: number): Answer =>
  (response, { id }) =>
    response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ jsonrpc: "2.0", id, error: { code, message: "no" } }));

export const status =
  (code: number): Answer =>
  (response) =>
    response.writeHead(code, { "content-type": "text/html" }).end("<html>the answer's secret body</html>");

export const raw =
  (type: string, body: string): Answer =>
  (response) =>
    response.writeHead(200, { "content-type": type }).end(body);

/** Sends the text again and again, as fast as the client reads. */
export const endless =
  (type: string, text: string, code = 200): Answer =>
  (response) => {
    const chunk = text.repeat(Math.ceil(65_536 / text.length));
    response.writeHead(code, { "content-type": type });
    const send = () => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on("drain", send);
    send();
  };

export const event = (message: object): string => `data: ${JSON.stringify({ jsonrpc: "2.0", ...message })}\n\n`;

/** Sends a byte every 20 ms. */
export const drip: Answer = (response) => {
  response.writeHead(200, { "content-type": "application/json" });
  const timer = setInterval(() => response.write(" "), 20);
  response.once("close", () => clearInterval(timer));
};

/** A tool whose schema is nested 100,000 levels deep. */
export const deepList: Answer = (response, { id }) => {
  const schema = `{"type":"object","properties":${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}}`;
  const tools = `[{"name":"deep","inputSchema":${schema}}]`;
  response
    .writeHead(200, { "content-type": "application/json" })
    .end(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{"tools":${tools}}}`);
};

export const neverAnswer: Answer = () => {};
export const hangUp: Answer = (response) => response.destroy();

export const initialized = (
  capabilities: object = { tools: {} },
  headers: Readonly<Record<string, string>> = {},
  instructions?: string,
) =>
  result(
    { protocolVersion: "2025-06-18", capabilities, serverInfo: { name: "fake", version: "1" }, instructions },
    headers,
  );

/** The answer to `server/discover`: without it, the server knows sessions only. */
export const discovered = (instructions?: string) =>
  result({
    resultType: "complete",
    supportedVersions: ["2026-07-28"],
    capabilities: { tools: {} },
    serverInfo: { name: "fake", version: "1" },
    instructions,
  });

/** The answer to `tools/list` of a server that is asked without a session. */
export const listedModern = (...tools: readonly object[]) =>
  result({ resultType: "complete", ttlMs: 0, cacheScope: "private", tools });

export const tool = (name: string, properties: object = {}) => ({
  name,
  inputSchema: { type: "object", properties },
});

const DEFAULT_ANSWERS: Readonly<Record<string, Answer>> = {
  initialize: initialized(),
  "notifications/initialized": (response) => response.writeHead(202).end(),
  "tools/list": result({ tools: [tool("add")] }),
  "tools/call": result({ content: [{ type: "text", text: "the sum is 3" }], structuredContent: { sum: 3 } }),
};

/** @param broken answers by method that replace the default ones; `DELETE` is the HTTP method */
export async function fakeServer(
  broken: Readonly<Record<string, Answer>> = {},
  tls?: KeyAndCertificate,
): Promise<FakeServer> {
  const requests: string[] = [];
  const headers: FakeServer["headers"] = [];
  const answer: RequestListener = async (request, response) => {
    headers.push(request.headers);
    if (request.method !== "POST") {
      requests.push(`${request.method} ${request.headers["mcp-session-id"] ?? request.url}`);
      if (request.method === "DELETE" && broken.DELETE) broken.DELETE(response, { method: "DELETE" });
      else response.writeHead(request.method === "DELETE" ? 200 : 404).end();
      return;
    }
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const message: Message = JSON.parse(body);
    requests.push(`POST ${message.method}`);
    (broken[message.method] ?? DEFAULT_ANSWERS[message.method] ?? status(404))(response, message);
  };
  const server: Server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer);
  const port = await listening(server);
  return {
    url: new URL(`${tls === undefined ? "http" : "https"}://127.0.0.1:${port}/mcp`),
    requests,
    headers,
    close: () => server.close(),
  };
}

export const listening = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
    // The test process can exit while connections are still open.
    server.unref();
  });
