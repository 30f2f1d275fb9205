import assert from "node:assert/strict";
import { test } from "node:test";
import { Drift } from "./drift.ts";
import { fakeServer, result, tool } from "./test/fake-server.ts";
import { probing } from "./test/probing.ts";

const names = (differences: ReturnType<Drift["compare"]>) =>
  differences && [differences.added, differences.removed, differences.changed];

test("added, removed and changed tools are reported separately, and once", () => {
  const drift = new Drift();
  assert.equal(drift.compare([tool("a"), tool("b"), tool("c")]), undefined);
  assert.equal(drift.changed, false);
  const after = [tool("b"), tool("c", { x: {} }), tool("d")];
  assert.deepEqual(names(drift.compare(after)), [["d"], ["a"], ["c"]]);
  assert.equal(drift.compare(after), undefined);
  assert.equal(drift.changed, true);
});

test("no drift is reported once the tools are the same as at first", () => {
  const drift = new Drift();
  drift.compare([tool("a")]);
  drift.compare([]);
  assert.deepEqual(names(drift.compare([tool("a")])), [["a"], [], []]);
  assert.equal(drift.changed, false);
});

test("a changed output schema is drift; the order of tools and keys, descriptions and titles are not", () => {
  const drift = new Drift();
  drift.compare([{ ...tool("a", { x: { type: "number", minimum: 1 } }), outputSchema: { type: "object" } }, tool("b")]);
  const reordered = { ...tool("a", { x: { minimum: 1, type: "number" } }), outputSchema: { type: "object" } };
  assert.equal(
    drift.compare([tool("b"), { ...reordered, description: "new words", title: "A" } as typeof reordered]),
    undefined,
  );
  assert.deepEqual(names(drift.compare([tool("b"), { ...reordered, outputSchema: {} }])), [[], [], ["a"]]);
});

test("long tool names and long lists of them are cut before they are logged", () => {
  const drift = new Drift();
  drift.compare([]);
  const added = drift.compare([
    tool(`\u001b[31m${"x".repeat(1000)}`),
    ...Array.from({ length: 99 }, (_, i) => tool(`t${i}`)),
  ]);
  assert.equal(added?.added.length, 50);
  assert.equal(added?.added[0], `[31m${"x".repeat(60)}`);
});

test("a changed list logs one line, and its gauge stays 1 until the tools are the same as at first", async () => {
  const answers = { "tools/list": result({ tools: [tool("add"), tool("gone")] }) };
  const server = await fakeServer(answers);
  const target = probing(server.url);
  const changed = () => target.metric('mcp_probe_schema_changed{target="it"}');
  await target.probe();
  assert.equal(await changed(), 0);
  assert.equal(await target.metric('mcp_probe_tools{target="it"}'), 2);

  answers["tools/list"] = result({ tools: [tool("add", { a: { type: "string" } }), tool("new"), tool("newer")] });
  await target.probe();
  await target.probe();
  assert.equal(await changed(), 1);
  assert.equal(await target.metric('mcp_probe_tools{target="it"}'), 3);
  const [line, ...more] = target.lines;
  assert.deepEqual(
    [line?.msg, line?.target, line?.added, line?.removed, line?.changed],
    ["tools changed", "it", ["new", "newer"], ["gone"], ["add"]],
  );
  assert.match(String(line?.hash), /^[0-9a-f]{64}$/);
  assert.equal(more.length, 0);
});

test("all pages of a list are read", async () => {
  const server = await fakeServer({
    "tools/list": (response, message) =>
      result(
        message.params?.cursor === "2"
          ? { tools: [tool("last")] }
          : { tools: [tool("add"), tool("second")], nextCursor: "2" },
      )(response, message),
  });
  const target = probing(server.url);
  await target.probe();
  assert.equal(await target.metric('mcp_probe_tools{target="it"}'), 3);
});
