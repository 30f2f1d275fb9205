/** What a look costs, and that no line that an application writes can spoil it. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { newRecorder, type Recorder } from "./recorder.ts";
import { inspector } from "./serve.ts";

async function serve(t: TestContext, recorder: Recorder): Promise<string> {
  const answer = inspector({ recorder, service: "mcp-server", definitionBytes: () => undefined }, undefined);
  const server = createServer((request, response) => {
    answer(request, response, new URL(request.url ?? "", "http://x"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const writer = (recorder: Recorder) => recorder.tap({ write: () => {}, dropped: () => 0, end: async () => {} });

test("drawing takes a small share of the time, however often there is something new", async (t) => {
  const recorder = newRecorder();
  const items = recorder.spans.items.bind(recorder.spans);
  recorder.spans.items = () => {
    const until = performance.now() + 100;
    while (performance.now() < until);
    return items();
  };
  const url = await serve(t, recorder);
  const lines = writer(recorder);
  const news = setInterval(() => lines.write('{"level":"info","time":"2026-11-21T02:18:03.946Z","msg":"x"}\n'), 50);
  t.after(() => clearInterval(news));

  const live = await fetch(`${url}/inspect/live`);
  const startedAt = performance.now();
  let drawingMs = 0;
  for await (const _ of live.body ?? []) {
    const before = performance.now();
    assert.equal((await fetch(`${url}/inspect`)).status, 200);
    drawingMs += performance.now() - before;
    if (performance.now() - startedAt > 5000) break;
  }
  assert.ok(drawingMs > 0 && drawingMs < (performance.now() - startedAt) * 0.07, `${drawingMs} ms of drawing`);
});

test("a line of the application's own, with the words of a request's, is a line and no request", async (t) => {
  const recorder = newRecorder();
  const url = await serve(t, recorder);
  const odd = [
    { level: "info", time: "yesterday", method: "GET", user_id: "x", span_id: '"]', msg: "request" },
    { level: 30, time: null, duration_ms: "5", outcome: "success", user_id: { a: 1 }, session_id: 7, msg: "request" },
    { level: "info", time: 1, outcome: ["<b>"], duration_ms: 1, user_id: ["<b>"], msg: null, client_name: {} },
    {},
  ];
  for (const line of odd) writer(recorder).write(`${JSON.stringify(line)}\n`);
  for (const query of ["", "?session=-", "?session=7", "?q=request"]) {
    const page = await fetch(`${url}/inspect${query}`);
    assert.equal(page.status, 200, query);
    assert.doesNotMatch(await page.text(), /<b>/);
    const { requests } = (await (await fetch(`${url}/inspect.json${query}`)).json()) as { requests: unknown[] };
    assert.deepEqual(requests, []);
  }
});
