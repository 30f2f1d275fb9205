import assert from "node:assert/strict";
import { test } from "node:test";
import { createLogger } from "./logger.ts";

const SECRET = "canary-4711";

function logged() {
  let text = "";
  const write = (line: string) => {
    text += line;
  };
  const logger = createLogger({ write, dropped: () => 0, end: async () => {} }, { serviceName: "test" }, "info");
  return { logger, text: () => text };
}

test("the bindings of a child, and of its children, are copied as the fields of a line are", () => {
  const { logger, text } = logged();
  const bindings = {
    order: 1,
    token: SECRET,
    headers: { Cookie: SECRET },
    err: new Error(SECRET),
    url: new URL(`data:,${SECRET}`),
  };
  const child = logger.child(bindings).child({ password: SECRET, inner: true });
  child.setBindings({ authorization: SECRET, late: true });
  child.info("said");
  const line = JSON.parse(text());
  assert.ok(!text().includes(SECRET), text());
  assert.deepEqual([line.order, line.inner, line.late, line.msg, line.token], [1, true, true, "said", "[REDACTED]"]);
});

test("a child keeps its level and its prefix", () => {
  const { logger, text } = logged();
  logger.child({}, { level: "debug", msgPrefix: "part: " }).debug("said");
  assert.equal(JSON.parse(text()).msg, "part: said");
});
