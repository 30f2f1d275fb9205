/** The metrics of both HTTP listeners: refused requests, authentications and open event streams. */
import {
  AUTHENTICATION_RESULTS,
  type AuthenticationResult,
  METRICS,
  OPERATOR_DENIALS,
  type OperatorDenial,
  REJECTION_REASONS,
  type RejectionReason,
} from "../conventions.ts";
import { counter, gauge, serverLabel } from "./define.ts";
import type { MetricsRegistry } from "./registry.ts";

export function edgeMetrics(registry: MetricsRegistry) {
  const rejections = counter(registry, METRICS.httpRejections);
  for (const reason of REJECTION_REASONS) rejections.inc({ reason }, 0);
  const denials = counter(registry, METRICS.operatorDenials);
  for (const reason of OPERATOR_DENIALS) denials.inc({ reason }, 0);
  const authentications = new Map<AuthenticationResult, number>(AUTHENTICATION_RESULTS.map((result) => [result, 0]));
  counter(registry, METRICS.authentications, (metric) => {
    metric.reset();
    for (const [result, count] of authentications) metric.inc({ result }, count);
  });
  let streams = 0;
  gauge(registry, METRICS.openStreams, (metric) => metric.set(streams));

  return {
    /** @param server for which the request was, where there are several */
    rejected(reason: RejectionReason, server?: string): void {
      rejections.inc({ reason, ...serverLabel(server) });
    },

    denied(reason: OperatorDenial): void {
      denials.inc({ reason });
    },

    authenticated(result: AuthenticationResult): void {
      authentications.set(result, (authentications.get(result) ?? 0) + 1);
    },

    /** @returns a function to call when the stream closes */
    streamOpened() {
      streams += 1;
      return () => {
        streams -= 1;
      };
    },
  };
}
