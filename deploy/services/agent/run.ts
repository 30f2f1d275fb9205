/**
 * One run of the agent: a session, sub-agents side by side, one after them. One trace from here through the server to
 * what its tools ask.
 */
import { randomUUID } from "node:crypto";
import { type Attributes, context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { ATTR, SPAN } from "../../../server/telemetry/conventions.ts";
import type { AgentMetrics } from "./metrics.ts";
import { openSession } from "./session.ts";

export interface AgentRun {
  readonly runId: string;
  readonly sessionId: string;
  /** All zeros when nothing is traced. */
  readonly traceId: string;
}

const tracer = trace.getTracer("agent");

/** @param misbehaviour arguments of a last call, to the tool `misbehave`; none: the run has no such call */
export function runAgent(url: URL, metrics: AgentMetrics, misbehaviour?: Record<string, unknown>): Promise<AgentRun> {
  const runId = randomUUID();
  return invokeAgent("buyer", { [ATTR.agentRunId]: runId }, (traceId) =>
    withRunId(runId, async () => {
      const session = await openSession(url, "demo-agent", metrics);
      try {
        await session.listTools();
        // demo:
        await Promise.all([
          invokeAgent("pricing", {}, () => session.call("lookup_item", { sku: "A-1" })),
          invokeAgent("stock", {}, () => session.call("lookup_item", { sku: "A-10" })),
        ]);
        // :demo
        await invokeAgent("summary", {}, () => session.call("add", { a: 19, b: 23 }));
        if (misbehaviour !== undefined) await session.call("misbehave", misbehaviour);
      } finally {
        await session.end();
      }
      return { runId, sessionId: session.id, traceId };
    }),
  );
}

/** GenAI conventions: an agent's work is a span named after it. */
function invokeAgent<T>(name: string, attributes: Attributes, work: (traceId: string) => Promise<T>): Promise<T> {
  const options = {
    kind: SpanKind.INTERNAL,
    attributes: { [ATTR.operationName]: SPAN.invokeAgent, [ATTR.agentName]: name, ...attributes },
  };
  return tracer.startActiveSpan(`${SPAN.invokeAgent} ${name}`, options, async (span) => {
    try {
      return await work(span.spanContext().traceId);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The run's id travels as baggage: the server takes it into its log lines and spans. */
function withRunId<T>(runId: string, work: () => Promise<T>): Promise<T> {
  const baggage = propagation.createBaggage({ [ATTR.agentRunId]: { value: runId } });
  return context.with(propagation.setBaggage(context.active(), baggage), work);
}
