/** What pushed metrics and log lines say of their process. */
import { randomUUID } from "node:crypto";
import { type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import type { TelemetryConfig } from "../config.ts";
import { SERVICE_INSTANCE_ID } from "../conventions.ts";

/** Else a back end would take what several processes send for that of one. */
const OWN_ID = randomUUID();

export const pushedResource = (config: TelemetryConfig): Resource =>
  resourceFromAttributes({
    [SERVICE_INSTANCE_ID]: config.replica ?? OWN_ID,
    ...config.OTEL_RESOURCE_ATTRIBUTES,
    "service.name": config.serviceName,
  });
