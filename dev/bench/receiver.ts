/**
 * The third process of the bench. It accepts OTLP exports and discards them, and it serves the HTTP API that the tool
 * `lookup` calls. It decodes nothing, so that it costs far less than the measured server.
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
