import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { ConfigError } from "mcp-telemetry/environment";
import { parse } from "yaml";
import { ROOT } from "../../stack/settings/environment.ts";
import { readYaml } from "../../stack/settings/yaml.ts";
import { readTargets, type Target } from "./targets.ts";

const path = join(mkdtempSync(join(tmpdir(), "targets-")), "targets.yml");

function read(text: string): readonly Target[] {
  writeFileSync(path, text);
  return readTargets(path);
}

/** The errors of a file, without its path. */
function problems(text: string): string[] {
  try {
    read(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((problem) => problem.replace(`${path}: `, ""));
    throw error;
  }
  return assert.fail("accepted");
}

test("all errors of the file are reported at once, each with its path", () => {
  const text = `
targets:
  - name: a b
    url: ftp://somewhere
    interval: 2m
    timeout: 5
    tokenfile: /x
  - name: b
    url: http://user:password@host/mcp
    interval: 5s
    timeout: 1s
    timeouts: { tool_call: 2s }
    token_file: /there/is/no/such/file
    canary: { tool: add, expect: {} }
  - null
  - name: b
    url: somewhere
    interval: 5s
    timeout: 1s
    canary: { tool: add, expect: { sum: 3 } }
`;
  assert.deepEqual(
    problems(text).sort(),
    [
      'targets.0: Unrecognized key: "tokenfile"',
      "targets.0.interval: expected 100ms to 60s",
      "targets.0.name: expected 1 to 64 letters, digits, dots, dashes or underscores",
      "targets.0.timeout: expected a duration such as 500ms, 15s or 1m",
      "targets.0.url: expected an http or https URL",
      "targets.1.canary.expect: expected structured, text or both",
      "targets.1.token_file: the file cannot be read",
      "targets.1.url: contains credentials: use token_file instead",
      "targets.1: the deadlines of the five steps add up to more than the interval",
      "targets.2: Invalid input: expected object, received null",
      'targets.3.canary.expect: Unrecognized key: "sum"',
      "targets.3.canary.expect: expected structured, text or both",
      "targets.3.url: expected an http or https URL",
      "targets: two targets have the same name",
    ].sort(),
  );
});

test("a file without targets is rejected", () => {
  assert.deepEqual(problems(""), ["Invalid input: expected object, received null"]);
  assert.deepEqual(problems("targets: { a: 1 }"), ["targets: expected a list"]);
  assert.deepEqual(problems("targets: []"), ["targets: expected at least one target"]);
});

test("a file that is missing or not YAML is reported with its path", () => {
  assert.match(problems("targets: [")[0] ?? "", /Flow sequence/);
  assert.throws(() => readTargets("/no/such/file"), /PROBE_TARGETS_FILE: cannot read \/no\/such\/file/);
});

test("the targets file of the stack is accepted", () => {
  const [target] = readTargets(join(import.meta.dirname, "targets.yml"));
  assert.deepEqual(
    { ...target, url: target?.url.href },
    {
      name: "mcp-server",
      url: "http://mcp-server:3001/mcp",
      intervalMs: 5000,
      deadlines: { tcp: 1000, http: 1000, initialize: 1000, tools_list: 1000, tool_call: 1000 },
      tokenFile: undefined,
      canary: { tool: "add", arguments: { a: 19, b: 23 }, expect: { structured: { sum: 42 } } },
    },
  );
});

test("docs/probe.md shows the targets of the stack", () => {
  const document = readFileSync(join(ROOT, "docs", "probe.md"), "utf8");
  const example =
    /```yaml\n(# deploy\/services\/probe\/targets\.yml\n.*?)```/s.exec(document)?.[1] ?? assert.fail("not shown");
  assert.deepEqual(parse(example), readYaml(join(import.meta.dirname, "targets.yml")));
});

test("a step can have its own deadline", () => {
  const [target] = read(
    "targets: [{ name: a, url: 'http://h/mcp', interval: 1m, timeout: 500ms, timeouts: { tool_call: 20s } }]",
  );
  assert.equal(target?.deadlines.tool_call, 20_000);
  assert.equal(target?.deadlines.tcp, 500);
});
