/** Reads environment variables: each has a name, a schema with its default, and a help text. */
import { isIP } from "node:net";
import { z } from "zod";

export type Environment = Record<string, string | undefined>;

/** Environment variables have invalid values. The message lists all of them. */
export class ConfigError extends Error {
  override name = "ConfigError";
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(`invalid configuration:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
    this.problems = problems;
  }
}

export interface Variable<S extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly schema: S;
  /** What the variable sets, for the tables in the documents. */
  readonly help: string;
  /** Whether an empty value is an error. By default it counts as unset. */
  readonly refusesEmpty?: boolean;
}

export const variable = <S extends z.ZodType>(name: string, schema: S, help: string): Variable<S> => ({
  name,
  schema,
  help,
});

/** @returns undefined for a variable without a default */
export function defaultOf({ schema }: Variable): string | undefined {
  const value: unknown = schema.parse(undefined);
  if (value === undefined) return undefined;
  if (typeof value === "boolean") return value ? "1" : "0";
  return value instanceof Set ? [...value].join(",") : String(value);
}

export type Values<V extends Record<string, Variable>> = { readonly [K in keyof V]: z.output<V[K]["schema"]> };

/**
 * An empty variable counts as unset, unless it is one that refuses to be empty.
 *
 * @param environment usually `process.env`
 * @throws {ConfigError} that names every variable with an invalid value and what is expected, but no value
 */
export function readVariables<V extends Record<string, Variable>>(variables: V, environment: Environment): Values<V> {
  const problems: string[] = [];
  const values = Object.entries(variables).map(([key, { name, schema, refusesEmpty }]) => {
    const value = environment[name];
    const { error, data } = schema.safeParse(value === "" && !refusesEmpty ? undefined : value);
    if (error !== undefined) problems.push(`${name}: ${error.issues[0]?.message}`);
    return [key, data];
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.fromEntries(values) as Values<V>;
}

/** `1`, `true`, `yes`, `on` or `0`, `false`, `no`, `off`. */
export const flag = z.stringbool({ error: 'expected "1" or "0" (true/false, yes/no, on/off)' });

/** A decimal number from `min` to `max`, both included. */
export function numeric(min: number, max: number, error = `expected a number from ${min} to ${max}`) {
  return decimal(/^\d+(\.\d+)?$/, min, max, error);
}

/** A whole number from `min` to `max`, both included. */
export function integer(min: number, max: number, error = `expected a whole number from ${min} to ${max}`) {
  return decimal(/^\d+$/, min, max, error);
}

/** Unlike `Number`, takes neither spaces nor `0x10`. */
const decimal = (form: RegExp, min: number, max: number, error: string) =>
  z.string().regex(form, error).transform(Number).pipe(z.number().min(min, error).max(max, error));

/** An address to listen on: a host name or an IP address, without scheme and port. */
export const listenHost = z
  .string()
  .refine((value) => isIP(value) !== 0 || /^[a-z\d.-]+$/i.test(value), "expected a host name or an IP address");

/** A TCP port; 0 lets the operating system choose one. */
export const port = integer(0, 65_535, "expected a port, 0 to 65535");

export const choice = <const T extends readonly string[]>(words: T) =>
  z.enum(words, { error: `expected ${words.join(", ")}` });

/** Of scheme http or https. */
export const webUrl = z.url({ protocol: /^https?$/, error: "expected a URL such as http://127.0.0.1:4318" });

/** Host names separated by commas, in any case. */
export const hostNames = z
  .string()
  .refine((list) => !list.includes("/"), "expected host names without scheme, separated by commas")
  .transform(
    (list) =>
      new Set(
        list
          .split(",")
          .map((name) => name.trim().toLowerCase())
          .filter((name) => name !== ""),
      ),
  );
