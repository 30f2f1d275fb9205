// A server on SDK 2 that knows nothing of the telemetry, over stdio, or over HTTP with a server for each request.
import { createServer } from "node:http";
import { createMcpHandler, fromJsonSchema, McpServer, ResourceTemplate, Server } from "@modelcontextprotocol/server";
import { StdioServerTransport } from "@modelcontextprotocol/server/stdio";

const value = fromJsonSchema({ type: "object", properties: { value: { type: "string" } }, required: ["value"] });
const fail = (given) => {
  throw new Error(`cannot take ${given.value}`);
};

function highLevel() {
  const server = new McpServer({ name: "styles", version: "1.0.0" });
  server.registerTool("registered", { inputSchema: value }, fail);
  server.registerTool("updated", { inputSchema: value }, () => ({ content: [] })).update({ callback: fail });
  server.registerPrompt("prompt", { argsSchema: value }, fail);
  server.registerResource("note", new ResourceTemplate("note://{value}", { list: undefined }), {}, (_uri, given) =>
    fail(given),
  );
  return server;
}

function lowLevel() {
  const server = new Server({ name: "styles", version: "1.0.0" }, { capabilities: { tools: {} } });
  server.setRequestHandler("tools/list", () => ({ tools: [{ name: "low_level", inputSchema: { type: "object" } }] }));
  server.setRequestHandler("tools/call", ({ params }) => fail(params.arguments));
  return server;
}

const build = process.argv.includes("--low-level") ? lowLevel : highLevel;

if (!process.argv.includes("--stateless")) build().connect(new StdioServerTransport());
else {
  const handler = createMcpHandler(build);
  const http = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, headers } = request;
    const body = chunks.length === 0 ? undefined : Buffer.concat(chunks);
    const answer = await handler.fetch(new Request(`http://${headers.host}/`, { method, headers, body }));
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  http.listen(0, "127.0.0.1", () => process.stderr.write(`listening at http://127.0.0.1:${http.address().port}/\n`));
}
