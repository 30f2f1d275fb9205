/**
 * Follows each link between the signals of the agent's run as a click in Grafana does: by the links that the
 * provisioned data sources define, from one back end to the other.
 */

import { METRICS } from "mcp-telemetry/conventions";
import type { AgentRun } from "../../deploy/services/agent/run.ts";
import { SERVER } from "../../grafana/src/service.ts";
import { type DerivedField, dataSources, expanded } from "../../grafana/validation/provisioned.ts";
import { type ReceivedSpan, type TracesData, tracesOf } from "../../test/support/otlp-receiver.ts";
import type { BackEnds, Component } from "../lib/back-ends.ts";
import { lokiStreams } from "../lib/loki.ts";
import { eventually } from "../lib/poll.ts";
import type { Prometheus } from "../lib/prometheus.ts";
import { type Finding, finding, notVerified } from "../lib/report.ts";

const STORED_MS = 60_000;
/** Metrics with exemplars, by the label that leads to the trace: the server's, and those of Tempo's generator. */
const WITH_EXEMPLARS: Readonly<Record<string, string>> = {
  trace_id: `${METRICS.toolDuration.name}_bucket`,
  traceID: "traces_spanmetrics_latency_bucket",
};

interface Hop {
  readonly name: string;
  readonly query: string;
  readonly between: readonly Component[];
  /** @returns what the link leads to; undefined while there is nothing */
  readonly follow: () => Promise<string | undefined>;
}

export function hops(backEnds: BackEnds, prometheus: Prometheus, run: AgentRun): Promise<Finding[]> {
  const all = [
    ...fromMetrics(backEnds, prometheus),
    ...fromLogs(backEnds, run),
    ...fromTraces(backEnds, prometheus, run),
  ];
  return Promise.all(
    all.map(({ name, query, between, follow }) => {
      const missing = between.find((component) => !backEnds.has(component));
      if (missing !== undefined) return notVerified(name, query, `there is no ${missing}`);
      return finding(name, query, () => eventually(STORED_MS, follow));
    }),
  );
}

const fromMetrics = (backEnds: BackEnds, prometheus: Prometheus): Hop[] =>
  dataSources().prometheus.jsonData.exemplarTraceIdDestinations.map(({ name }) => ({
    name: `metric → trace by ${name}`,
    query: WITH_EXEMPLARS[name] ?? "",
    between: ["prometheus", "tempo"],
    follow: async () => {
      const ids = (await prometheus.exemplars(WITH_EXEMPLARS[name] ?? "")).flatMap((labels) => labels[name] ?? []);
      const newest = ids.at(-1);
      return newest && spansOf(backEnds, newest).then(describe);
    },
  }));

const fromLogs = (backEnds: BackEnds, { traceId, sessionId }: AgentRun): Hop[] =>
  dataSources().loki.jsonData.derivedFields.map((field) => ({
    name: `log → ${field.datasourceUid === undefined ? "board" : "trace"} by "${field.name}"`,
    query: field.url,
    between: field.datasourceUid === undefined ? ["loki"] : ["loki", "tempo"],
    follow: async () => {
      const [stream] = await lokiStreams(backEnds, `{service_name="${SERVER}"} | trace_id="${traceId}"`);
      const value = stream && clickedIn(field, stream.stream, stream.values[0]?.[1] ?? "");
      if (value === undefined) return undefined;
      const target = expanded(field.url, { "__value.raw": value });
      if (field.datasourceUid !== undefined) return describe(await spansOf(backEnds, target));
      return new URL(target, "http://grafana").searchParams.get("var-session") === sessionId ? target : undefined;
    },
  }));

/** A field's label may be a stream label or structured metadata: Loki answers with both in one map. */
function clickedIn({ matcherType, matcherRegex }: DerivedField, labels: Labels, line: string): string | undefined {
  return matcherType === "label" ? labels[matcherRegex] : new RegExp(matcherRegex).exec(line)?.[1];
}

function fromTraces(backEnds: BackEnds, prometheus: Prometheus, { traceId }: AgentRun): Hop[] {
  const { tracesToLogsV2: logs, tracesToMetrics: metrics } = dataSources().tempo.jsonData;
  const tagsOf = async (tags: readonly { readonly key: string; readonly value: string }[]) => {
    const spans = (await spansOf(backEnds, traceId)).filter((attributes) => attributes["service.name"] === SERVER);
    const found = spans.find((attributes) => tags.every(({ key }) => key in attributes));
    return found && tags.map(({ key, value }) => `${value}="${found[key]}"`).join(", ");
  };
  return [
    {
      name: "trace → logs",
      query: logs.query,
      between: ["tempo", "loki"],
      follow: async () => {
        const __tags = await tagsOf(logs.tags);
        if (__tags === undefined) return undefined;
        const query = expanded(logs.query, { __tags, "__trace.traceId": traceId });
        const streams = await lokiStreams(backEnds, query);
        return streams.length > 0 ? query : undefined;
      },
    },
    ...metrics.queries.map(
      ({ name, query }): Hop => ({
        name: `trace → metrics, ${name}`,
        query,
        between: ["tempo", "prometheus"],
        follow: async () => {
          const __tags = await tagsOf(metrics.tags);
          if (__tags === undefined) return undefined;
          return (await prometheus.hasData(expanded(query, { __tags }), true)) ? __tags : undefined;
        },
      }),
    ),
    {
      name: "trace → service map",
      query: 'traces_service_graph_request_total{client="agent"}',
      between: ["tempo", "prometheus"],
      follow: async () => {
        const calls = await prometheus.value('traces_service_graph_request_total{client="agent", server="mcp-server"}');
        return calls === undefined ? undefined : `agent → mcp-server: ${calls} calls`;
      },
    },
  ];
}

type Labels = Readonly<Record<string, string>>;

/** The attributes of each span of a trace, its resource's with them: what Grafana takes tags from. */
async function spansOf(backEnds: BackEnds, traceId: string): Promise<readonly ReceivedSpan["attributes"][]> {
  const { trace } = (await backEnds.json("tempo", `/api/v2/traces/${traceId}`)) as { trace?: TracesData };
  return tracesOf(trace ?? {}).map(({ resource, span }) => ({ ...resource, ...span.attributes }));
}

const describe = (spans: readonly ReceivedSpan["attributes"][]): string | undefined =>
  spans.length > 0 ? `${spans.length} spans` : undefined;
