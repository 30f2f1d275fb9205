/** The catalog's items, in SQLite. Each query is a client span by the database conventions, values left out. */
import { DatabaseSync } from "node:sqlite";
import { SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";

export interface Item {
  readonly sku: string;
  readonly name: string;
  readonly price_usd: number;
  readonly stock: number;
}

const NAMES = ["anvil", "bellows", "crucible", "die", "flux", "hammer", "ladle", "mandrel", "quench tank", "tongs"];
const FIND = "SELECT sku, name, price_usd, stock FROM items WHERE sku = ?";

/** @returns finds an item by its SKU, `A-1` to `A-10` */
export function openCatalog(): (sku: string) => Item | undefined {
  const database = new DatabaseSync(":memory:");
  database.exec("CREATE TABLE items (sku TEXT PRIMARY KEY, name TEXT, price_usd REAL, stock INTEGER) STRICT");
  const insert = database.prepare("INSERT INTO items VALUES (?, ?, ?, ?)");
  for (const [index, name] of NAMES.entries()) insert.run(`A-${index + 1}`, name, 9.5 + 4 * index, 7 * index);
  const find = database.prepare(FIND);
  const tracer = trace.getTracer("catalog");

  return (sku) =>
    tracer.startActiveSpan("SELECT items", { kind: SpanKind.CLIENT, attributes: DATABASE }, (span) => {
      try {
        return find.get(sku) as Item | undefined;
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    });
}

/** OpenTelemetry's database conventions. */
const DATABASE = {
  "db.system.name": "sqlite",
  "db.namespace": "catalog",
  "db.collection.name": "items",
  "db.operation.name": "SELECT",
  "db.query.text": FIND,
};
