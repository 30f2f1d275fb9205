/**
 * Spans wait here for the exporter, in batches, one at a time. A span stays until its batch was taken or given up, so a
 * collector may be away for minutes. Each span is counted once, as exported or as dropped.
 */
import { context } from "@opentelemetry/api";
import { suppressTracing } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace";
import type { TelemetryConfig } from "../config.ts";
import { type Delivery, delivery } from "./delivery.ts";
import { persistent } from "./persistence.ts";
import type { ExportStats } from "./tracing.ts";

/** Most spans take one or two kilobytes. Exceptions and attributes of other instrumentations may take much more. */
const MAX_QUEUED_BYTES = 32 * 1024 * 1024;
/** The specification's default for `OTEL_EXPORTER_OTLP_TIMEOUT`, in milliseconds. */
const OTLP_TIMEOUT_MS = 10_000;
/** How often the reason of a collector that refuses spans is reported, in milliseconds. */
const REPORT_MS = 60_000;

interface ExportQueue extends SpanProcessor {
  /** Counts all spans that are neither exported nor dropped yet as dropped. Call it after the shutdown. */
  abandon(): void;
}

/** A collector that fails changes the counters of `stats`, and has no other effect. */
export function exportQueue(exporter: SpanExporter, stats: ExportStats, config: TelemetryConfig): ExportQueue {
  const otlpTimeout = config.OTEL_EXPORTER_OTLP_TRACES_TIMEOUT ?? config.OTEL_EXPORTER_OTLP_TIMEOUT ?? OTLP_TIMEOUT_MS;
  const keepMs = config.OTEL_BSP_EXPORT_TIMEOUT;
  const attemptMs = Math.min(otlpTimeout, keepMs);
  const deliver = persistent(delivery(exporter, attemptMs), attemptMs, keepMs, () => {
    stats.failures += 1;
  });
  /** Oldest first. Those of the batch that is being sent are the first ones. */
  const spans: ReadableSpan[] = [];
  /** Of each of them, about. */
  const bytes: number[] = [];
  let allBytes = 0;
  let timer: NodeJS.Timeout | undefined;
  let cancel: (() => void) | undefined;
  let abandoned = false;
  let flushed: PromiseWithResolvers<void> | undefined;
  let reportAt = 0;

  const count = (sent: number, { error, refused, why }: Delivery) => {
    const dropped = error === undefined ? Math.min(refused, sent) : sent;
    stats.dropped += dropped;
    stats.exported += sent - dropped;
    if (refused === 0 || performance.now() < reportAt) return;
    reportAt = performance.now() + REPORT_MS;
    stats.onRefused(dropped, why);
  };
  const remove = (sent: number) => {
    spans.splice(0, sent);
    for (const each of bytes.splice(0, sent)) allBytes -= each;
  };

  const next = () => {
    if (cancel !== undefined) return;
    if (spans.length === 0) {
      flushed?.resolve();
      flushed = undefined;
    } else if (flushed !== undefined || spans.length >= config.OTEL_BSP_MAX_EXPORT_BATCH_SIZE) {
      send();
    } else {
      timer ??= setTimeout(send, config.OTEL_BSP_SCHEDULE_DELAY).unref();
    }
  };
  const send = () => {
    clearTimeout(timer);
    timer = undefined;
    const batch = spans.slice(0, config.OTEL_BSP_MAX_EXPORT_BATCH_SIZE);
    const resource = batch[0]?.resource;
    if (resource?.asyncAttributesPending && resource.waitForAsyncAttributes !== undefined) {
      cancel = () => {};
      resource.waitForAsyncAttributes().finally(() => {
        cancel = undefined;
        if (!abandoned) send();
      });
      return;
    }
    let isOver = false;
    const over = (result: Delivery) => {
      isOver = true;
      cancel = undefined;
      remove(batch.length);
      count(batch.length, result);
      if (!abandoned) queueMicrotask(next);
    };
    const stop = context.with(suppressTracing(context.active()), () => deliver(batch, over));
    if (!isOver) cancel = stop;
  };
  const flush = () => {
    flushed ??= Promise.withResolvers();
    const { promise } = flushed;
    next();
    return promise;
  };

  return {
    onStart: () => {},
    onEnd(span: ReadableSpan) {
      const own = estimatedBytes(span);
      if (abandoned || spans.length >= config.OTEL_BSP_MAX_QUEUE_SIZE || allBytes + own > MAX_QUEUED_BYTES) {
        stats.dropped += 1;
        return;
      }
      spans.push(span);
      bytes.push(own);
      allBytes += own;
      next();
    },
    forceFlush: flush,
    async shutdown() {
      await flush();
      await exporter.shutdown();
    },
    abandon() {
      abandoned = true;
      clearTimeout(timer);
      cancel?.();
      stats.dropped += spans.length;
      remove(spans.length);
      flushed?.resolve();
    },
  };
}

/** What a span takes without attributes, about. */
const BARE_SPAN_BYTES = 500;

function estimatedBytes({ attributes, events }: ReadableSpan): number {
  let bytes = BARE_SPAN_BYTES + estimatedBytesOf(attributes);
  for (const event of events) bytes += estimatedBytesOf(event.attributes ?? {});
  return bytes;
}

function estimatedBytesOf(attributes: ReadableSpan["attributes"]): number {
  let bytes = 0;
  for (const key in attributes) {
    const value = attributes[key];
    bytes += key.length;
    if (typeof value === "string") bytes += value.length;
    else if (Array.isArray(value)) for (const item of value) bytes += typeof item === "string" ? item.length : 8;
    else bytes += 8;
  }
  return bytes;
}
