/**
 * Spans that libraries make obey the rules of this project's own: they hold no argument, no result and no secret. What
 * is not listed here is removed when the span ends, before any exporter or the inspector gets it.
 */
import type { Attributes, AttributeValue } from "@opentelemetry/api";
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace";

/** Names of the semantic conventions whose values are few and come from the program or its configuration. */
const ALLOWED: ReadonlySet<string> = new Set(
  `
  db.system db.system.name db.name db.namespace db.operation db.operation.name db.collection.name db.response.status_code
  http.request.method http.response.status_code http.route http.method http.status_code url.scheme
  server.address server.port client.address network.peer.address network.peer.port network.protocol.name
  network.protocol.version network.transport network.type net.peer.name net.peer.port net.transport
  rpc.system rpc.system.name rpc.service rpc.method rpc.grpc.status_code rpc.response.status_code
  messaging.system messaging.operation messaging.operation.name messaging.operation.type
  gen_ai.system gen_ai.provider.name gen_ai.operation.name gen_ai.request.model gen_ai.response.model
  gen_ai.usage.input_tokens gen_ai.usage.output_tokens
  cloud.region aws.region error.type
`
    .trim()
    .split(/\s+/),
);

const STATEMENTS: ReadonlySet<string> = new Set(["db.statement", "db.query.text"]);
const URLS: ReadonlySet<string> = new Set(["url.full", "url.path"]);
/** What `sdk.ts` puts in the place of a path. */
const REDACTED_PATH = /^(?:[a-z]+:\/\/[\w.:[\]-]{1,100})?\/REDACTED$/;
const MAX_VALUE = 128;

/** An instrumentation's tracer has the name of its package. Put it before every processor that keeps spans. */
export const foreignSpans: SpanProcessor = {
  onStart: () => {},
  onEnd(span) {
    if (span.instrumentationScope.name.startsWith("@")) tame(span);
  },
  forceFlush: async () => {},
  shutdown: async () => {},
};

/** Replaces members of a span that has ended; see docs/vendor-seams.md. */
function tame(span: ReadableSpan): void {
  Object.assign(span, {
    name: nameOf(span),
    attributes: allowed(span.attributes),
    status: { code: span.status.code },
    events: span.events.map(({ name, time, attributes = {} }) => ({
      name: NAME.test(name) ? name : "event",
      time,
      attributes: name === "exception" ? exceptionType(attributes) : allowed(attributes),
    })),
    links: span.links.map(({ context }) => ({ context })),
  });
}

const CONNECTS: ReadonlySet<string> = new Set(["pg.connect", "pg-pool.connect"]);
const NAME = /^[\w .:/-]{1,64}$/;

/**
 * The name of a span; that of its instrumentation when the name may be a part of a statement. The instrumentations of SQL
 * take the first word of a statement for an operation, such as `pg.query:SELECT`.
 */
function nameOf({ name, instrumentationScope, attributes }: ReadableSpan): string {
  const operation = /^(?:[\w.-]+:)?(\w+)/.exec(name)?.[1]?.toUpperCase() ?? "";
  const fromSql = SQL_SYSTEMS.has(attributes["db.system.name"] ?? attributes["db.system"]);
  if (NAME.test(name) && (!fromSql || KEYWORDS.has(operation) || CONNECTS.has(name))) return name;
  return instrumentationScope.name.split("instrumentation-").at(-1) ?? "span";
}

function allowed(attributes: Attributes): Attributes {
  const kept: Attributes = {};
  for (const [key, value] of Object.entries(attributes)) {
    const clean = STATEMENTS.has(key) ? shapeIn(attributes, value) : cleaned(key, value);
    if (clean !== undefined) kept[key] = clean;
  }
  return kept;
}

function cleaned(key: string, value: AttributeValue | undefined): AttributeValue | undefined {
  if (URLS.has(key)) return typeof value === "string" && REDACTED_PATH.test(value) ? value : undefined;
  if (!ALLOWED.has(key) || typeof value === "object") return undefined;
  return typeof value === "string" ? value.slice(0, MAX_VALUE) : value;
}

const exceptionType = ({ "exception.type": type }: Attributes): Attributes =>
  typeof type === "string" && /^[\w$.:]{1,64}$/.test(type) ? { "exception.type": type } : {};

const SQL_SYSTEMS: ReadonlySet<unknown> = new Set(
  "postgresql mysql mariadb mssql microsoft.sql_server oracle oracle.db sqlite cassandra other_sql".split(" "),
);

/** Nothing for a key-value store: its commands are keys and values. */
const shapeIn = (attributes: Attributes, statement: AttributeValue | undefined): string | undefined =>
  typeof statement === "string" && SQL_SYSTEMS.has(attributes["db.system.name"] ?? attributes["db.system"])
    ? statementShape(statement)
    : undefined;

const KEYWORDS: ReadonlySet<string> = new Set(
  `
  SELECT INSERT UPDATE DELETE MERGE REPLACE CALL EXECUTE WITH RECURSIVE FROM INTO VALUES SET WHERE AND OR NOT IN IS NULL
  LIKE ILIKE BETWEEN EXISTS JOIN INNER LEFT RIGHT FULL OUTER CROSS ON USING GROUP ORDER BY HAVING LIMIT OFFSET FETCH
  UNION ALL INTERSECT EXCEPT DISTINCT AS ASC DESC CASE WHEN THEN ELSE END RETURNING CREATE ALTER DROP TRUNCATE TABLE
  INDEX VIEW BEGIN START TRANSACTION COMMIT ROLLBACK SAVEPOINT RELEASE LOCK FOR SHOW EXPLAIN ANALYZE COUNT SUM MIN MAX AVG
`
    .trim()
    .split(/\s+/),
);
const MAX_STATEMENT = 4096;
const MAX_SHAPE = 256;

/**
 * The keywords of an SQL statement, and `?` for everything else: `SELECT ? FROM ? WHERE ?`. Where a literal ends depends on
 * the dialect and its settings, so names cannot be told from literals.
 */
function statementShape(statement: string): string {
  const words =
    statement
      .slice(0, MAX_STATEMENT)
      .toUpperCase()
      .match(/\w+|[^\w\s]+/g) ?? [];
  const shape = words.map((word) => (KEYWORDS.has(word) ? word : "?"));
  return shape
    .filter((word, i) => word !== "?" || shape[i - 1] !== "?")
    .join(" ")
    .slice(0, MAX_SHAPE);
}
