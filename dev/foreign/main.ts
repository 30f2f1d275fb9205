/**
 * `make foreign`: clients that others wrote drive the real server, and each step must leave the right span, log line
 * and sample. A client whose toolchain or registry is missing is "not verified", and named again at the end. Exit code 1 on
 * any FAILED.
 */
import { CLIENTS, type ForeignClient } from "./clients.ts";
import { install, NotVerified } from "./install.ts";
import { overHttp } from "./over-http.ts";
import { overStdio } from "./over-stdio.ts";
import { type Row, rowWith, tableOf } from "./table.ts";

const only = process.env.ONLY?.split(",");
const selected = CLIENTS.filter(({ name }) => only === undefined || only.includes(name));
if (selected.length === 0) {
  process.stderr.write(`ONLY: expected some of ${CLIENTS.map(({ name }) => name).join(",")}\n`);
  process.exit(1);
}

const rows: Row[] = [];
for (const client of selected) {
  process.stderr.write(`${client.name}\n`);
  rows.push(...(await verify(client)));
}
process.stdout.write(`${tableOf(rows)}\n`);
for (const { client, verdict, detail } of rows) {
  if (verdict === "not verified") process.stdout.write(`NOT VERIFIED: ${client}: ${detail}\n`);
}
process.exitCode = rows.some(({ verdict }) => verdict === "FAILED") ? 1 : 0;

async function verify(client: ForeignClient): Promise<Row[]> {
  try {
    await install(client);
  } catch (error) {
    const { message } = error as Error;
    return [rowWith(client, "", "install", error instanceof NotVerified ? "not verified" : "FAILED", message)];
  }
  return [
    ...(await attempt(client, "http", overHttp)),
    ...(client.stdio ? await attempt(client, "stdio", overStdio) : []),
  ];
}

async function attempt(
  client: ForeignClient,
  transport: string,
  run: (client: ForeignClient) => Promise<Row[]>,
): Promise<Row[]> {
  try {
    return await run(client);
  } catch (error) {
    return [rowWith(client, transport, "run", "FAILED", (error as Error).message)];
  }
}
