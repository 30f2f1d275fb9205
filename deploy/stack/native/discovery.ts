/** Discovery without Docker: DNS becomes static targets, containers become log files. */
import { serviceOf } from "../settings/replicas.ts";

interface DnsDiscovery {
  readonly names: readonly string[];
  readonly port: number;
}

interface Job extends Readonly<Record<string, unknown>> {
  readonly job_name: string;
  readonly dns_sd_configs?: readonly DnsDiscovery[];
  readonly static_configs?: readonly { readonly targets: readonly string[] }[];
}

/**
 * @param present services that run; others are not scraped, because they would be reported as down. A job for an address
 *   that is none of a service stays
 */
export function nativePrometheus(file: unknown, present: ReadonlySet<string>): unknown {
  if (typeof file !== "object" || file === null || !("scrape_configs" in file)) return file;
  const jobs = (file.scrape_configs as readonly Job[]).filter((job) => present.has(job.job_name) || !isOfService(job));
  return { ...file, scrape_configs: jobs.map(withStaticTargets) };
}

/** Whether it names a service, and no address: `loki:3100`. */
const isOfService = ({ dns_sd_configs, static_configs = [] }: Job): boolean =>
  dns_sd_configs !== undefined ||
  static_configs.some(({ targets }) => targets.some((target) => /^(?!localhost:)[a-z][a-z\d-]*:\d+$/.test(target)));

function withStaticTargets({ dns_sd_configs, relabel_configs, ...job }: Job): unknown {
  if (dns_sd_configs === undefined) return { ...job, ...(relabel_configs !== undefined && { relabel_configs }) };
  const static_configs = dns_sd_configs.flatMap(({ names, port }) =>
    names.map((name) => ({ targets: [`${name}:${port}`], labels: { instance: name } })),
  );
  return { ...job, static_configs };
}

/** @param services whose logs are shipped @param logFile the log file of a service */
export function nativePromtail(
  file: unknown,
  services: readonly string[],
  logFile: (service: string) => string,
): unknown {
  if (typeof file !== "object" || file === null || !("scrape_configs" in file)) return file;
  const [{ pipeline_stages } = { pipeline_stages: [] }] = file.scrape_configs as readonly {
    pipeline_stages: unknown;
  }[];
  const static_configs = services.map((service) => ({
    targets: ["localhost"],
    labels: { service_name: serviceOf(service), container: service, __path__: logFile(service) },
  }));
  return { ...file, scrape_configs: [{ job_name: "files", static_configs, pipeline_stages }] };
}
