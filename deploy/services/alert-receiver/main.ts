/** Receives Alertmanager's webhook: logs each alert, and lists the newest ones at `GET /alerts`. */
import { createServer, type IncomingMessage } from "node:http";
import { listenHost, port, readVariables, variable } from "mcp-telemetry/environment";
import { listen } from "mcp-telemetry/listen";
import { z } from "zod";
import { explainAndExit } from "../../../server/shutdown.ts";
import { onEndSignal } from "../../../server/signals.ts";

export interface ReceivedAlert {
  readonly receivedAt: string;
  readonly receiver: string;
  readonly status: "firing" | "resolved";
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const VARIABLES = {
  host: variable("ALERT_RECEIVER_HOST", listenHost.default("127.0.0.1"), "address on which it listens"),
  port: variable("ALERT_RECEIVER_PORT", port.default(9468), "port on which it listens"),
};
const MAX_ALERTS = 500;
const MAX_BODY_BYTES = 1024 * 1024;
/** Characters of an alert as JSON: the alerts that are kept have a limit then too. */
const MAX_ALERT_LENGTH = 16 * 1024;

/** Source: Alertmanager's webhook payload, version 4. */
const strings = z.record(z.string(), z.string());
const webhook = z.object({
  receiver: z.string().max(1000),
  alerts: z.array(
    z
      .object({ status: z.enum(["firing", "resolved"]), labels: strings, annotations: strings })
      .refine((alert) => JSON.stringify(alert).length <= MAX_ALERT_LENGTH),
  ),
});

const received: ReceivedAlert[] = [];

const server = createServer(async (request, response) => {
  const answer = (status: number, body: unknown) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  switch (`${request.method} ${request.url}`) {
    case "GET /healthz":
      return answer(200, "alive");
    case "GET /alerts":
      return answer(200, received);
    case "POST /webhook":
      return answer(...(await receive(request)));
    default:
      return answer(404, "not found; available: POST /webhook, GET /alerts, GET /healthz");
  }
});

async function receive(request: IncomingMessage): Promise<[status: number, body: string]> {
  try {
    const body = await bodyOf(request);
    if (body === undefined) return [413, `the body has more than ${MAX_BODY_BYTES} bytes`];
    for (const alert of alertsIn(body)) keep(alert);
    return [200, "accepted"];
  } catch {
    return [400, "expected Alertmanager's webhook JSON"];
  }
}

function keep(alert: ReceivedAlert): void {
  received.push(alert);
  if (received.length > MAX_ALERTS) received.shift();
  const { receivedAt, status, labels, annotations } = alert;
  process.stdout.write(
    `${JSON.stringify({ level: "info", time: receivedAt, service_name: "alert-receiver", status, alert: labels.alertname, severity: labels.severity, summary: annotations.summary, runbook_url: annotations.runbook_url, msg: "alert" })}\n`,
  );
}

function alertsIn(body: string): ReceivedAlert[] {
  const { receiver, alerts } = webhook.parse(JSON.parse(body));
  const receivedAt = new Date().toISOString();
  return alerts.map((alert) => ({ receivedAt, receiver, ...alert }));
}

/** @returns undefined for a body that is too large; the rest of it is not read */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // The response needs the connection, which the end of a loop would close.
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

process.on("uncaughtException", (error) => void explainAndExit(error, "uncaught error"));
onEndSignal(() => process.exit(0));
try {
  await listen(server, {
    ...readVariables(VARIABLES, process.env),
    variables: { host: "ALERT_RECEIVER_HOST", port: "ALERT_RECEIVER_PORT" },
  });
} catch (error) {
  await explainAndExit(error);
}
