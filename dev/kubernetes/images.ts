/** The images of `.env`, taken apart. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { ROOT } from "../../deploy/stack/settings/environment.ts";

export interface Image {
  readonly repository: string;
  readonly tag: string;
  /** `sha256:…`; undefined when `.env` has none. */
  readonly digest: string | undefined;
}

/** Not `.env.local`: what is rendered does not depend on this machine. */
const variables = parseEnv(readFileSync(join(ROOT, ".env"), "utf8"));

/** @throws when `.env` does not have the image */
export function image(variable: string): Image {
  const [, repository, tag, digest] = /^([^@]+):([^@:]+)(?:@(.+))?$/.exec(variables[variable] ?? "") ?? [];
  if (repository === undefined || tag === undefined) throw new Error(`.env: ${variable} is not an image with a tag`);
  return { repository, tag, digest };
}

/** @throws when `.env` does not have the variable */
export function setting(variable: string): string {
  const value = variables[variable];
  if (value === undefined) throw new Error(`.env: ${variable} is not set`);
  return value;
}
