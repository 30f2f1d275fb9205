/** `server/main.ts` with a number of tools of the bench's choosing. */
import { readConfig } from "../../config.ts";
import { serverFactory } from "../../mcp/build-server.ts";
import { serveHttp } from "../../mcp/http.ts";
import { classify } from "../../pipeline/classify.ts";
import { dependency } from "../../pipeline/dependency.ts";
import { pipeline } from "../../pipeline/pipeline.ts";
import { startTelemetry } from "../../telemetry/index.ts";
import { benchTools } from "./tools.ts";

const config = readConfig(process.env);
const telemetry = await startTelemetry({ classify });
const tools = benchTools(dependency("catalog", config.catalogUrl, telemetry.pipeline));
const run = pipeline(config.runawayPerMinute, telemetry.pipeline);
await serveHttp(config, serverFactory({ name: "bench", version: "1.0.0" }, tools, run, telemetry), telemetry);
