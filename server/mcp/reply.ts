/**
 * Answers an HTTP request: with one JSON object where the answer is the first that is sent, else with an event stream. An
 * event stream for one message costs a stream, an encoder and chunked transfer.
 */
import type { ServerResponse } from "node:http";
import type { RequestId } from "@modelcontextprotocol/sdk/types.js";

/** A JSON-RPC message as either SDK has it. */
type Sent = { readonly method: string } | { readonly id?: RequestId | undefined };

export interface Reply {
  /**
   * Takes what the server sends for the request, its answer last. What comes before the answer is lost when the client
   * has disconnected.
   *
   * @param status of an answer that is sent as JSON; default 200
   * @throws when the client has disconnected and this is the answer
   */
  readonly send: (message: Sent, status?: number) => Promise<void>;
  /** Ends the response without an answer. Has no effect after it. */
  readonly end: () => void;
}

interface ReplyOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** The event stream opens after as many milliseconds without a message: proxies want bytes. Default: never. */
  readonly streamAfterMs?: number;
}

/** Proxies close a connection that is silent for a minute or so. */
const KEEP_ALIVE_MS = 15_000;

const STREAM_HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
};

export function replyTo(response: ServerResponse, { headers, streamAfterMs }: ReplyOptions = {}): Reply {
  const open = () => openStream(response, headers);
  const openNow = () => {
    open();
    response.flushHeaders();
  };
  const opening = streamAfterMs === undefined ? undefined : setTimeout(openNow, streamAfterMs);
  const stop = () => clearTimeout(opening);
  if (opening !== undefined) response.once("close", stop);
  return {
    async send(message, status = 200) {
      stop();
      const isAnswer = !("method" in message);
      if (response.destroyed) {
        if (isAnswer) throw new Error("the client has disconnected");
      } else if (!isAnswer) {
        open();
        await write(response, eventOf(message));
      } else if (response.headersSent) response.end(eventOf(message));
      else answer(response, JSON.stringify(message), status, headers);
    },
    end() {
      stop();
      if (response.writableEnded) return;
      open();
      response.end();
    },
  };
}

const eventOf = (message: Sent): string => `event: message\ndata: ${JSON.stringify(message)}\n\n`;

function answer(response: ServerResponse, body: string, status: number, headers: ReplyOptions["headers"]): void {
  const own = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  response.writeHead(status, { ...own, ...headers }).end(body);
}

function openStream(response: ServerResponse, headers: ReplyOptions["headers"]): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(200, { ...STREAM_HEADERS, ...headers });
  const keepAlive = setInterval(() => response.write(": keep-alive\n\n"), KEEP_ALIVE_MS);
  response.once("close", () => clearInterval(keepAlive));
}

/** Waits for a client that reads slowly. */
async function write(response: ServerResponse, event: string): Promise<void> {
  if (response.write(event)) return;
  await new Promise<void>((resolve) => {
    response.once("drain", resolve).once("close", resolve);
  });
}
