/** (c) to (f) `server/main.ts` with the bench's tools; `BENCH_TELEMETRY=0` turns the telemetry off. */

import { startTelemetry } from "mcp-telemetry";
import { readConfig } from "../../../server/config.ts";
import { serverFactory } from "../../../server/mcp/build-server.ts";
import { serveHttp } from "../../../server/mcp/http.ts";
import { modernServer } from "../../../server/mcp/modern/server.ts";
import { prepare } from "../../../server/mcp/prepared.ts";
import { classify } from "../../../server/pipeline/classify.ts";
import { dependency } from "../../../server/pipeline/dependency.ts";
import { pipeline } from "../../../server/pipeline/pipeline.ts";
import { endGracefully } from "../../../server/shutdown.ts";
import { noTelemetry } from "./no-telemetry.ts";
import { benchTools } from "./tools.ts";

const config = readConfig(process.env);
const telemetry = process.env.BENCH_TELEMETRY === "0" ? noTelemetry : await startTelemetry({ classify });
const upstream = dependency("bench", String(process.env.BENCH_UPSTREAM_URL), telemetry.pipeline);
const run = pipeline(config.runawayPerMinute, telemetry.pipeline);
const info = { name: "bench", version: "1.0.0" };
const prepared = prepare({ tools: benchTools(upstream) }, run);
const modern = await modernServer(info, prepared, telemetry);
const build = serverFactory(info, prepared, telemetry);
endGracefully(await serveHttp(config, build, modern, telemetry), telemetry, config.shutdownMs);
