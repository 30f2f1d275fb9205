/**
 * Sentry's `wrapMcpServerWithSentry`, around the bare server's McpServer. Every trace is sampled, as in (c). Its envelopes go
 * to the bench's receiver.
 */
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";

/** Not a name that the type check resolves: it is installed only for this comparison. */
const PACKAGE: string = "@sentry/node";
const { init, wrapMcpServerWithSentry } = await import(PACKAGE);
const { host } = new URL(process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? "");
init({ dsn: `http://public@${host}/1`, tracesSampleRate: 1 });

type RegisterTool = (this: McpServer, ...args: unknown[]) => unknown;
const prototype = McpServer.prototype as unknown as { registerTool: RegisterTool };
const { registerTool } = prototype;
const wrapped = new WeakSet<McpServer>();

/** Wraps a server before its first tool: what is registered before is not observed. */
prototype.registerTool = function (...args) {
  if (wrapped.has(this)) return registerTool.apply(this, args);
  wrapped.add(this);
  return wrapMcpServerWithSentry(this).registerTool(...args);
};

await import("../servers/bare.ts");
