/** A client that starts the server itself, over stdio. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { otlpReceiver, type ReceivedSpan } from "../../test/support/otlp-receiver.ts";
import { type LogLine, testEnvironment } from "../../test/support/running-server.ts";
import type { ForeignClient } from "./clients.ts";
import { difference, type Evidence, expectationsOf, problemsBeside, problemsOf } from "./expectations.ts";
import { runClient } from "./session.ts";
import { type Row, row } from "./table.ts";

const RECORDED_SERVER = fileURLToPath(new URL("recorded-server.ts", import.meta.url));

interface Recorded {
  readonly exitCode: string;
  readonly stdout: readonly string[];
  readonly log: readonly LogLine[];
}

export async function overStdio(client: ForeignClient): Promise<Row[]> {
  const receiver = await otlpReceiver();
  const folder = mkdtempSync(join(tmpdir(), "foreign-"));
  try {
    const said = await runClient(client, {
      ...testEnvironment({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }),
      MCP_COMMAND: JSON.stringify([process.execPath, RECORDED_SERVER, folder]),
    });
    return rows(client, said, recordedIn(folder), receiver.spans);
  } finally {
    rmSync(folder, { recursive: true });
    await receiver.close();
  }
}

/** A client may start the server more than once: to ask for its revision, and to use it. */
function recordedIn(folder: string): Recorded[] {
  const read = (run: string, file: string) => readFileSync(join(folder, run, file), "utf8");
  const linesOf = (text: string) => text.split("\n").filter((line) => line !== "");
  return readdirSync(folder).map((run) => ({
    exitCode: existsSync(join(folder, run, "exit")) ? read(run, "exit") : "killed",
    stdout: linesOf(read(run, "stdout")),
    log: linesOf(read(run, "stderr"))
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as LogLine),
  }));
}

function rows(client: ForeignClient, said: Evidence["said"], servers: Recorded[], spans: ReceivedSpan[]): Row[] {
  const lines = servers.flatMap(({ log }) => log);
  const requests = lines.filter(({ msg }) => msg === "request");
  const expectations = expectationsOf(client);
  const evidence: Evidence = { expectations, said, lines: requests, spans, metrics: undefined };
  const ends = lines.filter(({ msg }) => msg === "session ended").map(({ end_reason }) => end_reason);
  return [
    ...expectations.map((expected) => row(client, "stdio", expected.step, problemsOf(expected, evidence))),
    row(
      client,
      "stdio",
      "leave",
      difference(
        "servers",
        { exitCodes: servers.map(({ exitCode }) => exitCode), ends },
        { exitCodes: servers.map(() => "0"), ends: client.stateless ? [] : servers.map(() => "transport_closed") },
      ),
    ),
    row(client, "stdio", "nothing else", [
      ...problemsBeside(evidence),
      ...servers.flatMap(({ stdout }) => stdout.filter((line) => !isJsonRpc(line)).map((line) => `stdout: ${line}`)),
    ]),
  ];
}

function isJsonRpc(line: string): boolean {
  try {
    return (JSON.parse(line) as { jsonrpc?: unknown }).jsonrpc === "2.0";
  } catch {
    return false;
  }
}
