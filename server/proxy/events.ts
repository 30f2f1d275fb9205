/** Cuts an answer into what is observed: events of an event stream, or the whole of another body. */
import type { IncomingMessage } from "node:http";
import { type Cut, cutIntoLines } from "mcp-telemetry/passing";

/** Of one event or body, in bytes. A larger one passes in parts, and is not observed. */
const MAX_BYTES = 64 * 1024 ** 2;

export const isEventStream = ({ headers }: IncomingMessage): boolean =>
  /^text\/event-stream\s*(;|$)/i.test(headers["content-type"] ?? "");

/** Each event with the blank line that ends it, as the specification of HTML has it. What has no such line is no event. */
export const cutIntoEvents: Cut = (onEvent, onPart) => {
  const event = collected(onEvent, onPart);
  const lines = cutIntoLines(
    (line) => {
      event.add(line);
      if (isBlank(line)) event.end();
    },
    (part) => event.add(part),
    MAX_BYTES,
  );
  return {
    read: (chunk) => lines.read(chunk),
    end() {
      lines.end();
      event.giveUp();
    },
  };
};

/** All that there is, when it has ended. */
export const cutIntoOne: Cut = (onWhole, onPart) => {
  const whole = collected(onWhole, onPart);
  return { read: (chunk) => whole.add(chunk), end: () => whole.end() };
};

function collected(onWhole: (bytes: Buffer) => void, onPart: (part: Buffer) => void) {
  let parts: Buffer[] = [];
  let size = 0;
  let overlong = false;
  const flush = (pass: (bytes: Buffer) => void) => {
    if (parts.length > 0) pass(Buffer.concat(parts));
    parts = [];
  };
  return {
    add(part: Buffer) {
      parts.push(part);
      size += part.length;
      overlong ||= size > MAX_BYTES;
      if (overlong) flush(onPart);
    },
    end() {
      flush(overlong ? onPart : onWhole);
      size = 0;
      overlong = false;
    },
    giveUp: () => flush(onPart),
  };
}

const isBlank = (line: Buffer): boolean => line.equals(Buffer.from("\n")) || line.equals(Buffer.from("\r\n"));

const FIELD = /^(?<name>[^:]*):? ?(?<value>.*)$/;

interface Event {
  /** Undefined where it has none. */
  readonly data: Buffer | undefined;
  /** Whether it has an id, from which a client can resume. */
  readonly hasId: boolean;
}

export function readEvent(event: Buffer): Event {
  const fields = linesOf(event).map((line) => FIELD.exec(line)?.groups ?? {});
  const data = fields.filter(({ name }) => name === "data").map(({ value = "" }) => value);
  return {
    data: data.length === 0 ? undefined : Buffer.from(data.join("\n")),
    hasId: fields.some(({ name, value }) => name === "id" && value !== ""),
  };
}

/** The same event with other data. */
export function withData(event: Buffer, data: Buffer): Buffer {
  const others = linesOf(event).filter((line) => line !== "" && FIELD.exec(line)?.groups?.name !== "data");
  const lines = data
    .toString()
    .split("\n")
    .map((line) => `data: ${line}`);
  return Buffer.from(`${[...others, ...lines].join("\n")}\n\n`);
}

/** An event with one message. */
export const eventOf = (message: Buffer): Buffer => Buffer.from(`event: message\ndata: ${message}\n\n`);

const linesOf = (event: Buffer): string[] => event.toString().split(/\r?\n/);
