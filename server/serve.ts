/** The composition root: starts the server with the tools it is given. No logic. */
import { readArguments, usage } from "./arguments.ts";
import { type Config, readConfig } from "./config.ts";
import type { Service } from "./contracts/service.ts";
import type { Tool } from "./contracts/tool.ts";
import { serverFactory } from "./mcp/build-server.ts";
import { serveHttp } from "./mcp/http.ts";
import { modernServer } from "./mcp/modern/server.ts";
import { prepare } from "./mcp/prepared.ts";
import { serveStdio } from "./mcp/stdio.ts";
import { classify } from "./pipeline/classify.ts";
import { pipeline } from "./pipeline/pipeline.ts";
import { endGracefully, explainAndExit } from "./shutdown.ts";
import { type PipelineTelemetry, startTelemetry } from "./telemetry/index.ts";
import { versions } from "./versions.ts";

/** What tools can be made from: the settings by their names in `config.ts`, and the telemetry of dependencies. */
type Dependencies = Config & { readonly telemetry: PipelineTelemetry };

/** Serves over stdio where the process has the argument `--stdio`, else over HTTP. Ends the process when it cannot. */
export async function serve(toolsFor: (dependencies: Dependencies) => readonly Tool[]): Promise<void> {
  let service: Service | undefined;
  try {
    const { stdio, help } = readArguments(process.argv.slice(2));
    if (help) {
      process.stdout.write(usage());
      process.exit();
    }
    const build = versions();
    const config = readConfig(process.env);
    const telemetry = await startTelemetry({
      build,
      classify,
      transport: stdio ? "stdio" : "http",
      ready: () => service?.accepting() ?? false,
    });
    const tools = toolsFor({ ...config, telemetry: telemetry.pipeline });
    const run = pipeline(config.runawayPerMinute, telemetry.pipeline);
    const prepared = prepare(tools, run);
    const buildServer = serverFactory(build, prepared, telemetry);
    const modern = await modernServer(build, prepared, telemetry);
    service = stdio
      ? await serveStdio(buildServer(), modern, telemetry, config.bodyLimit)
      : await serveHttp(config, buildServer, modern, telemetry);
    endGracefully(service, telemetry, config.shutdownMs);
  } catch (error) {
    await explainAndExit(error);
  }
}
