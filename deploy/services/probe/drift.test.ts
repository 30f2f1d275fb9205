import assert from "node:assert/strict";
import { test } from "node:test";
import { Drift } from "./drift.ts";
import { fakeServer, result, tool } from "./test/fake-server.ts";
import { probing } from "./test/probing.ts";

const names = (differences: ReturnType<Drift["see"]>) =>
  differences && [differences.added, differences.removed, differences.changed];

test("added, removed and changed tools are told apart, once", () => {
  const drift = new Drift();
  assert.equal(drift.see([tool("a"), tool("b"), tool("c")]), undefined);
  assert.equal(drift.changed, false);
  const after = [tool("b"), tool("c", { x: {} }), tool("d")];
  assert.deepEqual(names(drift.see(after)), [["d"], ["a"], ["c"]]);
  assert.equal(drift.see(after), undefined);
  assert.equal(drift.changed, true);
});

test("tools that come back as they were at first are no drift any more", () => {
  const drift = new Drift();
  drift.see([tool("a")]);
  drift.see([]);
  assert.deepEqual(names(drift.see([tool("a")])), [["a"], [], []]);
  assert.equal(drift.changed, false);
});

test("an output schema counts; the orders of tools and of keys, descriptions and titles do not", () => {
  const drift = new Drift();
  drift.see([{ ...tool("a", { x: { type: "number", minimum: 1 } }), outputSchema: { type: "object" } }, tool("b")]);
  const turned = { ...tool("a", { x: { minimum: 1, type: "number" } }), outputSchema: { type: "object" } };
  assert.equal(drift.see([tool("b"), { ...turned, description: "new words", title: "A" } as typeof turned]), undefined);
  assert.deepEqual(names(drift.see([tool("b"), { ...turned, outputSchema: {} }])), [[], [], ["a"]]);
});

test("names from outside are cut before they are logged, and so is their list", () => {
  const drift = new Drift();
  drift.see([]);
  const added = drift.see([
    tool(`\u001b[31m${"x".repeat(1000)}`),
    ...Array.from({ length: 99 }, (_, i) => tool(`t${i}`)),
  ]);
  assert.equal(added?.added.length, 50);
  assert.equal(added?.added[0], `[31m${"x".repeat(60)}`);
});

test("a changed list is one line and a gauge that stays, until the tools are as at first", async () => {
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

test("a list of several pages is one list", async () => {
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
