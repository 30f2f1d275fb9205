/**
 * What `/metrics` answers: OpenMetrics, with exemplars, to a scraper that prefers it; else the text format of Prometheus.
 * It is written in slices, because a server with hundreds of tools has tens of thousands of series: written at once, they
 * would hold up every call for that long.
 */
import { setImmediate as afterOtherWork } from "node:timers/promises";
import { type Metric, type OpenMetricsContentType, type PrometheusContentType, Registry } from "prom-client";
import type { MetricsRegistry } from "./registry.ts";

interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

type Format = Registry<OpenMetricsContentType | PrometheusContentType>;

/** About a millisecond's work. */
const SLICE_VALUES = 1000;

/** @param accept the header `Accept` of the request */
export async function exposition(registry: MetricsRegistry, accept = "*/*"): Promise<Exposition> {
  const openMetrics = quality(accept, "application/openmetrics-text", "1.0.0") > quality(accept, "text/plain", "0.0.4");
  const contentType = openMetrics ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE;
  const format: Format = new Registry();
  format.setContentType(contentType);
  const metrics: string[] = [];
  for (const metric of registry.getMetricsAsArray() as unknown as readonly ReadMetric[]) {
    const read = await (metric.getForPromString?.() ?? metric.get());
    const name = read.type === "counter" ? counterName(read.name, openMetrics) : read.name;
    metrics.push(await inSlices({ ...read, name }, format));
  }
  return { contentType, body: openMetrics ? `${metrics.join("\n")}\n# EOF\n` : `${metrics.join("\n\n")}\n` };
}

/** A metric's values are of one moment; only their text is written bit by bit. */
async function inSlices({ name, values = [], ...metric }: MetricValues, format: Format): Promise<string> {
  let from = 0;
  const slice = async () => ({ ...metric, name, values: values.slice(from, from + SLICE_VALUES) });
  format.registerMetric({ name, get: slice } as unknown as Metric);
  const slices: string[] = [];
  do {
    const text = await format.getSingleMetricAsString(name);
    slices.push(from === 0 ? text : withoutHeader(text));
    from += SLICE_VALUES;
    if (from < values.length) await afterOtherWork();
  } while (from < values.length);
  return slices.join("\n");
}

/** Without the lines HELP and TYPE. */
const withoutHeader = (text: string) => text.replace(/^.*\n.*\n/, "");

/** In OpenMetrics, the registry writes `_total` itself, and takes it off the name for good; see docs/vendor-seams.md. */
function counterName(name: string, openMetrics: boolean): string {
  const family = name.replace(/_total$/, "");
  return openMetrics ? family : `${family}_total`;
}

/** How much a type is wanted, from 0 to 1: the `q` of the most specific media range that it is in. */
function quality(accept: string, type: string, version: string): number {
  const ranges = [type, type.replace(/\/.*/, "/*"), "*/*"];
  let best = { specificity: ranges.length, q: 0 };
  for (const member of accept.toLowerCase().split(",")) {
    const [range = "", ...rest] = member.split(";").map((part) => part.trim());
    const parameters = new Map(
      rest.map((parameter) => [/^[^=]*/.exec(parameter)?.[0], /=\s*"?([^"]*)/.exec(parameter)?.[1]]),
    );
    const specificity = ranges.indexOf(range);
    if (specificity === -1 || (parameters.get("version") ?? version) !== version) continue;
    const q = Number(parameters.get("q") ?? 1);
    if (specificity < best.specificity || (specificity === best.specificity && q > best.q)) best = { specificity, q };
  }
  return best.q;
}

/** The members of a metric that prom-client's registry reads. */
interface ReadMetric {
  get(): Promise<MetricValues>;
  getForPromString?(): Promise<MetricValues>;
}

interface MetricValues {
  readonly name: string;
  readonly type: string;
  readonly values?: readonly unknown[];
}
