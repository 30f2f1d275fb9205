/** Grafana's admin password: generated once, kept in a git-ignored file. */
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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
