/** What the connections of a process share. */
import type { Tracer } from "@opentelemetry/api";
import type { Logger } from "pino";
import type { Trust } from "../config.ts";
import type { SessionEndReason, TransportName } from "../conventions.ts";
import type { CallMetrics } from "../metrics/calls.ts";
import type { ClientMetrics } from "../metrics/clients.ts";
import type { SessionMetrics } from "../metrics/sessions.ts";
import type { DecideSampling } from "../tracing/sampling.ts";
import type { Tracing } from "../tracing/tracing.ts";
import type { Audit } from "./audit.ts";
import type { Definitions } from "./definitions.ts";
import type { Sent } from "./outbound.ts";
import type { ToolCatalogue } from "./tool-catalogue.ts";

export interface ConnectionDependencies {
  readonly tracing: Tracing;
  readonly tracer: Tracer;
  readonly decideSampling: DecideSampling;
  readonly trust: Trust;
  readonly metrics: CallMetrics;
  readonly sessions: SessionMetrics;
  readonly clients: ClientMetrics;
  /** Records a request or notification that was sent. */
  readonly sent: (sent: Sent) => void;
  readonly logger: Logger;
  readonly audit: Audit;
  readonly tools: ToolCatalogue;
  readonly definitions: Definitions;
  /** Of all connections; undefined where each transport tells. */
  readonly transport: TransportName | undefined;
  /** The name of the server, where one process stands in front of several. */
  readonly server: string | undefined;
  /** Those with an open session. */
  readonly open: Set<{ close(reason: SessionEndReason): void }>;
  /** False once the telemetry has been shut down: then messages pass unobserved. */
  readonly running: () => boolean;
}
