/** Spans of real database clients on real servers: no key, value, statement or error text leaves the process. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { spawnChild } from "../../test/support/children.ts";
import { startMariadb, startPostgresql, startRedis } from "../../test/support/databases.ts";
import { otlpReceiver, type ReceivedSpan } from "../../test/support/otlp-receiver.ts";
import { testEnvironment } from "../../test/support/running-server.ts";

const SECRET = "hunter2vermilion";
const PROGRAM = ["--import", "./server/telemetry/register.ts", "server/test/databases-program.ts"];

const DATABASES = [
  { name: "PostgreSQL", start: startPostgresql, variable: "POSTGRESQL_PORT", system: /^postgresql$/, sql: true },
  { name: "Redis", start: startRedis, variable: "REDIS_PORT", system: /^redis$/, sql: false },
  { name: "MariaDB", start: startMariadb, variable: "MARIADB_PORT", system: /^(mysql|mariadb)$/, sql: true },
] as const;

for (const { name, start, variable, system, sql } of DATABASES) {
  test(`spans of ${name} have the operation and the server, and no value`, async (t) => {
    const database = await start();
    if (database === undefined) return t.skip(`not verified: ${name} is not installed`);
    t.after(() => database.stop());
    const receiver = await otlpReceiver();
    t.after(() => receiver.close());
    const own = { SECRET, [variable]: String(database.port), OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url };
    const child = spawnChild(process.execPath, PROGRAM, { env: testEnvironment(own) });
    child.stdout.resume();
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text) => {
      said += text;
    });
    const code = await new Promise((resolve) => child.once("close", resolve));
    assert.equal(code, 0, said);

    const spans = receiver.spans.filter(({ attributes }) => system.test(systemOf(attributes)));
    assert.ok(spans.length >= 4, `there are ${receiver.spans.map((span) => span.name).join(", ")}`);
    assert.doesNotMatch(JSON.stringify(receiver.spans), new RegExp(SECRET, "i"));
    assert.ok(!Buffer.concat(receiver.bodies).includes(SECRET));
    assert.ok(
      spans.some(({ status }) => status === 2),
      "a failure is visible",
    );
    assert.ok(spans.every(({ statusMessage }) => statusMessage === ""));
    assert.ok(spans.some(({ attributes }) => Object.values(attributes).includes("127.0.0.1")));
    const statements = spans.flatMap(
      ({ attributes }) => attributes["db.query.text"] ?? attributes["db.statement"] ?? [],
    );
    if (sql) assert.ok(statements.includes("SELECT ?"), String(statements));
    else assert.deepEqual(statements, []);
  });
}

const systemOf = (attributes: ReceivedSpan["attributes"]): string =>
  String(attributes["db.system.name"] ?? attributes["db.system"]);
