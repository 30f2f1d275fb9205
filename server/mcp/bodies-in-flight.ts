/**
 * Limits the bytes of all bodies that are read and handled at the same time: they share the memory of the process. One
 * caller gets a part of it, so that the others are served.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Rejection } from "./rejection.ts";

export interface BodyLimits {
  /** Largest body of a request, in bytes. */
  readonly bodyLimit: number;
  /** Largest sum of the bodies that are read and handled, in bytes; at least `bodyLimit` applies. */
  readonly maxBytesInFlight: number;
  /** The same of one caller. */
  readonly maxBytesInFlightPerCaller: number;
}

export function bodiesInFlight({ bodyLimit, maxBytesInFlight, maxBytesInFlightPerCaller }: BodyLimits) {
  const most = Math.max(maxBytesInFlight, bodyLimit);
  const mostOfCaller = Math.max(maxBytesInFlightPerCaller, bodyLimit);
  const held = new WeakMap<IncomingMessage, { readonly caller: string; bytes: number; use: Promise<unknown> }>();
  /** By caller. Has no member for a caller without a body. */
  const totals = new Map<string, number>();
  let total = 0;
  const hold = (request: IncomingMessage, bytes: number) => {
    const body = held.get(request);
    if (body === undefined) return;
    const more = bytes - body.bytes;
    const ofCaller = (totals.get(body.caller) ?? 0) + more;
    body.bytes = bytes;
    total += more;
    if (ofCaller === 0) totals.delete(body.caller);
    else totals.set(body.caller, ofCaller);
  };
  return {
    /**
     * Call before the body is read. The bytes count until the response has ended, and until nothing uses them.
     *
     * @param caller see `callerKey`
     * @throws {Rejection}
     */
    expect(request: IncomingMessage, response: ServerResponse, caller: string): void {
      const bytes = expectedBytes(request, bodyLimit);
      if (bytes > bodyLimit) throw new Rejection("body_too_large");
      const ofCaller = totals.get(caller) ?? 0;
      if (total + bytes > most || ofCaller + bytes > mostOfCaller) throw new Rejection("too_many_bytes");
      const body = { caller, bytes: 0, use: Promise.resolve() };
      held.set(request, body);
      hold(request, bytes);
      const release = () => {
        hold(request, 0);
        held.delete(request);
      };
      response.once("close", () => void body.use.then(release));
    },
    /** Call when the body has been read. @param bytes its size after decompression */
    received: hold,
    /** Call when the body is handled. @param use resolves when nothing uses it any more */
    usedUntil(request: IncomingMessage, use: Promise<unknown>): void {
      const body = held.get(request);
      if (body !== undefined) body.use = use;
    },
  };
}

/** A chunked or compressed body does not say its size. Until it has been read, it counts as the largest body. */
function expectedBytes({ headers }: IncomingMessage, bodyLimit: number): number {
  const length = Number(headers["content-length"] ?? 0);
  if (length > bodyLimit) return length;
  const isSizeUnknown = headers["transfer-encoding"] !== undefined || headers["content-encoding"] !== undefined;
  return isSizeUnknown ? bodyLimit : length;
}
