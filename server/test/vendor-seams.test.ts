/** Every vendor seam, on the installed versions of the libraries; and the document that lists them. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import "./vendor-seams/mcp-sdk.ts";
import "./vendor-seams/mcp-sdk-2.ts";
import "./vendor-seams/opentelemetry.ts";
import "./vendor-seams/logs-metrics-http.ts";
import { seams } from "./vendor-seams/seam.ts";

test("docs/vendor-seams.md has a row for each seam, in the order of the tests", () => {
  const text = readFileSync(new URL("../../docs/vendor-seams.md", import.meta.url), "utf8");
  const rows = text.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| what"));
  assert.deepEqual(
    rows.map((row) => row.split("|")[1]?.trim()),
    seams,
  );
});
