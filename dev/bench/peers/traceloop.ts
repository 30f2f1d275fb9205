/** Traceloop's instrumentation of MCP, on the bare server. It makes no span of a call that a server receives. */
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { NodeSDK } from "@opentelemetry/sdk-node";

/** Not a name that the type check resolves: it is installed only for this comparison. */
const PACKAGE: string = "@traceloop/instrumentation-mcp";
const { McpInstrumentation } = await import(PACKAGE);
new NodeSDK({ serviceName: "traceloop" }).start();
new McpInstrumentation().manuallyInstrument({ Server });

await import("../servers/bare.ts");
