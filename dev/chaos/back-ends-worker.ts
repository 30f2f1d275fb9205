/** The thread of the collector and the upstream: what they do takes no time from the honest callers. */
import { parentPort } from "node:worker_threads";
import type { BackEndsQuestion, BackEndsReport } from "./back-ends.ts";
import { Collector } from "./collector.ts";
import { Upstream } from "./upstream.ts";

const collector = new Collector();
const upstream = new Upstream();
const urls = { collector: await collector.listen(), upstream: await upstream.listen() };
const report = (): BackEndsReport => ({ urls, taken: collector.taken() });

parentPort?.on("message", async (question: BackEndsQuestion) => {
  if (question.target === "collector") await collector.turn(question.fault);
  if (question.target === "dependency") upstream.turn(question.fault);
  parentPort?.postMessage(report());
});
parentPort?.postMessage(report());
