/** The spans of one run: each call is a path from the agent's root span through the server to the last span it leads to. */
import type { AgentRun } from "../../deploy/services/agent/run.ts";
import { SERVER } from "../../grafana/src/service.ts";
import type { ReceivedSpan } from "../../test/support/otlp-receiver.ts";

const AGENT = "agent";

/** @returns the longest path, as names @throws naming what is missing */
export function callTree(spans: readonly ReceivedSpan[], { calls }: AgentRun): string {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const paths = calls.map(({ tool, reaches = { service: SERVER, span: `tools/call ${tool}` } }) => {
    const last = spans.find(({ name, service }) => name === reaches.span && service === reaches.service);
    if (last === undefined) throw new Error(`no span "${reaches.span}" of ${reaches.service} among ${spans.length}`);
    const path = pathTo(last, byId);
    const services = path.map(({ service }) => service).filter((service, at, all) => service !== all[at - 1]);
    const expected = [...new Set([AGENT, SERVER, reaches.service])];
    if (path[0]?.parentSpanId !== "" || services.join() !== expected.join()) {
      throw new Error(`the trace does not lead from ${expected.join(" to ")}: ${namesOf(path)}`);
    }
    return path;
  });
  const longest = paths.toSorted((a, b) => b.length - a.length)[0];
  if (longest === undefined) throw new Error("the agent called no tool: the server lists none that it knows");
  return namesOf(longest);
}

function pathTo(last: ReceivedSpan, byId: ReadonlyMap<string, ReceivedSpan>): readonly ReceivedSpan[] {
  const path: ReceivedSpan[] = [];
  for (let span: ReceivedSpan | undefined = last; span !== undefined; span = byId.get(span.parentSpanId)) {
    path.unshift(span);
  }
  return path;
}

const namesOf = (path: readonly ReceivedSpan[]): string =>
  path.map(({ service, name }) => `${service}: ${name}`).join(" → ");
