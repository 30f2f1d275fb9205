/** An HTTP server that keeps what it gets, and answers what a test wants: an upstream server as it is on the wire. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

export interface Recorded {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

export interface RecordingUpstream {
  readonly url: URL;
  /** The requests so far, the oldest first. */
  readonly requests: readonly Recorded[];
}

/** @param answer called when the body of a request has arrived */
export async function recordingUpstream(
  t: TestContext,
  answer: (request: Recorded, response: ServerResponse) => void,
): Promise<RecordingUpstream> {
  const requests: Recorded[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = "", url = "", headers } = request;
    const recorded = { method, url, headers, body: Buffer.concat(chunks) };
    requests.push(recorded);
    answer(recorded, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`), requests };
}
