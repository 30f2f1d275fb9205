/** The files with secrets: Grafana's admin password, which is generated once, and those that a person writes. */
import { randomBytes } from "node:crypto";
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import type { ComposeProject } from "./compose-project.ts";
import { ROOT } from "./environment.ts";

/**
 * The folder is made this user's alone; the file itself is readable, because Grafana's user reads it in its container.
 *
 * @throws when the file is empty
 */
export function grafanaPassword(folder: string = join(ROOT, ".secrets")): string {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o700);
  const file = join(folder, "grafana-admin-password");
  if (!existsSync(file)) writeFileSync(file, randomBytes(18).toString("base64url"), { mode: 0o644 });
  const password = readFileSync(file, "utf8").trim();
  if (password === "") throw new Error(`${file} is empty: delete it, and a new password is generated`);
  return password;
}

/**
 * A program that cannot read a secret starts, and fails when it needs it: an alert would be lost.
 *
 * @throws naming each file that is absent, empty or unreadable, and what to do
 */
export function checkSecrets({ secrets = {} }: ComposeProject, { inContainers }: { inContainers: boolean }): void {
  const wrong = Object.values(secrets).flatMap(({ file }) => problemOf(resolve(ROOT, file), inContainers) ?? []);
  if (wrong.length > 0) throw new Error(wrong.join("\n"));
}

function problemOf(file: string, inContainers: boolean): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) return `${file} is missing: write the secret to it, or take what needs it off COMPOSE_FILE`;
  if (found.size === 0) return `${file} is empty: write the secret to it`;
  // On Linux a container's user is another one here. Elsewhere the engine's virtual machine lets every user read.
  const others = !inContainers || process.platform !== "linux" || (found.mode & 0o004) !== 0;
  if (!others || !isReadable(file)) return `${file} cannot be read by the program that needs it: chmod 644 ${file}`;
  return undefined;
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
