/** What `make up` and `make logs` ask of Docker: here a program that notes it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { ROOT } from "../settings/environment.ts";

const directory = mkdtempSync(join(tmpdir(), "compose-"));
after(() => rmSync(directory, { recursive: true }));

/** @param containers answers of `docker inspect`: service, id and start of each @returns what was asked of compose */
function asked(command: string, containers: readonly string[], own: Record<string, string> = {}): string[] {
  const notes = join(directory, "asked");
  const script = [
    "#!/bin/sh",
    `echo "$*" >> ${notes}`,
    'case "$*" in',
    `  "compose ps --quiet") printf '%s\\n' ${containers.map((_, at) => at).join(" ")} ;;`,
    `  inspect*) printf '%s\\n' ${containers.map((line) => `'${line}'`).join(" ")} ;;`,
    "esac",
  ];
  writeFileSync(join(directory, "docker"), `${script.join("\n")}\n`, { mode: 0o755 });
  writeFileSync(notes, "");
  const { status, stderr } = spawnSync(process.execPath, ["deploy/stack/main.ts", command], {
    cwd: ROOT,
    encoding: "utf8",
    env: {
      PATH: `${directory}${delimiter}${process.env.PATH}`,
      DOCKER_SOCKET: "/var/run/docker.sock",
      DOCKER_GID: "0",
      ...own,
    },
  });
  assert.equal(status, 0, stderr);
  return readFileSync(notes, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("compose ") && !/^compose (version|ps)/.test(line));
}

const UP = "compose up --build --detach --wait --remove-orphans";
const LONG_AGO = "2020-01-01T00:00:00.5Z";
const LATER = "2999-01-01T00:00:00.5Z";

test("without a change, `make up` asks for nothing but the containers", () => {
  assert.deepEqual(asked("up", [`prometheus a ${LATER}`, `loki b ${LATER}`, `mcp-server c ${LONG_AGO}`]), [UP]);
});

test("after a change, Prometheus and Alertmanager load their checked configuration again; others are started again", () => {
  assert.deepEqual(asked("up", [`prometheus a ${LONG_AGO}`, `alertmanager b ${LONG_AGO}`, `loki c ${LONG_AGO}`]), [
    "compose stop loki",
    UP,
    "compose exec -T prometheus promtool check config /etc/prometheus/prometheus.yml",
    "compose kill --signal HUP prometheus",
    "compose exec -T alertmanager amtool check-config /etc/alertmanager/alertmanager.yml",
    "compose kill --signal HUP alertmanager",
  ]);
});

test("`make logs` follows all services, or the one that SERVICE names", () => {
  assert.deepEqual(asked("logs", []), ["compose logs --follow --tail=100"]);
  assert.deepEqual(asked("logs", [], { SERVICE: "probe" }), ["compose logs --follow --tail=100 probe"]);
});
