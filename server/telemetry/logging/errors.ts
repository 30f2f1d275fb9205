/**
 * Describes a thrown value for log lines and spans, by its structure: type, code and place. A message is shown only when
 * this project has written it: a {@link SafeError}, or a text made from the fields of a system error or of a ZodError.
 * Never throws, whatever was thrown.
 */
import { isIP } from "node:net";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { isSafeError } from "../safe-error.ts";

export interface LoggedError {
  type: string;
  message: string;
  stack?: string;
  code?: string;
  cause?: LoggedError;
  /** The inner errors of an AggregateError. */
  errors?: LoggedError[];
}

const MAX_CAUSES = 3;
/** Of one AggregateError. */
const MAX_INNER = 4;
/** Of one description, with its causes and inner errors. */
const MAX_ERRORS = 8;
const MAX_MESSAGE = 500;
const MAX_FRAMES = 10;
const MAX_ISSUES = 5;

/** @param thrown any thrown value, an Error or not */
export function describeError(thrown: unknown): LoggedError {
  try {
    return describe(thrown, 0, { left: MAX_ERRORS });
  } catch {
    return { type: "unknown", message: "a value that cannot be read" };
  }
}

function describe(thrown: unknown, depth: number, budget: { left: number }): LoggedError {
  budget.left -= 1;
  if ((typeof thrown !== "object" && typeof thrown !== "function") || thrown === null) {
    return { type: thrown === null ? "null" : typeof thrown, message: "not an error" };
  }
  const type = typeOf(thrown);
  const code = codeOf(thrown);
  const frames = framesOf(thrown);
  const described: LoggedError = { type, message: "" };
  if (code !== undefined) described.code = code;
  const inner = depth < MAX_CAUSES ? read(thrown, "errors") : undefined;
  if (isArray(inner)) {
    const errors = [];
    for (let i = 0; i < MAX_INNER && budget.left > 0; i += 1) {
      const error = read(inner, i);
      if (error !== undefined) errors.push(describe(error, depth + 1, budget));
    }
    if (errors.length > 0) described.errors = errors;
  }
  const cause = depth < MAX_CAUSES && budget.left > 0 ? read(thrown, "cause") : undefined;
  if (cause !== undefined) described.cause = describe(cause, depth + 1, budget);
  const below = described.errors?.[0] ?? described.cause;
  const message =
    ownMessage(thrown, code) ?? placeMessage(code, frames) ?? below?.message ?? "thrown at an unknown place";
  described.message = message;
  if (frames.length > 0) described.stack = [`${type}: ${message}`, ...frames].join("\n");
  return described;
}

/** A member of any object; undefined when reading it throws. */
function read(from: object, key: string | number): unknown {
  try {
    return (from as Record<string | number, unknown>)[key];
  } catch {
    return undefined;
  }
}

function textOf(from: object, key: string): string | undefined {
  const value = read(from, key);
  return typeof value === "string" ? value : undefined;
}

function isArray(value: unknown): value is object {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

const isSafe = (thrown: object): boolean => {
  try {
    return isSafeError(thrown);
  } catch {
    return false;
  }
};

const IDENTIFIER = /^[A-Za-z_$][\w$]{0,63}$/;
/** Codes of Node.js and its libraries, SQLSTATE, numbers. */
const CODE = /^(?:[A-Z][A-Z0-9_]{1,63}|[0-9A-Z]{5}|-?\d{1,6})$/;
/** Names that the platform gives to a DOMException. */
const DOM_NAMES: ReadonlySet<string> = new Set(["AbortError", "TimeoutError"]);

/** The name of the class. Any code can overwrite `name`. */
function typeOf(thrown: object): string {
  const name = textOf(thrown, "name");
  const made = read(thrown, "constructor");
  const className = typeof made === "function" ? textOf(made, "name") : undefined;
  if (className === "DOMException" && name !== undefined && DOM_NAMES.has(name)) return name;
  return className !== undefined && IDENTIFIER.test(className) ? className : "object";
}

function codeOf(thrown: object): string | undefined {
  const code = read(thrown, "code");
  if (typeof code !== "string" && typeof code !== "number") return undefined;
  const text = String(code);
  return CODE.test(text) ? text : undefined;
}

function ownMessage(thrown: object, code: string | undefined): string | undefined {
  if (isSafe(thrown)) return (textOf(thrown, "message") ?? "").slice(0, MAX_MESSAGE);
  return systemMessage(thrown, code) ?? zodMessage(thrown);
}

function placeMessage(code: string | undefined, frames: readonly string[]): string | undefined {
  const place = placeIn(frames);
  if (place === undefined) return undefined;
  return code === undefined ? `thrown at ${place}` : `${code}, thrown at ${place}`;
}

/** Such as `connect ECONNREFUSED 127.0.0.1:80`. File and host names are left out: they may be arguments. */
function systemMessage(thrown: object, code: string | undefined): string | undefined {
  const syscall = textOf(thrown, "syscall");
  if (code === undefined || syscall === undefined || !/^[a-z_]{1,32}$/.test(syscall)) return undefined;
  const address = textOf(thrown, "address") ?? "";
  const port = read(thrown, "port");
  if (isIP(address) === 0) return `${syscall} ${code}`;
  return `${syscall} ${code} ${address}${typeof port === "number" ? `:${port}` : ""}`;
}

/** The path and the code of each issue. A key that is no identifier was not chosen by a schema. */
function zodMessage(thrown: object): string | undefined {
  const issues = read(thrown, "issues");
  if (!/ZodError$/.test(textOf(thrown, "name") ?? "") || !isArray(issues)) return undefined;
  const found = [];
  for (let i = 0; i < MAX_ISSUES; i += 1) {
    const issue = read(issues, i);
    if (typeof issue !== "object" || issue === null) break;
    const code = textOf(issue, "code") ?? "";
    found.push(`${pathOf(read(issue, "path"))}: ${IDENTIFIER.test(code) ? code : "invalid"}`);
  }
  return found.join(", ");
}

function pathOf(path: unknown): string {
  if (!isArray(path)) return "?";
  const keys = [0, 1, 2].map((i) => read(path, i)).filter((key) => key !== undefined);
  const names = keys.map((key) => (typeof key === "number" || IDENTIFIER.test(String(key)) ? String(key) : "*"));
  return names.length === 0 ? "the value" : names.join(".");
}

const FRAME = /^ {4}at .{1,300}$/;

/**
 * The frames of a stack: what follows the error's own name and message, up to the first line that is no frame. A stack
 * with another beginning is not used, because a message can contain lines that look like frames.
 */
function framesOf(thrown: object): string[] {
  const stack = textOf(thrown, "stack");
  const message = textOf(thrown, "message");
  if (stack === undefined || message === undefined) return [];
  const name = /^[\w$.]*(?: \[\w+\])?/.exec(stack.slice(0, 200))?.[0] ?? "";
  const header = message === "" ? `${name}\n` : `${name}: ${message}\n`;
  if (!stack.startsWith(header)) return [];
  const lines = stack.slice(header.length, header.length + MAX_FRAMES * 400).split("\n", MAX_FRAMES);
  const end = lines.findIndex((line) => !FRAME.test(line) || line.includes("data:"));
  return end === -1 ? lines : lines.slice(0, end);
}

/** The file and line of the first frame that is neither of Node.js nor of a package. */
function placeIn(frames: readonly string[]): string | undefined {
  const own = frames.find((frame) => !/\(?node:|[\\/]node_modules[\\/]|<anonymous>/.test(frame)) ?? frames[0];
  const place = own === undefined ? undefined : /([^ (]+:\d+):\d+\)?$/.exec(own)?.[1];
  if (place === undefined || !place.startsWith("file://")) return place;
  const line = place.lastIndexOf(":");
  return `${relative(process.cwd(), fileURLToPath(place.slice(0, line)))}${place.slice(line)}`;
}

/**
 * The stacks of an error, its inner errors and its causes in one text. All of them are named; long stacks lose frames.
 *
 * @param maxBytes at least 2,000
 */
export function stackTrace(error: LoggedError, maxBytes: number): string {
  const parts = partsOf(error);
  const headerBytes = Math.floor(maxBytes / parts.length) - 1;
  const headers = parts.map(({ header }) => cut(header, headerBytes));
  for (let frames = MAX_FRAMES; frames > 0; frames -= 1) {
    const text = parts.map((part, i) => [headers[i], ...part.frames.slice(0, frames)].join("\n")).join("\n");
    if (Buffer.byteLength(text) <= maxBytes) return text;
  }
  return headers.join("\n");
}

interface Part {
  readonly header: string;
  readonly frames: readonly string[];
}

function partsOf(error: LoggedError, prefix = ""): Part[] {
  const header = `${error.type}: ${error.message}`;
  return [
    { header: prefix + header, frames: error.stack?.slice(header.length + 1).split("\n") ?? [] },
    ...(error.errors ?? []).flatMap((inner) => partsOf(inner, "One of: ")),
    ...(error.cause === undefined ? [] : partsOf(error.cause, "Caused by: ")),
  ];
}

function cut(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  return Buffer.from(text)
    .subarray(0, maxBytes - 3)
    .toString()
    .replace(/\uFFFD+$/, "");
}
