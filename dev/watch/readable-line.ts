/** The log lines of `make dev`, for people. */
import { visible } from "mcp-telemetry/visible";

/** The same in each line of a process. */
const CONSTANT: ReadonlySet<string> = new Set(["pid", "host", "service_name"]);

/** A line of NDJSON as its time of day, level, message and fields; an error's stack follows. Other text stays. */
export function readable(line: string): string {
  const record = recordOf(line);
  if (record === undefined) return visible(line);
  const { time, level, msg, err, ...others } = record;
  const fields = Object.entries(others).filter(([name]) => !CONSTANT.has(name));
  const first = [
    new Date(String(time)).toTimeString().slice(0, 8),
    String(level).toUpperCase().padEnd(5),
    msg,
    ...fields.map(([name, value]) => `${name}=${textOf(value)}`),
  ];
  const stack = typeof err === "object" && err !== null && "stack" in err ? `\n${err.stack}` : "";
  return visible(`${first.join(" ")}${stack}`);
}

function recordOf(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
