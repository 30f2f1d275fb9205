/** The file of callers that a server reads at `MCP_AUTH_TOKENS_FILE`. */
import { createHash } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** @param tokens by subject @returns the path of a new file */
export function tokensFile(tokens: Readonly<Record<string, string>>): string {
  const file = join(mkdtempSync(join(tmpdir(), "mcp-")), "tokens");
  const hash = (token: string) => createHash("sha256").update(token).digest("hex");
  const lines = Object.entries(tokens).map(([subject, token]) => `${subject}:${hash(token)}\n`);
  writeFileSync(file, lines.join(""));
  return file;
}
