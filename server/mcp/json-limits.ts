/**
 * Limits what a body can cost before it is parsed. Parsers and schemas take time for each value and for each level: a
 * body of 4 MB with 350,000 keys would block the event loop for seconds, and one string of that size for milliseconds.
 */
import { Rejection } from "./rejection.ts";

export interface JsonLimits {
  /** Most values in a body: members of objects, elements of arrays, and the arrays and objects without any. */
  readonly maxJsonValues: number;
  /** Most arrays and objects inside each other. */
  readonly maxJsonDepth: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const [OPEN_ARRAY, CLOSE_ARRAY] = [0x5b, 0x5d];
const [OPEN_OBJECT, CLOSE_OBJECT] = [0x7b, 0x7d];

/**
 * Does not check that the body is JSON. The parser does.
 *
 * @param body as bytes of UTF-8
 * @throws {Rejection}
 */
export function checkJson(body: Uint8Array, { maxJsonValues, maxJsonDepth }: JsonLimits): void {
  let values = 0;
  let depth = 0;
  for (let at = 0; at < body.length; at += 1) {
    switch (body[at]) {
      case QUOTE:
        at = endOfString(body, at);
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        depth += 1;
        values += 1;
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        depth -= 1;
        break;
      case COMMA:
        values += 1;
        break;
    }
    if (values > maxJsonValues || depth > maxJsonDepth) throw new Rejection("json_too_complex");
  }
}

/** @returns the index of the quote that ends the string which starts at `start` */
function endOfString(body: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < body.length && body[at] !== QUOTE) at += body[at] === BACKSLASH ? 2 : 1;
  return at;
}
