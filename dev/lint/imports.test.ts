/** The import rules refuse what they forbid: each is broken on purpose, in one copy. */
import assert from "node:assert/strict";
import { appendFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { ROOT } from "../../deploy/stack/settings/environment.ts";
import { copyOfThis } from "../lib/working-copy.ts";
import { forbiddenImports } from "./imports.ts";

const copy = copyOfThis();
after(() => rmSync(copy.directory, { recursive: true }));

type Import = readonly [file: string, target: string, rule: string];

/** @returns what is forbidden once each file imports its target */
async function withImports(imports: readonly Import[]): Promise<readonly string[]> {
  for (const [file, target] of imports) appendFileSync(join(copy.directory, file), `import "${target}";\n`);
  try {
    return await forbiddenImports(copy.directory);
  } finally {
    copy.run("git", ["checkout", "--quiet", "."]);
  }
}

test("the repository has no forbidden import and no folder cycle", async () => {
  assert.deepEqual(await forbiddenImports(ROOT), []);
});

const WRONG_WAY: readonly Import[] = [
  ["server/telemetry/conventions.ts", "../versions.ts", "telemetry-is-a-package-of-its-own"],
  ["server/telemetry/observe/mcp.ts", "@modelcontextprotocol/sdk/types.js", "telemetry-knows-no-mcp-sdk"],
  ["server/telemetry/tracing/tracing.ts", "../request/outcome.ts", "telemetry-tracing"],
  ["server/telemetry/request/outcome.ts", "../metrics/registry.ts", "telemetry-request"],
  ["server/telemetry/logging/redact.ts", "../metrics/registry.ts", "telemetry-logging"],
  ["server/telemetry/metrics/registry.ts", "../logging/redact.ts", "telemetry-metrics"],
  ["server/telemetry/observe/json-size.ts", "../admin/listener.ts", "telemetry-observe"],
  ["server/contracts/service.ts", "../versions.ts", "contracts"],
  ["server/pipeline/cost.ts", "../tools/index.ts", "pipeline"],
  ["server/tools/add.ts", "../config.ts", "tools"],
  ["server/mcp/rejection.ts", "../config.ts", "mcp"],
  ["server/mcp/auth.ts", "../telemetry/conventions.ts", "telemetry-by-name"],
  ["server/versions.ts", "../deploy/stack/table.ts", "server-imports-only-itself"],
  ["deploy/services/probe/token.ts", "../../stack/table.ts", "services-import-the-server"],
  ["deploy/stack/table.ts", "../../server/versions.ts", "stack-imports-only-itself"],
  ["deploy/stack/table.ts", "../../dev/lib/poll.ts", "nothing-imports-dev-or-test"],
  ["grafana/src/render.ts", "../../test/support/free-port.ts", "nothing-imports-dev-or-test"],
];

describe("an import the wrong way is refused", () => {
  let forbidden: readonly string[] = [];
  before(async () => {
    forbidden = await withImports(WRONG_WAY);
  });
  for (const [file, target, rule] of WRONG_WAY) {
    test(`${file} must not import ${target}: ${rule}`, () => {
      const imported = target.startsWith(".") ? join(dirname(file), target) : target;
      const named = `${file} → ${imported}: ${rule}: `;
      assert.ok(
        forbidden.some((line) => line.startsWith(named)),
        forbidden.join("\n"),
      );
    });
  }
});

const CYCLES: readonly Import[] = [
  ["deploy/stack/settings/yaml.ts", "../native/services.ts", "no-folder-cycle"],
  ["dev/lib/poll.ts", "../smoke/call-tree.ts", "no-folder-cycle"],
];

for (const one of CYCLES) {
  test(`${one[0]} must not import ${one[1]}: ${one[2]}`, async () => {
    assert.match((await withImports([one])).join("\n"), new RegExp(`: ${one[2]}: `));
  });
}
