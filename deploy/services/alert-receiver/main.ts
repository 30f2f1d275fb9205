/** Receives Alertmanager's webhook: logs each alert, and lists the newest ones at `GET /alerts`. */
import { createServer, type IncomingMessage } from "node:http";
import { explainAndExit } from "../../../server/shutdown.ts";
import { onEndSignal } from "../../../server/signals.ts";
import { listen } from "../../../server/telemetry/listen.ts";

export interface ReceivedAlert {
  readonly receivedAt: string;
  readonly receiver: string;
  readonly status: "firing" | "resolved";
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const HOST = process.env.ALERT_RECEIVER_HOST ?? "127.0.0.1";
const PORT = Number(process.env.ALERT_RECEIVER_PORT ?? 9468);
const MAX_ALERTS = 500;
const received: ReceivedAlert[] = [];

const server = createServer(async (request, response) => {
  const answer = (status: number, body: unknown) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  if (request.url === "/healthz") return answer(200, "alive");
  if (request.url === "/alerts") return answer(200, received);
  if (request.url !== "/webhook" || request.method !== "POST")
    return answer(404, "not found; available: POST /webhook, GET /alerts, GET /healthz");
  try {
    for (const alert of alertsIn(await bodyOf(request))) keep(alert);
    return answer(200, "accepted");
  } catch {
    return answer(400, "expected Alertmanager's webhook JSON");
  }
});

function keep(alert: ReceivedAlert): void {
  received.push(alert);
  if (received.length > MAX_ALERTS) received.shift();
  const { receivedAt, status, labels, annotations } = alert;
  process.stdout.write(
    `${JSON.stringify({ level: "info", time: receivedAt, service_name: "alert-receiver", status, alert: labels.alertname, severity: labels.severity, summary: annotations.summary, runbook_url: annotations.runbook_url, msg: "alert" })}\n`,
  );
}

/** Source: Alertmanager's webhook payload, version 4. */
function alertsIn(body: string): ReceivedAlert[] {
  const { receiver, alerts } = JSON.parse(body) as {
    receiver: string;
    alerts: Omit<ReceivedAlert, "receivedAt" | "receiver">[];
  };
  const receivedAt = new Date().toISOString();
  return alerts.map(({ status, labels, annotations }) => ({
    receivedAt,
    receiver,
    status,
    labels,
    annotations,
  }));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  return body;
}

onEndSignal(() => process.exit(0));
await listen(server, {
  host: HOST,
  port: PORT,
  variables: { host: "ALERT_RECEIVER_HOST", port: "ALERT_RECEIVER_PORT" },
}).catch(explainAndExit);
