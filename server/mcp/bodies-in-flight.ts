/** Limits the bytes of all bodies that are read and handled at the same time: they share the memory of the process. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Rejection } from "./rejection.ts";

export interface BodyLimits {
  /** Largest body of a request, in bytes. */
  readonly bodyLimit: number;
  /** Largest sum of the bodies that are read and handled, in bytes; at least `bodyLimit` applies. */
  readonly maxBytesInFlight: number;
}

export function bodiesInFlight({ bodyLimit, maxBytesInFlight }: BodyLimits) {
  const most = Math.max(maxBytesInFlight, bodyLimit);
  const held = new WeakMap<IncomingMessage, number>();
  let total = 0;
  const hold = (request: IncomingMessage, bytes: number) => {
    total += bytes - (held.get(request) ?? 0);
    held.set(request, bytes);
  };
  return {
    /** Call before the body is read. The bytes count until the response has ended. @throws {Rejection} */
    expect(request: IncomingMessage, response: ServerResponse): void {
      const bytes = expectedBytes(request, bodyLimit);
      if (bytes > bodyLimit) throw new Rejection("body_too_large");
      if (total + bytes > most) throw new Rejection("too_many_bytes");
      hold(request, bytes);
      response.once("close", () => hold(request, 0));
    },
    /** Call when the body has been read. @param bytes its size after decompression */
    received: hold,
  };
}

/** A chunked or compressed body does not say its size. Until it has been read, it counts as the largest body. */
function expectedBytes({ headers }: IncomingMessage, bodyLimit: number): number {
  const length = Number(headers["content-length"] ?? 0);
  if (length > bodyLimit) return length;
  const isSizeUnknown = headers["transfer-encoding"] !== undefined || headers["content-encoding"] !== undefined;
  return isSizeUnknown ? bodyLimit : length;
}
