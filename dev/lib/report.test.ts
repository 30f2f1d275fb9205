import assert from "node:assert/strict";
import { test } from "node:test";
import { ABSENT, failed, notVerified, ok, summary } from "./report.ts";

test("a summary has every failure, each reason for what is not verified once, and the counts", () => {
  const findings = [
    ...Array.from({ length: 100 }, (_, i) => ok(`row ${i}`, "up")),
    failed("trace", "/api/v2/traces/1", "no span"),
    notVerified("tempo", "", ABSENT),
    notVerified("loki", "", ABSENT),
    ...Array.from({ length: 30 }, (_, i) => notVerified(`panel ${i}`, "up", "there is no loki")),
  ];
  assert.equal(
    summary(findings),
    [
      "SIGNAL  QUERY             VERDICT",
      "trace   /api/v2/traces/1  FAILED   no span",
      "not running: tempo, loki",
      "rows that are not verified: 30 (there is no loki)",
      "100 ok, 1 failed, 32 not verified",
    ].join("\n"),
  );
});
