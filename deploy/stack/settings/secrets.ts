/** Grafana's admin password: generated once, kept in a git-ignored file. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./environment.ts";

const FILE = join(ROOT, ".secrets", "grafana-admin-password");

/** The folder is this user's alone; the file itself is readable, because Grafana's user reads it in its container. */
export function grafanaPassword(): string {
  if (!existsSync(FILE)) {
    mkdirSync(join(ROOT, ".secrets"), { recursive: true, mode: 0o700 });
    writeFileSync(FILE, randomBytes(18).toString("base64url"), { mode: 0o644 });
  }
  return readFileSync(FILE, "utf8").trim();
}
