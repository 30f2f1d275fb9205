import assert from "node:assert/strict";
import { test } from "node:test";
import type { ListedTool } from "./listing.ts";
import { suspicionsIn, ToolNames } from "./suspicion.ts";
import { fakeServer, initialized, result, tool } from "./test/fake-server.ts";
import { probing } from "./test/probing.ts";

const inDescription = (description: string) => [{ ...tool("add"), description }];
const found = (tools: readonly ListedTool[], instructions?: string) =>
  suspicionsIn({ tools, instructions }, undefined, () => []).map(({ kind, detail }) => [kind, ...detail]);

for (const [what, text, ...expected] of [
  ["a zero-width space", "a\u200bb", "invisible_characters", "U+200B"],
  ["tags, by which text is smuggled", "a\u{e0041}\u{e0042}", "invisible_characters", "U+E0041", "U+E0042"],
  ["variation selectors after an emoji", "😀\ufe01\u{e0100}", "invisible_characters", "U+FE01", "U+E0100"],
  ["a filler that is a letter", "a\u3164", "invisible_characters", "U+3164"],
  ["an escape of a terminal", "\u001b[2J", "invisible_characters", "U+001B"],
  ["a line separator", "a\u2028b", "invisible_characters", "U+2028"],
  ["an override of the direction", "a\u202eb", "bidirectional_characters", "U+202E"],
  ["an isolate, twice", "a\u2066b\u2069\u2066", "bidirectional_characters", "U+2066", "U+2069"],
] as const) {
  test(`${what} is suspicious wherever it stands`, () => {
    const places: readonly ListedTool[] = [
      { ...tool("add"), description: text },
      { ...tool("add"), title: text },
      tool("add", { a: { enum: [text] } }),
      tool("add", { [text]: {} }),
      { ...tool("add"), annotations: { title: text } },
      { ...tool("add"), _meta: { note: text } },
      tool(text),
    ];
    for (const place of places) assert.deepEqual(found([place]), [expected]);
    assert.deepEqual(found([], text), [expected]);
  });
}

test("line feeds, tabs, well-formed emoji and other scripts are not suspicious", () => {
  assert.deepEqual(found(inDescription("a\r\n\tb ⚠️ 👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿 1️⃣ สวัสดี שלום مرحبا 日本 é ½")), []);
});

test("what is approved as it is, is not suspicious; what has changed since is", () => {
  const tools = [...inDescription("a\u200bb"), { ...tool("sub"), description: "\u202e" }];
  const approved = { tools, instructions: "\u200b" };
  assert.deepEqual(
    suspicionsIn(approved, approved, () => ["other"]),
    [],
  );
  const now = { tools: [...inDescription("c\u200bd"), ...tools.slice(1)], instructions: "\u200b!" };
  assert.deepEqual(
    suspicionsIn(now, approved, () => ["other"]),
    [
      { kind: "invisible_characters", detail: ["U+200B"], tool: "add" },
      { kind: "shadowed_tool", detail: ["other"], tool: "add" },
      { kind: "invisible_characters", detail: ["U+200B"] },
    ],
  );
});

test("a tool shadows another target's tool of the same name, and of one that looks the same", () => {
  const names = new ToolNames();
  names.listed("mail", { tools: [tool("send_email")] });
  names.listed("it", { tools: [tool("send_email")] });
  for (const name of ["send_email", "Send_Email", "send\u200b_email", "ｓend_email"]) {
    assert.deepEqual(names.elsewhere("it", name), ["mail"], name);
  }
  assert.deepEqual(names.elsewhere("it", "send_mail"), []);
  names.listed("mail", { tools: [] });
  assert.deepEqual(names.elsewhere("it", "send_email"), [], "a tool that is gone shadows nothing");
});

test("the metric counts what is suspicious, and one line says where, until it is gone", async () => {
  const toolNames = new ToolNames();
  const mail = probing((await fakeServer()).url, { name: "mail" }, undefined, { toolNames });
  const answers = {
    initialize: initialized({ tools: {} }, {}, "hello\u202e"),
    "tools/list": result({ tools: [...inDescription("a\u200bb\u2060"), tool("sub")] }),
  };
  const it = probing((await fakeServer(answers)).url, {}, undefined, { toolNames });
  const counts = () =>
    Promise.all(
      ["invisible_characters", "bidirectional_characters", "shadowed_tool"].map((kind) =>
        it.metric(`mcp_probe_suspicions{target="it",kind="${kind}"}`),
      ),
    );
  await mail.probe();
  await it.probe();
  await it.probe();
  assert.deepEqual(await counts(), [1, 1, 1]);
  answers.initialize = initialized();
  answers["tools/list"] = result({ tools: [tool("sub")] });
  await it.probe();
  assert.deepEqual(await counts(), [0, 0, 0]);
  const lines = it.lines.filter(({ msg }) => msg === "suspicious tools");
  assert.deepEqual(
    lines.map(({ level, suspicions }) => [level, suspicions]),
    [
      ["warn", ["invisible_characters add U+200B U+2060", "shadowed_tool add mail", "bidirectional_characters U+202E"]],
      ["info", []],
    ],
  );
});
