import assert from "node:assert/strict";
import { test } from "node:test";
import { checkInput } from "./mcp-definitions.ts";

test("arguments that are no object are refused", () => {
  for (const args of [null, "add", 1]) assert.throws(() => checkInput("find_calls", args), /expected an object/);
});
