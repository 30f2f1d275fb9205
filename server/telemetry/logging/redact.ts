/**
 * Copies what an application logs to plain data: without the values of keys such as `password`, without texts of foreign
 * errors, and within limits. Never throws. Pino gets only this copy, so it never calls a getter or `toJSON`. Pino's own
 * redaction by paths took a third of the time of a line.
 */
import { describeError } from "./errors.ts";

const SECRET_KEYS: ReadonlySet<string> = new Set(
  "password token secret api_key apikey authorization cookie set-cookie database_url redis_url".split(" "),
);
const CENSOR = "[REDACTED]";
/** Deeper objects are left out. */
const MAX_DEPTH = 4;
/** Characters of one text. */
const MAX_TEXT = 1024;
/** Characters of all keys and texts of one line. */
const MAX_LINE = 16_000;
/** Counted for each member, so that a long list of numbers has a limit too. */
const MEMBER_COST = 8;
const MAX_KEY = 64;

interface Budget {
  left: number;
}

/** @param args the arguments of a method of pino: fields or an error, if any, then the message and what is put into it */
export function plainArguments(args: readonly unknown[]): unknown[] {
  const budget = { left: MAX_LINE };
  return args.map((value, index) => {
    const copy = plain(value, 1, budget);
    return index === 0 && isError(value) ? { err: copy } : copy;
  });
}

function plain(value: unknown, depth: number, budget: Budget): unknown {
  switch (typeof value) {
    case "string":
      return text(value, MAX_TEXT, budget);
    case "bigint":
      return text(String(value), MAX_TEXT, budget);
    case "symbol":
    case "function":
      return `[${typeof value}]`;
    case "object":
      return value === null ? null : objectOf(value, depth, budget);
    default:
      return value;
  }
}

function objectOf(value: object, depth: number, budget: Budget): unknown {
  try {
    if (value instanceof Error) return describeError(value);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (!Array.isArray(value) && !isPlain(value)) return `[${nameOf(value)}]`;
    if (depth > MAX_DEPTH) return "[too deep]";
    return Array.isArray(value) ? listOf(value, depth, budget) : fieldsOf(value, depth, budget);
  } catch {
    return "[unreadable]";
  }
}

function listOf(list: readonly unknown[], depth: number, budget: Budget): unknown[] {
  const copy: unknown[] = [];
  for (let i = 0; i < list.length && spend(MEMBER_COST, budget); i += 1) copy.push(plain(list[i], depth + 1, budget));
  return copy;
}

function fieldsOf(fields: object, depth: number, budget: Budget): object {
  const copy: Record<string, unknown> = {};
  for (const key in fields) {
    if (!Object.hasOwn(fields, key)) continue;
    if (!spend(MEMBER_COST, budget)) break;
    const name = text(key, MAX_KEY, budget);
    copy[name] = SECRET_KEYS.has(key.toLowerCase()) ? CENSOR : member(fields, key, depth, budget);
  }
  return copy;
}

function member(fields: object, key: string, depth: number, budget: Budget): unknown {
  try {
    return plain((fields as Record<string, unknown>)[key], depth + 1, budget);
  } catch {
    return "[unreadable]";
  }
}

function spend(characters: number, budget: Budget): boolean {
  if (budget.left <= 0) return false;
  budget.left -= characters;
  return true;
}

function text(value: string, max: number, budget: Budget): string {
  const length = Math.max(0, Math.min(max, budget.left));
  budget.left -= Math.min(value.length, length);
  return value.length <= length ? value : `${value.slice(0, length)}…`;
}

function isError(value: unknown): boolean {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}

/** Other objects, such as a URL, a Map or a Buffer, may hold more than they show. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function nameOf(value: object): string {
  const { name } = value.constructor;
  return /^[A-Za-z_$][\w$]{0,63}$/.test(name) ? name : "object";
}
