/** A resource that fails on demand, so that every signal can be seen. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Resource } from "../contracts/resource.ts";

const SLOW_MS = 3000;

export const unreliable: Resource = {
  name: "unreliable",
  uri: "unreliable://{mode}",
  title: "Unreliable",
  description: "Fails in the way you ask for: slow or error.",
  mimeType: "text/plain",
  async read({ mode }) {
    if (mode === "error") throw new Error("the resource was asked to fail");
    if (mode !== "slow") return undefined;
    await sleep(SLOW_MS);
    return "slow, but done";
  },
};
