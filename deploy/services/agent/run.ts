/**
 * One run of the agent, in which sub-agents call tools. One trace from here through the server to what its
 * tools ask.
 */
import { randomUUID } from "node:crypto";
import { type Attributes, context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { ATTR, SPAN } from "mcp-telemetry/conventions";
import type { AgentCall, Stage } from "./calls.ts";
import type { AgentMetrics } from "./metrics.ts";
import { type AgentSession, type Era, openSession } from "./session.ts";

export interface AgentRun {
  readonly runId: string;
  /** Undefined when there is no session. */
  readonly sessionId: string | undefined;
  /** All zeros when nothing is traced. */
  readonly traceId: string;
  /** Those that were made, in order. */
  readonly calls: readonly Omit<AgentCall, "args">[];
}

const tracer = trace.getTracer("agent");

export function runAgent(url: URL, metrics: AgentMetrics, era: Era, stages: readonly Stage[]): Promise<AgentRun> {
  const runId = randomUUID();
  return invokeAgent("buyer", { [ATTR.agentRunId]: runId }, (traceId) =>
    withRunId(runId, async () => {
      const session = await openSession(url, "agent", metrics, era);
      const made: AgentCall[] = [];
      let failure: unknown;
      try {
        const listed = await session.listTools();
        for (const stage of stages) {
          const calls = stage.filter(({ tool }) => listed.includes(tool));
          await Promise.all(calls.map((call) => make(call, session)));
          made.push(...calls);
        }
      } catch (error) {
        failure = error;
        throw error;
      } finally {
        await session.end(failure);
      }
      return { runId, sessionId: session.id, traceId, calls: made.map(({ args: _, ...call }) => call) };
    }),
  );
}

function make({ tool, args, subAgent }: AgentCall, session: AgentSession): Promise<unknown> {
  const call = () => session.call(tool, args);
  return subAgent === undefined ? call() : invokeAgent(subAgent, {}, call);
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

const TENANT = "example";

/** The run's id and its tenant travel as baggage: the server takes them into its log lines and spans. */
function withRunId<T>(runId: string, work: () => Promise<T>): Promise<T> {
  const baggage = propagation.createBaggage({
    [ATTR.agentRunId]: { value: runId },
    [ATTR.tenantId]: { value: TENANT },
  });
  return context.with(propagation.setBaggage(context.active(), baggage), work);
}
