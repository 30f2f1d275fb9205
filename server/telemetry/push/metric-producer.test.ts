import assert from "node:assert/strict";
import { test } from "node:test";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { Counter } from "prom-client";
import { createRegistry } from "../metrics/registry.ts";
import { metricProducer } from "./metric-producer.ts";

test("a metric that has no series yet is not pushed: Prometheus would refuse all others with it", async () => {
  const registry = createRegistry();
  const labelNames = ["tool"];
  new Counter({ name: "unused_total", help: "never counted", labelNames, registers: [registry] });
  const used = new Counter({ name: "used_total", help: "counted once", labelNames, registers: [registry] });
  used.inc({ tool: "add" });
  const { resourceMetrics } = await metricProducer(registry, resourceFromAttributes({})).collect();
  const metrics = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
  const names = metrics.map(({ descriptor }) => descriptor.name);
  assert.deepEqual([names.includes("used"), names.includes("unused")], [true, false]);
  assert.ok(metrics.every(({ dataPoints }) => dataPoints.length > 0));
});
