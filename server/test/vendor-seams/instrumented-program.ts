/** Sends two requests under the preload, and writes what the instrumentations made of them to stdout, as JSON. */
import { once } from "node:events";
import { createServer, get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { trace } from "@opentelemetry/api";
import { getNodeAutoInstrumentations } from "@opentelemetry/auto-instrumentations-node";
import { Hook } from "import-in-the-middle";
import { recorder } from "mcp-telemetry/register";

const intercepted: string[] = [];
new Hook(["http", "zod"], (_exports, name) => {
  intercepted.push(name);
});
await import("node:http");
await import("zod");

const server = createServer((_request, response) => response.end()).listen(0, "127.0.0.1");
await once(server, "listening");
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret?secret=1`;
await trace.getTracer("seam").startActiveSpan("parent", async (span) => {
  await (await fetch(url)).text();
  const [response] = (await once(get(url), "response")) as [IncomingMessage];
  await once(response.resume(), "end");
  span.end();
});
server.close();

const spans = recorder?.spans.items().filter(({ name }) => name === "GET") ?? [];
const definitions = getNodeAutoInstrumentations().flatMap((one) => {
  const { getModuleDefinitions } = one as { getModuleDefinitions?(): readonly { readonly name: string }[] };
  return getModuleDefinitions?.call(one) ?? [];
});
process.stdout.write(
  JSON.stringify({
    modules: definitions.map(({ name }) => name),
    intercepted,
    spans: spans.map(({ attributes }) => attributes),
  }),
);
process.exit();
