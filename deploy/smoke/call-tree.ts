/** The tree that one run must be: agent → server → catalog → database. */
import type { ReceivedSpan } from "./otlp-receiver.ts";

const ROOT_SPAN = "invoke_agent buyer";
const DATABASE_SPAN = "SELECT items";
const PATH = ["agent", "mcp-server", "catalog"];

/** @returns the path from the root to a database query, as names @throws saying what is missing */
export function callTree(spans: readonly ReceivedSpan[]): string {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const query = spans.find(({ name }) => name === DATABASE_SPAN);
  if (query === undefined) throw new Error(`no span "${DATABASE_SPAN}" among ${spans.length}`);
  const path: ReceivedSpan[] = [];
  for (let span: ReceivedSpan | undefined = query; span !== undefined; span = byId.get(span.parentSpanId)) {
    path.unshift(span);
  }
  const names = path.map(({ service, name }) => `${service}: ${name}`).join(" → ");
  const services = path.map(({ service }) => service).filter((service, index, all) => service !== all[index - 1]);
  if (path[0]?.name !== ROOT_SPAN || services.join() !== PATH.join()) throw new Error(`the path is broken: ${names}`);
  return names;
}
