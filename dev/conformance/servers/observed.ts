/** The fixture behind this project's HTTP edge, with its telemetry. */
import { readConfig } from "../../../server/config.ts";
import { serveHttp } from "../../../server/mcp/http.ts";
import { modernServer } from "../../../server/mcp/modern/server.ts";
import { prepare } from "../../../server/mcp/prepared.ts";
import { recentEvents } from "../../../server/mcp/recent-events.ts";
import { pipeline } from "../../../server/pipeline/pipeline.ts";
import { endGracefully } from "../../../server/shutdown.ts";
import { startTelemetry } from "../../../server/telemetry/index.ts";
import { fixtureServer } from "../fixture/server.ts";

/** What the suite waits for before it comes back. */
const RETRY_MS = 500;

const config = readConfig(process.env);
const telemetry = await startTelemetry();
const build = () => fixtureServer((server) => telemetry.instrument(server));
const nothing = prepare({ tools: [] }, pipeline(config.runawayPerMinute, telemetry.pipeline));
const modern = await modernServer({ name: "fixture", version: "1.0.0" }, nothing, telemetry);
const service = await serveHttp(config, build, modern, telemetry, {
  eventStore: recentEvents(8 * 1024 ** 2),
  retryMs: RETRY_MS,
});
endGracefully(service, telemetry, config.shutdownMs);
