/** `server/main.ts` with the bench's tools, and with `BENCH_TELEMETRY=0` without telemetry. */
import { readConfig } from "../../config.ts";
import { serverFactory } from "../../mcp/build-server.ts";
import { serveHttp } from "../../mcp/http.ts";
import { classify } from "../../pipeline/classify.ts";
import { dependency } from "../../pipeline/dependency.ts";
import { pipeline } from "../../pipeline/pipeline.ts";
import { endGracefully } from "../../shutdown.ts";
import { startTelemetry } from "../../telemetry/index.ts";
import { silence } from "./silence.ts";
import { benchTools } from "./tools.ts";

const config = readConfig(process.env);
const telemetry = process.env.BENCH_TELEMETRY === "0" ? silence : await startTelemetry({ classify });
const catalog = dependency("bench", String(process.env.CATALOG_URL), telemetry.pipeline);
const run = pipeline(config.runawayPerMinute, telemetry.pipeline);
const build = serverFactory({ name: "bench", version: "1.0.0" }, benchTools(catalog), run, telemetry);
endGracefully(await serveHttp(config, build, telemetry), telemetry, config.shutdownMs);
