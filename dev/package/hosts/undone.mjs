// Starts two copies of the telemetry, ends it, and reports what it has left changed.
import http from "node:http";
import { context, metrics, propagation, trace } from "@opentelemetry/api";

const ACTIVE = process.listeners;
const state = () => ({
  "globalThis.fetch": globalThis.fetch,
  "http.get": http.get,
  "http.request": http.request,
  "console.log": console.log,
  "console.error": console.error,
  environment: JSON.stringify(process.env),
  listeners: JSON.stringify(
    ["SIGTERM", "SIGINT", "exit", "beforeExit"].map((name) => ACTIVE.call(process, name).length),
  ),
  tracer: trace.getTracerProvider().getDelegate().constructor.name,
  propagation: JSON.stringify(propagation.fields()),
  context: context.active() === context.with(context.active(), () => context.active()),
  metrics: metrics.getMeterProvider().constructor.name,
  sockets: process.getActiveResourcesInfo().filter((name) => /TCPServer|TCPSocket/.test(name)).length,
});

const before = state();
const [first, second] = await Promise.all(process.argv.slice(2).map((name) => import(name)));
const telemetry = await first.startTelemetry();
const same = (await second.startTelemetry()) === telemetry;
console.log("to stderr");
await telemetry.shutdown();
const after = state();
const changed = Object.keys(before).filter((name) => before[name] !== after[name]);
const again = await second.startTelemetry();
await again.shutdown();
console.log(JSON.stringify({ same, changed, again: again !== telemetry }));
