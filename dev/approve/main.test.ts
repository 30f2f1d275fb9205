/** `make approve`: what it prints, and the file that it writes for a review. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { readApproved } from "../../deploy/services/probe/approved.ts";
import { approving } from "../../deploy/services/probe/test/approve.ts";
import {
  discovered,
  fakeServer,
  initialized,
  listedModern,
  result,
  tool,
} from "../../deploy/services/probe/test/fake-server.ts";

const ADD = { ...tool("add"), description: "adds\u200b \u202e😀\u{e0041}", annotations: { readOnlyHint: true } };
const answers = {
  initialize: initialized({ tools: {} }, {}, "two\nlines"),
  "tools/list": result({ tools: [tool("sub"), ADD] }),
};

test("the file has one value in a line, in order, with an escape for each character that nobody sees", async () => {
  const file = approving();
  const { code, output } = await file.approve((await fakeServer(answers)).url);
  assert.equal(code, 0, output);
  assert.match(
    output,
    /^changes of it, asked by initialize:\n {2}tool_added sub\n {2}tool_added add\n {2}instructions\n/,
  );
  assert.match(output, /\n {2}invisible_characters add U\+200B U\+E0041\n {2}bidirectional_characters add U\+202E\n/);
  assert.equal(
    file.content(),
    `{
  "it": {
    "initialize": {
      "instructions": "two\\nlines",
      "tools": [
        {
          "annotations": {
            "readOnlyHint": true
          },
          "description": "adds\\u200b \\u202e😀\\udb40\\udc41",
          "inputSchema": {
            "properties": {},
            "type": "object"
          },
          "name": "add"
        },
        {
          "inputSchema": {
            "properties": {},
            "type": "object"
          },
          "name": "sub"
        }
      ]
    }
  }
}
`,
  );
  assert.equal(readApproved(file.path).it?.initialize?.tools[0]?.description, ADD.description);
});

test("an approval replaces that of its target, keeps those of others, and prints only what is new", async () => {
  const file = approving();
  const { url } = await fakeServer({ ...answers, "tools/list": result({ tools: [tool("sub")] }) });
  await file.approve(url);
  const before = file.content();
  const again = await file.approve(url);
  assert.match(again.output, /^wrote /);
  assert.equal(file.content(), before);
  const other = { ...readApproved(file.path), other: { initialize: { tools: [tool("ADD")] } } };
  writeFileSync(file.path, JSON.stringify(other));
  const { output } = await file.approve((await fakeServer(answers)).url);
  assert.match(output, /^changes of it, asked by initialize:\n {2}tool_added add\nsuspicious/);
  assert.match(output, /\n {2}shadowed_tool add other\n/);
  assert.deepEqual(Object.keys(readApproved(file.path)), ["it", "other"]);
});

test("a target that lists the same in both eras is there once, by the newer one", async () => {
  const file = approving();
  const list = listedModern(tool("add"));
  const both = { "server/discover": discovered("x"), initialize: initialized(undefined, {}, "x"), "tools/list": list };
  await file.approve((await fakeServer(both)).url);
  assert.deepEqual(Object.keys(readApproved(file.path).it ?? {}), ["server/discover"]);
});

test("what cannot be asked, or is no target, leaves the file as it is, and a server's words cannot steer the terminal", async () => {
  const file = approving();
  const { url } = await fakeServer({
    initialize: (response, { id }) =>
      response
        .writeHead(200, { "content-type": "application/json" })
        .end(JSON.stringify({ jsonrpc: "2.0", id, error: { code: -1, message: "no\u001b[2J" } })),
  });
  const unknown = await file.approve(url, "else");
  assert.deepEqual([unknown.code, file.content()], [1, "{}\n"]);
  assert.match(unknown.output, /^there is no target else: .* has it\n$/);
  const refused = await file.approve(url);
  assert.deepEqual([refused.code, file.content()], [1, "{}\n"]);
  assert.match(refused.output, /no\\u\{1b\}\[2J/);
});
