/** The SDK server of the modern era, with everything that is prepared. There is one, connected to its transport. */
import { McpServer, type ServerContext } from "@modelcontextprotocol/server";
import type { Telemetry } from "mcp-telemetry";
import type { ServerInfo } from "../build-server.ts";
import { watchHandlers } from "../handler-ends.ts";
import type { Prepared } from "../prepared.ts";
import { MODERN_REVISIONS } from "./era.ts";
import { type HeaderRules, headerRules } from "./headers.ts";
import { refuseInvalidParams } from "./invalid-params.ts";
import { registerOffer } from "./offer.ts";
import { RequestsTransport } from "./requests-transport.ts";
import { type Subscriptions, serveSubscriptions } from "./subscriptions.ts";

export interface ModernServer {
  readonly transport: RequestsTransport;
  readonly subscriptions: Subscriptions;
  readonly rules: HeaderRules;
}

export async function modernServer(info: ServerInfo, prepared: Prepared, telemetry: Telemetry): Promise<ModernServer> {
  const server = new McpServer(
    { name: info.name, version: info.version },
    { supportedProtocolVersions: [...MODERN_REVISIONS] },
  );
  telemetry.instrument(server);
  registerOffer(server, prepared, () => telemetry.pipeline.caller());
  return connectModern(server, headerRules(prepared.tools), telemetry);
}

/** @param server instrumented, with all that it offers */
export async function connectModern(
  server: McpServer,
  rules: HeaderRules,
  telemetry: Telemetry,
): Promise<ModernServer> {
  // The SDK's text may repeat the caller's message.
  server.server.onerror = ({ name }) => telemetry.logger.debug({ error_type: name }, "the SDK reported an error");
  const transport = new RequestsTransport();
  const subscriptions = serveSubscriptions(server, (id) => transport.callerIdOf(id), telemetry);
  transport.onchange = (change) => subscriptions.publish(change);
  refuseInvalidParams(server);
  watchHandlers<ServerContext>(server.server, ({ mcpReq }, end) => {
    const handled = () => transport.handled(mcpReq.id);
    end.then(handled, handled);
  });
  await server.connect(transport);
  return { transport, subscriptions, rules };
}
