/** A client against a server of its own, over Streamable HTTP. */
import { type OtlpReceiver, otlpReceiver, type ReceivedSpan } from "../../test/support/otlp-receiver.ts";
import { type RunningServer, runServer } from "../../test/support/running-server.ts";
import { eventually } from "../lib/poll.ts";
import type { ForeignClient } from "./clients.ts";
import { DRAIN, difference, type Evidence, expectationsOf, problemsBeside, problemsOf, sum } from "./expectations.ts";
import { runClient } from "./session.ts";
import { type Row, row } from "./table.ts";

/** A busy machine may need several attempts to start the server. */
const BOOT_MS = 60_000;
/** Longer than the slowest call that a client leaves behind. */
const REST_MS = 15_000;

export async function overHttp(client: ForeignClient): Promise<Row[]> {
  const rows = await withServer((server, receiver) => observed(client, server, receiver));
  if (client.timeout === undefined) return rows;
  return [...rows, await withServer((server, receiver) => drained(client, server, receiver))];
}

async function withServer<T>(run: (server: RunningServer, receiver: OtlpReceiver) => Promise<T>): Promise<T> {
  const receiver = await otlpReceiver();
  try {
    const server = await eventually(BOOT_MS, () => runServer({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }));
    try {
      return await run(server, receiver);
    } finally {
      server.process.kill("SIGKILL");
    }
  } finally {
    await receiver.close();
  }
}

/** Tells the server to end while the client has a call in progress. */
async function drained(client: ForeignClient, server: RunningServer, { spans }: OtlpReceiver): Promise<Row> {
  const running = runClient(client, { MCP_URL: server.url.href, DRAIN: "1" });
  await Promise.race([running, server.untilMetric('mcp_requests_in_flight{mcp_method_name="tools/call"}', 1)]);
  const ended = server.ended();
  server.process.kill("SIGTERM");
  const [said, exitCode] = await Promise.all([running, ended]);
  const evidence: Evidence = { expectations: [DRAIN], said, lines: server.requests(), spans, metrics: undefined };
  return row(client, "http", DRAIN.step, [
    ...problemsOf(DRAIN, evidence),
    ...difference("server", { exitCode }, { exitCode: 0 }),
  ]);
}

async function observed(client: ForeignClient, server: RunningServer, { spans }: OtlpReceiver): Promise<Row[]> {
  const said = await runClient(client, { MCP_URL: server.url.href });
  const metrics = await eventually(REST_MS, async () => {
    const text = await server.metrics();
    return sum(text, "mcp_requests_in_flight") === 0 ? text : undefined;
  });
  const ended = server.ended();
  server.process.kill("SIGTERM");
  const exitCode = await ended;
  const expectations = expectationsOf(client);
  const evidence: Evidence = { expectations, said, lines: server.requests(), spans, metrics };
  const left = said.some(({ step, saw }) => step === "leave" && saw === "left") ? [] : ["the client did not leave"];
  return [
    ...expectations.map((expected) =>
      said.some(({ step, saw }) => step === expected.step && saw === "not sent")
        ? row(client, "http", expected.step, "the client refuses it itself")
        : row(client, "http", expected.step, problemsOf(expected, evidence)),
    ),
    row(client, "http", "leave", [...left, ...sessionProblems(client, server, evidence)]),
    row(client, "http", "nothing else", [
      ...problemsBeside(evidence),
      ...difference("refusals", { count: sum(metrics, "mcp_http_rejections_total") }, { count: 0 }),
      ...difference("server", { exitCode }, { exitCode: 0 }),
    ]),
  ];
}

function sessionProblems(client: ForeignClient, server: RunningServer, { spans, metrics = "" }: Evidence): string[] {
  const { stateless, sessionsEnd, name, clientInfo = name } = client;
  const sessions = stateless ? 0 : client.sessions;
  const each = <T>(value: T): T[] => Array.from({ length: sessions }, () => value);
  const ofSession = (span: ReceivedSpan) => span.name === "mcp.session";
  return [
    ...difference(
      "sessions",
      spans.filter(ofSession).map(({ attributes }) => ({
        client: attributes["mcp.client.name"],
        end: attributes["mcp.session.end_reason"],
      })),
      each({ client: clientInfo, end: sessionsEnd }),
    ),
    ...difference(
      "session lines",
      server
        .lines()
        .filter(({ msg }) => msg === "session ended")
        .map(({ end_reason }) => end_reason),
      each(sessionsEnd),
    ),
    ...difference(
      "open when the client had left",
      { sessions: sum(metrics, "mcp_active_sessions"), streams: sum(metrics, "mcp_open_streams") },
      { sessions: sessionsEnd === "client_delete" ? 0 : sessions, streams: 0 },
    ),
  ];
}
