/** The variables of the stack: the environment wins over `.env.local`, which Git ignores, and that wins over `.env`. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";

export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

export type Variables = Readonly<Record<string, string>>;

/** @param directory has the two files; `.env.local` may be absent */
export function stackVariables(environment: NodeJS.ProcessEnv = process.env, directory = ROOT): Variables {
  const own: Record<string, string> = {};
  for (const file of [".env", ".env.local"].map((name) => join(directory, name))) {
    if (existsSync(file)) Object.assign(own, parseEnv(readFileSync(file, "utf8")));
  }
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) own[name] = value;
  return own;
}

/** Whether every window and `for` is divided by ten. */
export const isFast = (variables: Variables): boolean => variables.STACK_FAST === "1";

/** Expands `${NAME}` and `${NAME:-default}`, as compose does. @throws for a variable that is not set */
export function interpolate(text: string, variables: Variables): string {
  return text.replace(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, name: string, fallback: string | undefined) => {
    const value = variables[name] ?? fallback;
    if (value === undefined) throw new Error(`a compose file uses ${name}, which is not set: see .env`);
    return value;
  });
}
