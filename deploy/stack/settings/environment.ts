/** The stack's variables: `.env`, which the environment overrides, as compose does it. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";

export const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

export type Variables = Readonly<Record<string, string>>;

export function stackVariables(environment: NodeJS.ProcessEnv = process.env): Variables {
  const own = parseEnv(readFileSync(`${ROOT}.env`, "utf8")) as Record<string, string>;
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
