/** Reads the log of a run: counts its lines by what they are, and looks for the canary. */
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { LogCount } from "./accounting.ts";
import { canaryIn } from "./canary.ts";

export interface ReadLog extends LogCount {
  readonly canary: string | undefined;
}

const KINDS: Readonly<Record<string, "requests" | "refusals" | "sessionsStarted" | "sessionsEnded">> = {
  request: "requests",
  "request refused": "refusals",
  "session started": "sessionsStarted",
  "session ended": "sessionsEnded",
};

export async function readLog(log: Readable): Promise<ReadLog> {
  const count = { requests: 0, refusals: 0, sessionsStarted: 0, sessionsEnded: 0, others: 0, duplicates: 0, torn: 0 };
  const seen = new Set<string>();
  let canary: string | undefined;
  for await (const text of createInterface(log)) {
    canary ??= canaryIn(text);
    const line = parsed(text);
    if (line === undefined) count.torn += 1;
    else {
      count[KINDS[String(line.msg)] ?? "others"] += 1;
      const id = line.msg === "request" ? String(line.span_id) : undefined;
      if (id === undefined) continue;
      if (seen.has(id)) count.duplicates += 1;
      seen.add(id);
    }
  }
  return { ...count, canary };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
