/** The thread of the collector and the catalog: what they do takes no time from the honest callers. */
import { parentPort } from "node:worker_threads";
import type { BackEndsQuestion, BackEndsReport } from "./back-ends.ts";
import { Catalog } from "./catalog.ts";
import { Collector } from "./collector.ts";

const collector = new Collector();
const catalog = new Catalog();
const urls = { collector: await collector.listen(), catalog: await catalog.listen() };
const report = (): BackEndsReport => ({ urls, taken: collector.taken() });

parentPort?.on("message", async (question: BackEndsQuestion) => {
  if (question.target === "collector") await collector.turn(question.fault);
  if (question.target === "dependency") catalog.turn(question.fault);
  parentPort?.postMessage(report());
});
parentPort?.postMessage(report());
