/** `server/main.ts` with tools that fail on demand: what most tests run. */
import { dependency } from "../pipeline/dependency.ts";
import { prompts } from "../prompts/index.ts";
import { resources } from "../resources/index.ts";
import { serve } from "../serve.ts";
import { toolsFor } from "../tools/index.ts";
import { askUpstream, fault } from "./test-tools.ts";

const { UPSTREAM_URL = "http://127.0.0.1:1", UPSTREAM_TIMEOUT_MS } = process.env;
const timeoutMs = UPSTREAM_TIMEOUT_MS === undefined ? undefined : Number(UPSTREAM_TIMEOUT_MS);

await serve((dependencies) => ({
  tools: [
    ...toolsFor(dependencies),
    fault,
    askUpstream(dependency("upstream", UPSTREAM_URL, dependencies.telemetry), timeoutMs),
  ],
  resources,
  prompts,
}));
