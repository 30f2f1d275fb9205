/**
 * `make doctor PRODUCTION=1`: the points of docs/production.md that can be checked: what the compose files, `.env` and the
 * rules say, and whether a running Alertmanager has reached every receiver.
 */
import { existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { TELEMETRY_VARIABLES } from "mcp-telemetry/config";
import { composeProject } from "../../deploy/stack/settings/compose-files.ts";
import { interpolate, ROOT, type Variables } from "../../deploy/stack/settings/environment.ts";
import { alerts } from "../../prometheus/rule-files.ts";
import type { BackEnds } from "../lib/back-ends.ts";
import { Prometheus } from "../lib/prometheus.ts";
import type { Finding } from "./finding.ts";

/** What the compose files tell a service or the first of its replicas, with the variables of `.env` in it. */
function settingsOf(service: string, variables: Variables): Readonly<Record<string, string>> {
  const { services } = composeProject(variables);
  const { environment = {} } = services[service] ?? services[`${service}-0`] ?? {};
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, interpolate(String(value), variables)]),
  );
}

/** @param backEnds of a running stack; undefined: none runs */
export async function production(variables: Variables, backEnds: BackEnds | undefined): Promise<Finding[]> {
  const service = TELEMETRY_VARIABLES.serviceName.schema.parse(undefined);
  const settings = settingsOf(service, variables);
  const integrations = integrationsOf(variables);
  return [
    tokens(settings),
    hosts(settings, service),
    sampling(settings),
    retention(variables),
    replicas(variables),
    runbooks(variables),
    receivers(variables, integrations),
    ...(await deliveries(backEnds, integrations)),
  ];
}

function tokens({
  MCP_AUTH_TOKENS_FILE: file,
  MCP_ALLOW_ANONYMOUS: anonymous,
}: Readonly<Record<string, string>>): Finding {
  const subject = "callers";
  if (file) return { subject, found: `authenticated by ${file}` };
  const found = anonymous ? "anonymous: MCP_ALLOW_ANONYMOUS is set, and MCP_AUTH_TOKENS_FILE is not" : "anonymous";
  return { subject, found, fix: "mount a file of tokens, and set MCP_AUTH_TOKENS_FILE to its path" };
}

function hosts({ MCP_ALLOWED_HOSTS: list = "" }: Readonly<Record<string, string>>, service: string): Finding {
  const subject = "hosts";
  const fix = "set MCP_ALLOWED_HOSTS to the names under which callers reach the server";
  const own = new Set(["", "localhost", "127.0.0.1", "[::1]", "router", service]);
  const names = list.split(",").map((name) => name.trim());
  if (names.includes("*")) return { subject, found: "MCP_ALLOWED_HOSTS allows every name", fix };
  const outside = names.filter((name) => !own.has(name));
  if (outside.length === 0) return { subject, found: "MCP_ALLOWED_HOSTS has only names of this machine", fix };
  return { subject, found: outside.join(", ") };
}

function sampling({ MCP_TRACE_SAMPLE_RATIO: ratio }: Readonly<Record<string, string>>): Finding {
  const subject = "sampling";
  if (Number(ratio) === 1) {
    return { subject, found: "every call (MCP_TRACE_SAMPLE_RATIO=1): lower it when Tempo's disk fills", absent: true };
  }
  return {
    subject,
    found: `MCP_TRACE_SAMPLE_RATIO=${ratio ?? TELEMETRY_VARIABLES.sampleRatio.schema.parse(undefined)}`,
  };
}

const DAYS: Readonly<Record<string, number>> = { h: 1 / 24, d: 1, w: 7, y: 365 };
/** Error budgets are counted over this time. */
const BUDGET_DAYS = 30;

function retention({ PROMETHEUS_RETENTION_TIME: time = "" }: Variables): Finding {
  const [, count, unit = ""] = /^(\d+)([hdwy])$/.exec(time) ?? [];
  const days = Number(count) * (DAYS[unit] ?? Number.NaN);
  const fix = days >= BUDGET_DAYS ? undefined : `set PROMETHEUS_RETENTION_TIME in .env to ${BUDGET_DAYS}d or more`;
  return { subject: "retention", found: `metrics ${time || "not set"} (error budgets need ${BUDGET_DAYS} days)`, fix };
}

function replicas({ REPLICAS = "1" }: Variables): Finding {
  const found = REPLICAS === "1" ? "1: an update ends all sessions" : REPLICAS;
  return { subject: "replicas", found, absent: REPLICAS === "1" };
}

function runbooks({ RUNBOOKS_URL: base = "" }: Variables): Finding {
  const subject = "runbook links";
  if (base.includes("/your-org/") || base === "") {
    return { subject, found: "lead nowhere", fix: "set RUNBOOKS_URL in .env, then: make runbook-links" };
  }
  const elsewhere = alerts.filter(({ annotations }) => !annotations?.runbook_url?.startsWith(`${base}/`));
  if (elsewhere.length === 0) return { subject, found: `${alerts.length} below ${base}` };
  return {
    subject,
    found: `${elsewhere.length} of ${alerts.length} are not below RUNBOOKS_URL`,
    fix: "make runbook-links",
  };
}

/** The text of the file of routes that Alertmanager reads. */
function routesFile(variables: Variables): string {
  const { command = [] } = composeProject(variables).services.alertmanager ?? {};
  const option = command.find((argument) => argument.startsWith("--config.file=")) ?? "";
  return readFileSync(join(resolve(ROOT, variables.PROMETHEUS_DIR ?? "prometheus"), basename(option)), "utf8");
}

/** Kinds of receivers, such as `slack`, of the file of routes. The local receiver is none. */
function integrationsOf(variables: Variables): readonly string[] {
  const text = routesFile(variables);
  if (text.includes("//alert-receiver:")) return [];
  return [...new Set([...text.matchAll(/^ +(\w+)_configs:/gm)].map(([, name = ""]) => name))];
}

/** The files of the secrets that the file of routes names. */
function secretFiles(variables: Variables): readonly string[] {
  const { secrets } = composeProject(variables);
  const names = [...routesFile(variables).matchAll(/\/run\/secrets\/([\w-]+)/g)].map(([, name = ""]) => name);
  return names.map((name) => resolve(ROOT, secrets[name]?.file ?? join(".secrets", name)));
}

function receivers(variables: Variables, integrations: readonly string[]): Finding {
  const subject = "receivers";
  if (integrations.length === 0) {
    return {
      subject,
      found: "alerts reach nobody: they go to the local receiver",
      fix: "append :docker-compose.receivers.yml to COMPOSE_FILE in .env; see docs/alerts.md",
    };
  }
  if (/\bexample\.com\b/.test(routesFile(variables))) {
    return {
      subject,
      found: "URLs of example.com are left",
      fix: "put your URLs into prometheus/alertmanager.receivers.yml",
    };
  }
  const missing = secretFiles(variables).filter(
    (file) => !existsSync(file) || readFileSync(file, "utf8").trim() === "",
  );
  if (missing.length > 0)
    return { subject, found: `no secret in ${missing.join(", ")}`, fix: "write each secret to its file" };
  return { subject, found: integrations.join(", ") };
}

/** Whether each receiver got a notification since Prometheus' oldest sample. */
async function deliveries(backEnds: BackEnds | undefined, integrations: readonly string[]): Promise<Finding[]> {
  if (integrations.length === 0) return [];
  const subject = "deliveries";
  if (!backEnds?.has("prometheus")) return [{ subject, found: "not checked: the stack does not run", absent: true }];
  const prometheus = new Prometheus(backEnds);
  const counted = integrations.map(async (integration): Promise<Finding> => {
    const total = (metric: string) =>
      prometheus.value(`sum(max_over_time(${metric}{integration="${integration}"}[${BUDGET_DAYS}d]))`);
    const sent = (await total("alertmanager_notifications_total")) ?? 0;
    const failed = (await total("alertmanager_notifications_failed_total")) ?? 0;
    const fix = "make drill ALERT=MCPServerDown sends one; if it does not arrive: make logs SERVICE=alertmanager";
    const found = `${integration}: ${sent - failed} arrived, ${failed} failed`;
    return { subject, found, fix: sent > failed ? undefined : fix };
  });
  return Promise.all(counted);
}
