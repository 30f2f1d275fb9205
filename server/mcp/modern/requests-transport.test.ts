/** Nothing of one request reaches another, also where both callers chose the same id. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type JSONRPCMessage, McpServer, type ServerContext } from "@modelcontextprotocol/server";
import { z } from "zod";
import { RequestsTransport } from "./requests-transport.ts";

const META = "io.modelcontextprotocol/";
const requestOf = (who: string) => ({
  jsonrpc: "2.0" as const,
  id: 0,
  method: "tools/call",
  params: {
    name: "keep",
    arguments: { who },
    _meta: {
      [`${META}protocolVersion`]: "2026-07-28",
      [`${META}clientCapabilities`]: {},
      ...(who === "first" && { [`${META}clientInfo`]: { name: who, version: "1" } }),
    },
  },
});

async function serverThatKeeps() {
  const contexts: ServerContext[] = [];
  const answer = new Map<string, () => void>();
  const server = new McpServer({ name: "kept", version: "1" }, { supportedProtocolVersions: ["2026-07-28"] });
  server.registerTool("keep", { inputSchema: z.object({ who: z.string() }) }, async ({ who }, context) => {
    contexts.push(context);
    await new Promise<void>((resolve) => answer.set(who, resolve));
    return { content: [{ type: "text", text: `${who} of ${server.server.getClientVersion()?.name}` }] };
  });
  const transport = new RequestsTransport();
  await server.connect(transport);
  const ask = (who: string) => {
    const got: JSONRPCMessage[] = [];
    const { promise: answered, resolve } = Promise.withResolvers<void>();
    const { cancel } = transport.request(requestOf(who), {}, async (message) => {
      got.push(message);
      if ("result" in message) resolve();
    });
    return { got, cancel, answered };
  };
  return { contexts, answer, ask };
}

const called = () => new Promise(setImmediate);
const progress = { method: "notifications/progress", params: { progressToken: 0, progress: 1 } } as const;
const textOf = (message: JSONRPCMessage | undefined) =>
  JSON.stringify(message && "result" in message && message.result);

test("what a handler sends after its answer does not go to a later request with the same id", async () => {
  const { contexts, answer, ask } = await serverThatKeeps();
  const first = ask("first");
  await called();
  answer.get("first")?.();
  await first.answered;
  const second = ask("second");
  await called();
  await contexts[0]?.mcpReq.notify(progress);
  await contexts[1]?.mcpReq.notify(progress);
  answer.get("second")?.();
  await second.answered;
  assert.equal(first.got.length, 1);
  assert.deepEqual(
    second.got.map((message) => "method" in message),
    [true, false],
    "only its own",
  );
  assert.match(textOf(second.got[1]), /second of undefined/, "nothing is known of the first client");
});

test("two requests at once with the same id get their own answers, and one can be cancelled alone", async () => {
  const { contexts, answer, ask } = await serverThatKeeps();
  const [first, second] = [ask("first"), ask("second")];
  await called();
  first.cancel();
  await called();
  assert.deepEqual(
    contexts.map(({ mcpReq }) => mcpReq.signal.aborted),
    [true, false],
  );
  answer.get("first")?.();
  answer.get("second")?.();
  await second.answered;
  assert.deepEqual([first.got.length, second.got.length], [0, 1]);
  assert.match(textOf(second.got[0]), /second/);
});
