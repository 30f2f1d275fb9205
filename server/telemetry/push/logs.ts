/** Sends the log lines by OTLP, for a process whose output nobody collects. Imported only when that is wanted. */
import { OTLPLogExporter as GrpcExporter } from "@opentelemetry/exporter-logs-otlp-grpc";
import { OTLPLogExporter as JsonExporter } from "@opentelemetry/exporter-logs-otlp-http";
import { OTLPLogExporter as ProtobufExporter } from "@opentelemetry/exporter-logs-otlp-proto";
import { BatchLogRecordProcessor, LoggerProvider, type LogRecordExporter } from "@opentelemetry/sdk-logs";
import type { TelemetryConfig } from "../config.ts";
import type { LogStream } from "../logging/stream.ts";
import type { OtlpProtocol } from "../sdk-variables.ts";
import { logRecord } from "./log-record.ts";
import { pushedResource } from "./resource.ts";

/** They read the variables of endpoint, headers and certificates themselves. */
const EXPORTERS: Record<OtlpProtocol, () => LogRecordExporter> = {
  "http/protobuf": () => new ProtobufExporter(),
  "http/json": () => new JsonExporter(),
  grpc: () => new GrpcExporter(),
};

/** How long the last lines may take to be sent, in milliseconds. */
const SHUTDOWN_MS = 5000;

/** @returns a stream that sends each line too. It counts a line that is not accepted as dropped */
export function pushLogs(stream: LogStream, config: TelemetryConfig): LogStream {
  const maxQueueSize = config.OTEL_BLRP_MAX_QUEUE_SIZE;
  const exporter = EXPORTERS[config.OTEL_EXPORTER_OTLP_LOGS_PROTOCOL ?? config.generalProtocol]();
  let waiting = 0;
  let dropped = 0;
  const counting: LogRecordExporter = {
    export(records, done) {
      waiting -= records.length;
      exporter.export(records, (result) => {
        if (result.code !== 0) dropped += records.length;
        done(result);
      });
    },
    forceFlush: () => exporter.forceFlush(),
    shutdown: () => exporter.shutdown(),
  };
  const processor = new BatchLogRecordProcessor({
    exporter: counting,
    maxQueueSize,
    maxExportBatchSize: Math.min(config.OTEL_BLRP_MAX_EXPORT_BATCH_SIZE, maxQueueSize),
    scheduledDelayMillis: config.OTEL_BLRP_SCHEDULE_DELAY,
    exportTimeoutMillis: config.OTEL_BLRP_EXPORT_TIMEOUT,
  });
  const provider = new LoggerProvider({ resource: pushedResource(config), processors: [processor] });
  const logger = provider.getLogger("mcp");
  return {
    write(line) {
      stream.write(line);
      if (waiting >= maxQueueSize) dropped += 1;
      else {
        waiting += 1;
        logger.emit(logRecord(line));
      }
    },
    dropped: () => stream.dropped() + dropped,
    async end() {
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(late.resolve, SHUTDOWN_MS);
      await Promise.all([stream.end(), Promise.race([provider.shutdown().catch(() => {}), late.promise])]);
      clearTimeout(timer);
    },
  };
}
