/** A client's folder is copied to .run/foreign/ and installed there, once for each content of the folder. */
import { execFile } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import type { Command, ForeignClient } from "./clients.ts";

const execute = promisify(execFile);
const LIMIT_MS = 15 * 60_000;

/** The toolchain or a registry is missing: nothing is known of the client. */
export class NotVerified extends Error {}

const sourceOf = ({ name }: ForeignClient): string => join(ROOT, "dev", "foreign", name);
export const homeOf = ({ name }: ForeignClient): string => join(ROOT, ".run", "foreign", name);

export function versionOf(client: ForeignClient): string {
  const [file, pattern] = client.version;
  return pattern.exec(readFileSync(join(sourceOf(client), file), "utf8"))?.[1] ?? "";
}

/** @throws {NotVerified} without toolchain or registry @throws what its compiler said */
export async function install(client: ForeignClient): Promise<void> {
  for (const command of client.toolchain) {
    await run(command, ROOT).catch(() => {
      throw new NotVerified(`no ${command[0]}`);
    });
  }
  const home = homeOf(client);
  const stamp = join(home, "installed");
  const content = contentOf(client);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === content) return;
  cpSync(sourceOf(client), home, { recursive: true });
  for (const command of client.fetch) {
    await run(command, home).catch((error) => {
      throw new NotVerified(`${command.join(" ")}: ${lastLine(error)}`);
    });
  }
  for (const command of client.build) await run(command, home);
  writeFileSync(stamp, content);
}

const run = ([program, ...args]: Command, cwd: string) => execute(program, args, { cwd, timeout: LIMIT_MS });

function contentOf(client: ForeignClient): string {
  const folder = sourceOf(client);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  const contents = files
    .map((file) => join(folder, file))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, "utf8"));
  return [JSON.stringify([client.fetch, client.build]), ...contents].join("\n");
}

const lastLine = (error: unknown) =>
  String((error as { stderr?: string }).stderr || error)
    .trim()
    .split("\n")
    .at(-1) ?? "";
