/** The names of clients as label values: few, and without what changes from release to release. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { clientNames } from "./client-names.ts";

const CASES = [
  ["Claude Code", "claude-code"],
  ["claude-code", "claude-code"],
  ["Anthropic/ClaudeAI", "anthropic-claudeai"],
  ["mcp-inspector v0.14.2", "mcp-inspector"],
  ["python-client/1.2.3-beta.1", "python-client-beta"],
  ["worker-17", "worker"],
  ["s3-sync", "s3-sync"],
  ['evil"}\n mcp_up 1', "evil-mcp_up"],
  ["x".repeat(100), "x".repeat(40)],
] as const;

for (const [name, label] of CASES) {
  test(`${JSON.stringify(name.slice(0, 30))} is counted as ${label}`, () => {
    assert.equal(clientNames()(name), label);
  });
}

test("a client without a usable name is _OTHER, and takes no place in the set", () => {
  const labelOf = clientNames();
  for (const name of [undefined, "", "   ", "1.0.0", "日本"]) assert.equal(labelOf(name), "_OTHER");
  for (let i = 0; i < 20; i += 1) assert.notEqual(labelOf(`client-${letters(i)}`), "_OTHER");
});

test("the first twenty names keep their label, and every further name is _OTHER", () => {
  const labelOf = clientNames();
  const names = Array.from({ length: 30 }, (_, i) => `client-${letters(i)}`);
  const labels = names.map((name) => labelOf(name));
  assert.deepEqual(labels, [...names.slice(0, 20), ...Array(10).fill("_OTHER")]);
  assert.equal(labelOf("Client-A 2.0"), "client-a");
});

const letters = (i: number): string => String.fromCharCode(97 + (i % 26)) + (i >= 26 ? "a" : "");
