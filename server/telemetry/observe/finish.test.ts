/** The steps at the end of a request do not depend on each other. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Span } from "@opentelemetry/api";
import type { Logger } from "pino";
import { Call } from "../request/call.ts";
import { Session } from "../request/session.ts";
import type { ConnectionDependencies } from "./dependencies.ts";
import { finishCall } from "./finish.ts";
import { ToolCatalogue } from "./tool-catalogue.ts";

const STEPS = ["sampling", "sample", "line", "span"] as const;

for (const broken of STEPS) {
  test(`a request whose ${broken} fails has the rest`, () => {
    const done: string[] = [];
    const step = (name: (typeof STEPS)[number]) => () => {
      if (name === broken) throw new Error(name);
      done.push(name);
    };
    const call = new Call({
      session: new Session("http"),
      method: "tools/call",
      toolName: "add",
      promptName: undefined,
      resourceUri: undefined,
      requestId: "1",
      userId: "anonymous",
      params: {},
      peer: {},
    });
    call.handler = "threw";
    call.cause = new Error("x");
    call.sampling = { sampled: false, outcomeKnown: false, buffered: [] };
    call.span = {
      spanContext: () => ({ traceId: "1", spanId: "1", traceFlags: 0 }),
      setAttributes: step("span"),
      setStatus: () => {},
      addEvent: () => {},
      end: () => done.push("end"),
    } as unknown as Span;
    finishCall(call, { result: { isError: true } }, {
      tracing: { sampleLate: step("sampling") },
      metrics: { record: step("sample") },
      logger: { isLevelEnabled: () => true, error: step("line") } as unknown as Logger,
      tools: new ToolCatalogue(1000, { tool() {}, prompt() {}, resource() {} }),
    } as unknown as ConnectionDependencies);
    assert.deepEqual(done, [...STEPS.filter((name) => name !== broken), "end"]);
  });
}
