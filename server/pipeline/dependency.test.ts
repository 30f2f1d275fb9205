import assert from "node:assert/strict";
import { test } from "node:test";
import type { PipelineTelemetry } from "mcp-telemetry";
import { dependency } from "./dependency.ts";

const telemetry = { breaker() {}, degraded() {} } as unknown as PipelineTelemetry;

for (const path of [
  "//internal.invalid/",
  "http://internal.invalid/",
  "\\\\internal.invalid\\",
  "http://127.0.0.1:2/",
]) {
  test(`a path that leads to another origin is refused: ${path}`, async () => {
    const upstream = dependency("upstream", "http://127.0.0.1:1", telemetry);
    await assert.rejects(upstream.getJson(path, new AbortController().signal), /another origin/);
  });
}
