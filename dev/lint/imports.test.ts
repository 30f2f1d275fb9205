/** Breaks each import rule in a copy of the repository, and expects the linter to report it. */
import assert from "node:assert/strict";
import { appendFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import { copyOfThis } from "../lib/working-copy.ts";
import { forbiddenImports } from "./imports.ts";

const copy = copyOfThis();
after(() => rmSync(copy.directory, { recursive: true }));

/** @returns the linter's report after `file` imports `target` */
async function withImport(file: string, target: string): Promise<string> {
  appendFileSync(join(copy.directory, file), `import "${target}";\n`);
  try {
    return (await forbiddenImports(copy.directory)).join("\n");
  } finally {
    copy.run("git", ["checkout", "--quiet", file]);
  }
}

test("the repository has no forbidden import and no folder cycle", async () => {
  assert.deepEqual(await forbiddenImports(ROOT), []);
});

for (const [file, target, rule] of [
  ["server/telemetry/conventions.ts", "../versions.ts", "telemetry-is-a-package-of-its-own"],
  ["server/telemetry/tracing/tracing.ts", "../request/outcome.ts", "telemetry-tracing"],
  ["server/telemetry/request/outcome.ts", "../metrics/registry.ts", "telemetry-request"],
  ["server/telemetry/logging/redact.ts", "../metrics/registry.ts", "telemetry-logging"],
  ["server/telemetry/metrics/registry.ts", "../logging/redact.ts", "telemetry-metrics"],
  ["server/telemetry/observe/json-size.ts", "../admin/listener.ts", "telemetry-observe"],
  ["server/contracts/service.ts", "../versions.ts", "contracts"],
  ["server/pipeline/cost.ts", "../tools/index.ts", "pipeline"],
  ["server/tools/add.ts", "../config.ts", "tools"],
  ["server/mcp/rejection.ts", "../config.ts", "mcp"],
  ["server/mcp/auth.ts", "../telemetry/logging/redact.ts", "telemetry-has-doors"],
  ["server/versions.ts", "../deploy/stack/table.ts", "server-imports-only-itself"],
  ["deploy/services/probe/token.ts", "../../stack/table.ts", "services-import-the-server"],
  ["deploy/stack/table.ts", "../../server/versions.ts", "stack-imports-only-itself"],
  ["deploy/stack/table.ts", "../../dev/lib/poll.ts", "nothing-imports-dev-or-test"],
  ["grafana/src/render.ts", "../../test/support/free-port.ts", "nothing-imports-dev-or-test"],
  ["deploy/stack/settings/yaml.ts", "../native/services.ts", "no-folder-cycle"],
  ["dev/lib/poll.ts", "../smoke/call-tree.ts", "no-folder-cycle"],
] as const) {
  test(`${file} must not import ${target}: ${rule}`, async () => {
    assert.match(await withImport(file, target), new RegExp(`: ${rule}: `));
  });
}
