/** Starts the collector and the upstream of a run, and tells them when to fail. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { CollectorFault, Taken } from "./collector.ts";
import type { UpstreamFault } from "./upstream.ts";

export type BackEndsQuestion =
  | { readonly target: "collector"; readonly fault: CollectorFault | undefined }
  | { readonly target: "dependency"; readonly fault: UpstreamFault | undefined }
  | { readonly target: "report" };

export interface BackEndsReport {
  readonly urls: { readonly collector: string; readonly upstream: string };
  readonly taken: Taken;
}

export interface BackEnds {
  readonly urls: BackEndsReport["urls"];
  ask(question: BackEndsQuestion): Promise<BackEndsReport>;
  stop(): Promise<unknown>;
}

export async function startBackEnds(): Promise<BackEnds> {
  const worker = new Worker(new URL("back-ends-worker.ts", import.meta.url));
  const answer = async () => ((await once(worker, "message")) as [BackEndsReport])[0];
  const { urls } = await answer();
  let last: Promise<unknown> = Promise.resolve();
  return {
    urls,
    ask(question) {
      const next = last.then(() => {
        worker.postMessage(question);
        return answer();
      });
      last = next;
      return next;
    },
    stop: () => worker.terminate(),
  };
}
