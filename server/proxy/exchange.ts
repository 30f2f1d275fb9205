/** One HTTP exchange: a client's request passes to the upstream server, and the answer passes back while it comes. */
import type { IncomingMessage } from "node:http";
import { Writable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { Response } from "express";
import { type Pass, type RequestId, relay } from "mcp-telemetry/passing";
import type { Conversation } from "./conversation.ts";
import { cutIntoEvents, cutIntoOne, eventOf, isEventStream, readEvent, withData } from "./events.ts";
import { type Failure, failureAnswer, failureOf } from "./failure.ts";

const DECODERS = new Map([
  ["gzip", createGunzip],
  ["deflate", createInflate],
  ["br", createBrotliDecompress],
]);

export interface Answered {
  readonly conversation: Conversation;
  /** The requests that this answer is for. */
  readonly ids: readonly RequestId[];
}

/** Passes an answer on, whose head was passed already. Resolves when it has ended, or the client has gone. */
export async function passAnswer(
  answer: IncomingMessage,
  response: Response,
  { conversation, ids }: Answered,
): Promise<void> {
  const isStream = isEventStream(answer);
  let resumable = false;
  const onEvent = (event: Buffer, pass: Pass) => {
    const { data, hasId } = readEvent(event);
    resumable ||= hasId;
    for (const message of data === undefined ? [] : messagesIn(data)) {
      const isChanged = (text: Buffer) => message === data && text !== data;
      conversation.fromServer(message, (text) => pass(isChanged(text) ? withData(event, text) : event));
    }
  };
  const onBody = (body: Buffer, pass: Pass) => {
    for (const message of messagesIn(body)) conversation.fromServer(message, () => pass(body));
  };
  const [observe, cut] = isStream ? ([onEvent, cutIntoEvents] as const) : ([onBody, cutIntoOne] as const);

  const decoder = DECODERS.get(answer.headers["content-encoding"] ?? "")?.();
  if (decoder === undefined) await relay(answer, response, observe, cut);
  else {
    // What is compressed passes as it is. It is observed beside that.
    const passed = relay(answer, response, () => {}, asItComes);
    await relay(answer.pipe(decoder), nowhere(), observe, cut);
    await passed;
  }
  const gone = response.destroyed;
  for (const id of resumable ? [] : ids.filter((one) => conversation.isWaiting(one))) {
    if (gone) conversation.gone(id);
    else if (answer.complete) conversation.unanswered(id, answer.statusCode ?? 0);
    else conversation.fail(id, BROKEN, isStream && decoder === undefined ? asEvent(response) : NOWHERE);
  }
  if (answer.complete || (isStream && !resumable && decoder === undefined)) response.end();
  else response.destroy();
}

/** Answers in place of an upstream server that cannot be reached. */
export async function answerFailure(
  error: NodeJS.ErrnoException,
  response: Response,
  { conversation, ids }: Answered,
): Promise<void> {
  const failure = failureOf(error);
  const [id] = ids;
  const pass: Pass = async (body) => {
    response.writeHead(failure.status, { "content-type": "application/json", "content-length": body.length });
    await new Promise<void>((resolve) => response.end(body, resolve));
  };
  if (id === undefined || ids.length > 1) {
    for (const one of ids) conversation.fail(one, failure, NOWHERE);
    await pass(failureAnswer(null, failure));
  } else conversation.fail(id, failure, pass);
}

const BROKEN: Failure = { errorClass: "upstream", status: 502, code: "the connection was broken" };
const NOWHERE: Pass = async () => {};

const asEvent =
  (response: Response): Pass =>
  (message) =>
    new Promise((resolve) => response.write(eventOf(message), () => resolve()));

const asItComes: typeof cutIntoOne = (_, onPart) => ({ read: onPart, end: () => {} });

const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

/** The messages of a body or an event, each as text: one, or those of a batch. */
function messagesIn(body: Buffer): Buffer[] {
  if (!body.toString("latin1", 0, 64).trimStart().startsWith("[")) return [body];
  try {
    const batch: unknown = JSON.parse(body.toString());
    return Array.isArray(batch) ? batch.map((message) => Buffer.from(JSON.stringify(message))) : [];
  } catch {
    return [];
  }
}
