/** Reads the body of a request as JSON. Stops reading when the body is refused. */
import type { IncomingMessage } from "node:http";
import type { Readable, Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { Rejection } from "./rejection.ts";

/** A decoder gives one chunk in a turn of the event loop. With chunks of 16 KiB, a busy loop would take 256 turns. */
const CHUNKS = { chunkSize: 256 * 1024 };

const DECODERS: ReadonlyMap<string, () => Transform> = new Map([
  ["gzip", () => createGunzip(CHUNKS)],
  ["deflate", () => createInflate(CHUNKS)],
  ["br", () => createBrotliDecompress(CHUNKS)],
]);

const TEXT = new TextDecoder();

/** The client disconnected before its body was complete and decompressed. */
export class Disconnected extends Error {}

/**
 * @param limit of the decompressed size, in bytes
 * @param check of the bytes before they are parsed
 * @returns undefined for an empty body
 * @throws {Rejection} @throws {Disconnected}
 */
export async function readJson(
  request: IncomingMessage,
  limit: number,
  check: (bytes: Buffer) => void,
): Promise<unknown> {
  const { headers } = request;
  if (headers["content-length"] === undefined && headers["transfer-encoding"] === undefined) return undefined;
  if (Number(headers["content-length"]) > limit) throw new Rejection("body_too_large");
  const bytes = await readBytes(request, decoded(request), limit);
  if (bytes.length === 0) return undefined;
  check(bytes);
  try {
    return JSON.parse(TEXT.decode(bytes));
  } catch {
    throw new Rejection("malformed_json");
  }
}

function decoded(request: IncomingMessage): Readable {
  const encoding = request.headers["content-encoding"]?.toLowerCase() ?? "identity";
  if (encoding === "identity") return request;
  const decoder = DECODERS.get(encoding);
  if (decoder === undefined) throw new Rejection("unsupported_media_type");
  return request.pipe(decoder());
}

function readBytes(request: IncomingMessage, body: Readable, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const refuse = (rejection: Rejection) => {
      reject(rejection);
      request.unpipe().pause();
      if (body !== request) body.destroy();
    };
    body.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) refuse(new Rejection("body_too_large"));
      else chunks.push(chunk);
    });
    body.once("end", () => resolve(Buffer.concat(chunks, size)));
    if (body !== request) body.once("error", () => refuse(new Rejection("malformed_json")));
    request.once("error", () => reject(new Disconnected()));
  });
}
