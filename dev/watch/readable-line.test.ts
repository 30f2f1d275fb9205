import assert from "node:assert/strict";
import { test } from "node:test";
import { readable } from "./readable-line.ts";

test("a log line is one line for people: its time, level, message and fields, without those that never change", () => {
  const line = {
    level: "info",
    time: "2026-11-21T02:18:03.946Z",
    service_name: "s",
    pid: 1,
    host: "vm",
    a: "b c",
    n: 5,
  };
  assert.match(readable(JSON.stringify({ ...line, msg: "request" })), /^\d\d:18:03 INFO {2}request a=b c n=5$/);
});

test("an error's stack follows its line, and what is no log line stays as it is", () => {
  const err = { type: "Error", message: "no", stack: "Error: no\n    at x" };
  const line = readable(JSON.stringify({ level: "error", time: 0, msg: "failed", err }));
  assert.match(line, /^\S+ ERROR failed\nError: no\n {4}at x$/);
  for (const other of ["Restarting 'server/main.ts'", "{ not JSON"]) assert.equal(readable(other), other);
});

test("what a terminal would obey is shown by its code", () => {
  assert.match(
    readable(JSON.stringify({ level: "info", time: 0, msg: "x", tool: "\u001b[31m" })),
    /tool=\\u\{1b\}\[31m$/,
  );
  assert.equal(readable("\u001b[2J"), "\\u{1b}[2J");
});
