/** `server/main.ts` with as many tools as the bench wants, and with `BENCH_TELEMETRY=0` without telemetry. */
import { readConfig } from "../../config.ts";
import { serverFactory } from "../../mcp/build-server.ts";
import { serveHttp } from "../../mcp/http.ts";
import { classify } from "../../pipeline/classify.ts";
import { dependency } from "../../pipeline/dependency.ts";
import { pipeline } from "../../pipeline/pipeline.ts";
import { startTelemetry } from "../../telemetry/index.ts";
import { silence } from "./silence.ts";
import { benchTools } from "./tools.ts";

const config = readConfig(process.env);
const telemetry = process.env.BENCH_TELEMETRY === "0" ? silence : await startTelemetry({ classify });
const tools = benchTools(dependency("catalog", config.catalogUrl, telemetry.pipeline));
const run = pipeline(config.runawayPerMinute, telemetry.pipeline);
await serveHttp(config, serverFactory({ name: "bench", version: "1.0.0" }, tools, run, telemetry), telemetry);
process.once("SIGTERM", () => process.exit(0));
