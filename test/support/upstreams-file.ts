/** The file of servers that a proxy reads at `MCP_UPSTREAMS_FILE`. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** @param upstreams URLs by name @returns the path of a new file */
export function upstreamsFile(upstreams: Readonly<Record<string, URL>>): string {
  const file = join(mkdtempSync(join(tmpdir(), "mcp-")), "upstreams.yaml");
  const lines = Object.entries(upstreams).map(([name, { href }]) => `${name}: ${href}\n`);
  writeFileSync(file, lines.join(""));
  return file;
}
