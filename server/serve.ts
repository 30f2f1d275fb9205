/** The composition root: starts the server with what it is to offer. No logic. */

import { type PipelineTelemetry, startTelemetry } from "mcp-telemetry";
import { BootError } from "mcp-telemetry/listen";
import { readArguments, usage } from "./arguments.ts";
import { type Config, readConfig } from "./config.ts";
import type { Offer } from "./contracts/offer.ts";
import type { Service } from "./contracts/service.ts";
import { serverFactory } from "./mcp/build-server.ts";
import { serveHttp } from "./mcp/http.ts";
import { modernServer } from "./mcp/modern/server.ts";
import { prepare } from "./mcp/prepared.ts";
import type { Resumption } from "./mcp/session-transport.ts";
import { serveStdio } from "./mcp/stdio.ts";
import { classify } from "./pipeline/classify.ts";
import { pipeline } from "./pipeline/pipeline.ts";
import { serveProxy } from "./proxy/serve.ts";
import { readUpstreams } from "./proxy/upstreams.ts";
import { endGracefully, explainAndExit } from "./shutdown.ts";
import { versions } from "./versions.ts";

/** What tools can be made from: the settings by their names in `config.ts`, and the telemetry of dependencies. */
type Dependencies = Config & { readonly telemetry: PipelineTelemetry };

/**
 * Serves over stdio where the process has the argument `--stdio`, else over HTTP. Ends the process when it cannot.
 *
 * @param resumption over HTTP: `{ eventStore: recentEvents(32 * 1024 ** 2) }` keeps 32 MiB of what was sent, so that a
 *   client whose stream broke can read on; see `mcp/recent-events.ts`
 */
export async function serve(offerFor: (dependencies: Dependencies) => Offer, resumption?: Resumption): Promise<void> {
  let service: Service | undefined;
  try {
    const { stdio, help } = readArguments(process.argv.slice(2));
    if (help) {
      process.stdout.write(usage());
      process.exit();
    }
    const build = versions();
    const config = readConfig(process.env);
    const upstreams = readUpstreams(config);
    if (stdio && upstreams !== undefined) throw new BootError("--stdio and MCP_UPSTREAM exclude each other");
    const telemetry = await startTelemetry({
      build,
      classify,
      transport: stdio ? "stdio" : "http",
      ready: () => service?.accepting() ?? false,
    });
    if (upstreams !== undefined) {
      service = await serveProxy(config, upstreams, telemetry);
      return endGracefully(service, telemetry, config.shutdownMs);
    }
    const offer = offerFor({ ...config, telemetry: telemetry.pipeline });
    const run = pipeline(config.runawayPerMinute, telemetry.pipeline);
    const prepared = prepare(offer, run);
    const buildServer = serverFactory(build, prepared, telemetry);
    const modern = await modernServer(build, prepared, telemetry);
    service = stdio
      ? await serveStdio(buildServer(), modern, telemetry, config.bodyLimit)
      : await serveHttp(config, buildServer, modern, telemetry, resumption);
    endGracefully(service, telemetry, config.shutdownMs);
  } catch (error) {
    await explainAndExit(error);
  }
}
