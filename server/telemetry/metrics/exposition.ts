/** What `/metrics` answers: OpenMetrics, with exemplars, to a scraper that prefers it; else the text format of Prometheus. */
import { type Metric, Registry } from "prom-client";
import type { MetricsRegistry } from "./registry.ts";

interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

/** @param accept the header `Accept` of the request */
export async function exposition(registry: MetricsRegistry, accept = "*/*"): Promise<Exposition> {
  if (quality(accept, "application/openmetrics-text", "1.0.0") > quality(accept, "text/plain", "0.0.4")) {
    return { contentType: registry.contentType, body: await registry.metrics() };
  }
  const text = new Registry();
  const metrics = registry.getMetricsAsArray() as unknown as readonly ReadMetric[];
  for (const metric of metrics) text.registerMetric(inTextFormat(metric) as unknown as Metric);
  return { contentType: text.contentType, body: await text.metrics() };
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
  readonly name: string;
  get(): Promise<{ name: string; type: string }>;
  getForPromString?(): Promise<{ name: string; type: string }>;
}

/** To write OpenMetrics, the registry takes `_total` off the name of a counter for good; see docs/vendor-seams.md. */
const inTextFormat = (metric: ReadMetric): ReadMetric => ({
  name: metric.name,
  async get() {
    const read = await (metric.getForPromString?.() ?? metric.get());
    return read.type === "counter" ? { ...read, name: `${read.name.replace(/_total$/, "")}_total` } : read;
  },
});
