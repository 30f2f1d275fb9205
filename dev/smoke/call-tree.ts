/** The tree that one run must be: from the agent through the server to the last that a tool asks. */
import type { ReceivedSpan } from "../../test/support/otlp-receiver.ts";

const ROOT_SPAN = "invoke_agent buyer";
// demo:
const LAST_SPAN = "SELECT items";
const PATH = ["agent", "mcp-server", "catalog"];
// demo else:
// const LAST_SPAN = "tools/call add";
// const PATH = ["agent", "mcp-server"];
// :demo

/** @returns the path from the root to the last span, as names @throws saying what is missing */
export function callTree(spans: readonly ReceivedSpan[]): string {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const last = spans.find(({ name, service }) => name === LAST_SPAN && service === PATH.at(-1));
  if (last === undefined) throw new Error(`no span "${LAST_SPAN}" of ${PATH.at(-1)} among ${spans.length}`);
  const path: ReceivedSpan[] = [];
  for (let span: ReceivedSpan | undefined = last; span !== undefined; span = byId.get(span.parentSpanId)) {
    path.unshift(span);
  }
  const names = path.map(({ service, name }) => `${service}: ${name}`).join(" → ");
  const services = path.map(({ service }) => service).filter((service, index, all) => service !== all[index - 1]);
  if (path[0]?.name !== ROOT_SPAN || services.join() !== PATH.join()) throw new Error(`the path is broken: ${names}`);
  return names;
}
