/** The real command and a real server; a `docker` that runs here what it is told to run in the container. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { spawnChild } from "../../test/support/children.ts";
import { runServer } from "../../test/support/running-server.ts";

/** @param port where the container's 9464 is here */
function dockerThatRunsHere(folder: string, port: string): { PATH: string } {
  const script = [
    "#!/bin/sh",
    'case "$1 $2" in',
    '  "info "* | "compose version") ;;',
    `  "compose exec") [ "$3 $4 $5 $6" = "-T mcp-server node -e" ] && exec node -e "$(echo "$7" | sed s/9464/${port}/)" ;;`,
    '  *) echo "not expected: $*" >&2; exit 1 ;;',
    "esac",
  ];
  writeFileSync(join(folder, "docker"), `${script.join("\n")}\n`, { mode: 0o755 });
  return { PATH: `${folder}${delimiter}${process.env.PATH}` };
}

test("make inspect leads to the inspector through docker compose exec", async (t) => {
  const server = await runServer({ MCP_INSPECT: "1" });
  const folder = mkdtempSync(join(tmpdir(), "inspect-"));
  t.after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });
  const { port } = await server.metricsUrl("/inspect");
  const child = spawnChild(process.execPath, [join(import.meta.dirname, "main.ts")], {
    env: { ...process.env, STACK_FORM: "", ...dockerThatRunsHere(folder, port) },
  });
  t.after(() => child.kill());
  const { value: line } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  const [address = ""] = /http:\/\/127\.0\.0\.1:\d+\/inspect/.exec(String(line)) ?? assert.fail(String(line));
  assert.notEqual(new URL(address).port, port);

  const page = await fetch(address);
  assert.deepEqual([page.status, /<title>Inspector/.test(await page.text())], [200, true]);
  const live = await fetch(`${address}/live`);
  const { value } = (await live.body?.getReader().read()) ?? {};
  assert.match(new TextDecoder().decode(value), /^data: \d/, "the page stays live");
  const [answer] = await once(get(address, { headers: { host: "attacker.example" } }), "response");
  assert.equal(answer.resume().statusCode, 403, "a page whose name leads here is refused");
});
