/** The real alert receiver: it keeps valid alerts only, answers anything else with 4xx, and lives on. */
import assert from "node:assert/strict";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { after, before, test } from "node:test";
import { spawnChild } from "../../../test/support/children.ts";
import { freePort } from "../../../test/support/free-port.ts";
import { until } from "../../../test/support/wait.ts";
import { ROOT } from "../../stack/settings/environment.ts";
import { statusOf } from "../test/status-of.ts";
import type { ReceivedAlert } from "./main.ts";

let url: URL;
let child: ChildProcessWithoutNullStreams;

before(async () => {
  const port = await freePort();
  url = new URL(`http://127.0.0.1:${port}`);
  const env = { PATH: process.env.PATH, ALERT_RECEIVER_PORT: String(port) };
  child = spawnChild(process.execPath, ["deploy/services/alert-receiver/main.ts"], { cwd: ROOT, env });
  child.stdout.resume();
  await until(
    () =>
      fetch(new URL("/healthz", url)).then(
        ({ ok }) => ok,
        () => false,
      ),
    "the alert receiver",
  );
});
after(() => child?.kill());

const kept = async () => (await (await fetch(new URL("/alerts", url))).json()) as ReceivedAlert[];
const alert = (labels: unknown) => ({ status: "firing", labels, annotations: { summary: "s" } });
const webhook = (...alerts: unknown[]) => JSON.stringify({ version: "4", receiver: "r", alerts });

for (const [title, method, path, body, status] of [
  ["an unknown path", "GET", "//", "", 404],
  ["a path that is not encoded right", "GET", "/%zz", "", 404],
  ["another method for the alerts", "POST", "/alerts", "", 404],
  ["another method for the webhook", "PUT", "/webhook", webhook(), 404],
  ["a body that is not JSON", "POST", "/webhook", "{", 400],
  ["null", "POST", "/webhook", "null", 400],
  ["a valid alert before one without labels", "POST", "/webhook", webhook(alert({ alertname: "a" }), alert(null)), 400],
  ["an alert that is too large to be kept", "POST", "/webhook", webhook(alert({ a: "x".repeat(20_000) })), 400],
  ["a body that is too large", "POST", "/webhook", webhook().padEnd(8 * 1024 * 1024), 413],
] as const) {
  test(`${title} is answered with ${status}, and no alert is kept`, async () => {
    assert.equal(await statusOf(url, method, path, body), status);
    assert.deepEqual(await kept(), []);
  });
}

test("a valid alert is kept", async () => {
  assert.equal(await statusOf(url, "POST", "/webhook", webhook(alert({ alertname: "a" }))), 200);
  const [first] = await kept();
  assert.deepEqual([first?.receiver, first?.status, first?.labels], ["r", "firing", { alertname: "a" }]);
});
