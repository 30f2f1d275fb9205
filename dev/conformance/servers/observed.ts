/** The fixtures of both SDKs behind this project's HTTP edge, with its telemetry. */

import { startTelemetry } from "mcp-telemetry";
import { readConfig } from "../../../server/config.ts";
import { serveHttp } from "../../../server/mcp/http.ts";
import { headerRules } from "../../../server/mcp/modern/headers.ts";
import { connectModern } from "../../../server/mcp/modern/server.ts";
import { recentEvents } from "../../../server/mcp/recent-events.ts";
import { endGracefully } from "../../../server/shutdown.ts";
import { modernFixture } from "../fixture/modern/server.ts";
import { HEADER_TOOL } from "../fixture/modern/tools.ts";
import { fixtureServer } from "../fixture/sessions/server.ts";

/** What the suite waits for before it comes back. */
const RETRY_MS = 500;

const config = readConfig(process.env);
const telemetry = await startTelemetry();
const server = modernFixture(
  (own) => ({ toolsChanged: () => own.sendToolListChanged(), promptsChanged: () => own.sendPromptListChanged() }),
  (own) => telemetry.instrument(own),
);
const modern = await connectModern(server, headerRules([HEADER_TOOL]), telemetry);
const build = () => fixtureServer((own) => telemetry.instrument(own));
const service = await serveHttp(config, build, modern, telemetry, {
  eventStore: recentEvents(8 * 1024 ** 2),
  retryMs: RETRY_MS,
});
endGracefully(service, telemetry, config.shutdownMs);
