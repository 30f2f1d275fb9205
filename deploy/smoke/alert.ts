/** One alert's whole way: inactive, firing, in Alertmanager, at the receiver, resolved. */
import type { ReceivedAlert } from "../alert-receiver/main.ts";
import { misbehave, type Targets } from "../demo/traffic.ts";
import { type Backends, eventually } from "./backends.ts";
import type { Prometheus } from "./prometheus.ts";
import type { Finding } from "./report.ts";
import { finding } from "./signals.ts";

export const ALERT = "MCPToolHighErrorRate";
const TOOL = "misbehave";
/** `for`, as the rule is written; a shorter one means the fast form. */
const NORMAL_FOR_SECONDS = 120;
/** The rule's range, `for`, and Alertmanager's intervals, with room for scrapes; in seconds of the normal form. */
const FIRE_SECONDS = 300;
const RESOLVE_SECONDS = 600;

/** @returns by how much this stack's windows are shorter than written: 1, or 0.1 in the fast form */
export async function pace(prometheus: Prometheus): Promise<number> {
  return (await prometheus.rule(ALERT)).duration / NORMAL_FOR_SECONDS;
}

/** @param windows see {@link pace} */
export async function alertWay(
  backends: Backends,
  prometheus: Prometheus,
  targets: Targets,
  windows: number,
): Promise<Finding[]> {
  const since = new Date().toISOString();
  const findings: Finding[] = [];
  const see = async (signal: string, query: string, seconds: number, look: () => Promise<string | undefined>) => {
    const allowed = 15_000 + seconds * 1000 * windows;
    findings.push(await finding(signal, query, () => eventually(allowed, look)));
  };
  const received = async (status: ReceivedAlert["status"]) => {
    const alerts = (await backends.json("alert-receiver", "/alerts")) as ReceivedAlert[];
    const alert = alerts.find(
      ({ receivedAt, status: now, labels }) =>
        receivedAt >= since && now === status && labels.alertname === ALERT && labels.tool_name === TOOL,
    );
    return alert && `${alert.receivedAt} by receiver "${alert.receiver}"`;
  };
  const ofTool = ({ labels }: { labels: Readonly<Record<string, string>> }) => labels.tool_name === TOOL;

  // An earlier run may still be in the windows.
  await see("alert at rest", ALERT, RESOLVE_SECONDS, async () => {
    const { alerts } = await prometheus.rule(ALERT);
    return alerts.some(ofTool) ? undefined : "inactive";
  });
  const fault = new AbortController();
  const traffic = misbehave(targets, "errors", fault.signal);
  await see("alert fires", ALERT, FIRE_SECONDS, async () => {
    const { alerts } = await prometheus.rule(ALERT);
    return alerts.some((alert) => ofTool(alert) && alert.state === "firing") ? "firing" : undefined;
  });
  await see("alert in Alertmanager", "/api/v2/alerts", FIRE_SECONDS, async () => {
    const alerts = (await backends.json("alertmanager", "/api/v2/alerts", {
      filter: `alertname="${ALERT}"`,
    })) as {
      labels: Record<string, string>;
    }[];
    return alerts.some(ofTool) ? "active" : undefined;
  });
  await see("alert at the receiver", "/alerts", FIRE_SECONDS, () => received("firing"));
  fault.abort();
  await traffic;
  await see("alert resolves", "/alerts", RESOLVE_SECONDS, () => received("resolved"));
  return findings;
}
