/** The composition root. It creates all parts and connects them, and has no logic of its own. */
import { readConfig } from "./config.ts";
import type { Service } from "./contracts/service.ts";
import { demoTools } from "./demo/index.ts"; // demo
import { serverFactory } from "./mcp/build-server.ts";
import { serveHttp } from "./mcp/http.ts";
import { serveStdio } from "./mcp/stdio.ts";
import { classify } from "./pipeline/classify.ts";
import { pipeline } from "./pipeline/pipeline.ts";
import { endGracefully, explainAndExit } from "./shutdown.ts";
import { startTelemetry } from "./telemetry/index.ts";
import { toolsFor } from "./tools/index.ts";
import { versions } from "./versions.ts";

const stdio = process.argv.includes("--stdio");
let service: Service | undefined;

try {
  const build = versions();
  const config = readConfig(process.env);
  const telemetry = await startTelemetry({
    build,
    classify,
    transport: stdio ? "stdio" : "http",
    ready: () => service?.accepting() ?? false,
  });
  const dependencies = { ...config, telemetry: telemetry.pipeline };
  const tools = [
    ...toolsFor(dependencies),
    ...demoTools(dependencies), // demo
  ];
  const run = pipeline(config.runawayPerMinute, telemetry.pipeline);
  const buildServer = serverFactory(build, tools, run, telemetry);
  service = stdio ? await serveStdio(buildServer(), telemetry) : await serveHttp(config, buildServer, telemetry);
  endGracefully(service, telemetry, config.shutdownMs);
} catch (error) {
  explainAndExit(error);
}
