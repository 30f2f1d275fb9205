/** Reads environment variables: each has a name, a schema with its default, and a help text. */
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
}

export const variable = <S extends z.ZodType>(name: string, schema: S, help: string): Variable<S> => ({
  name,
  schema,
  help,
});

export type Values<V extends Record<string, Variable>> = { readonly [K in keyof V]: z.output<V[K]["schema"]> };

/**
 * An empty variable counts as unset.
 *
 * @param environment usually `process.env`
 * @throws {ConfigError} that names every variable with an invalid value and what is expected, but no value
 */
export function readVariables<V extends Record<string, Variable>>(variables: V, environment: Environment): Values<V> {
  const problems: string[] = [];
  const values = Object.entries(variables).map(([key, { name, schema }]) => {
    const { error, data } = schema.safeParse(environment[name] || undefined);
    if (error !== undefined) problems.push(`${name}: ${error.issues[0]?.message}`);
    return [key, data];
  });
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.fromEntries(values) as Values<V>;
}

/** `1`, `true`, `yes`, `on` or `0`, `false`, `no`, `off`. */
export const flag = z.stringbool({ error: 'expected "1" or "0" (true/false, yes/no, on/off)' });

/** A number from `min` to `max`, both included. */
export function numeric(min: number, max: number, error = `expected a number from ${min} to ${max}`) {
  return z.coerce.number({ error }).min(min, error).max(max, error);
}

/** A TCP port; 0 lets the operating system choose one. */
export const port = numeric(0, 65_535, "expected a port, 0 to 65535").int("expected a port, 0 to 65535");

export const choice = <const T extends readonly string[]>(words: T) =>
  z.enum(words, { error: `expected ${words.join(", ")}` });

/** Of scheme http or https. */
export const webUrl = z.url({ protocol: /^https?$/, error: "expected a URL such as http://127.0.0.1:4318" });

/** Host names separated by commas, in any case. */
export const hostNames = z.string().transform(
  (list) =>
    new Set(
      list
        .split(",")
        .map((name) => name.trim().toLowerCase())
        .filter((name) => name !== ""),
    ),
);
