/**
 * The third process: takes OTLP and throws it away, and is the small HTTP API behind the downstream-calling tool.
 * Decodes nothing, so that what it costs is far below what is measured.
 */
import { createServer } from "node:http";

const ITEM = JSON.stringify({ sku: "A-1", name: "Anvil", price_usd: 99.5, stock: 7 });

const server = createServer((request, response) => {
  request.resume().once("end", () => {
    const traces = request.url === "/v1/traces";
    response.writeHead(200, { "content-type": traces ? (request.headers["content-type"] ?? "") : "application/json" });
    response.end(traces ? undefined : ITEM);
  });
});
server.listen(Number(process.argv[2]), "127.0.0.1");
process.once("disconnect", () => process.exit());
