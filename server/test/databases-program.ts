/** Puts a secret into statements, keys, values and errors of the databases that the environment names. */
import { trace } from "@opentelemetry/api";
import { Redis } from "ioredis";
import { tracing } from "mcp-telemetry/register";
import mysql from "mysql2/promise";
import pg from "pg";

const { SECRET = "", POSTGRESQL_PORT, REDIS_PORT, MARIADB_PORT } = process.env;
const ignore = () => {};

async function askPostgresql(port: number): Promise<void> {
  const client = new pg.Client({ host: "127.0.0.1", port, user: "postgres", database: "postgres" });
  await client.connect();
  await client.query(`SELECT '${SECRET}' AS a, "x".* FROM (SELECT 1) AS "x"`);
  await client.query({ name: SECRET, text: "SELECT $1::text", values: [SECRET] });
  await client.query("SELECT $1::int", [SECRET]).catch(ignore);
  await client.query(`SELECT * FROM "${SECRET}"`).catch(ignore);
  await client.query(SECRET).catch(ignore);
  await client.end();
}

async function askRedis(port: number): Promise<void> {
  const redis = new Redis(port, "127.0.0.1");
  await redis.set(SECRET, SECRET);
  await redis.get(SECRET);
  await redis.hset(SECRET, SECRET, SECRET).catch(ignore);
  await redis.quit();
}

async function askMariadb(port: number): Promise<void> {
  const connection = await mysql.createConnection({ host: "127.0.0.1", port, user: "root" });
  await connection.query("SELECT ?", [SECRET]);
  await connection.query(`SELECT "${SECRET}", 'it\\'s ${SECRET}' AS \`${SECRET}\``);
  await connection.execute("SELECT ?", [SECRET]);
  await connection.query(`SELECT * FROM \`${SECRET}\`.\`x\``).catch(ignore);
  await connection.query(SECRET).catch(ignore);
  await connection.end();
}

await trace.getTracer("test").startActiveSpan("asking", async (span) => {
  if (POSTGRESQL_PORT) await askPostgresql(Number(POSTGRESQL_PORT));
  if (REDIS_PORT) await askRedis(Number(REDIS_PORT));
  if (MARIADB_PORT) await askMariadb(Number(MARIADB_PORT));
  span.end();
});
await tracing.shutdown();
process.exit();
