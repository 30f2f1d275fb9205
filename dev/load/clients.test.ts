/** What the clients of `make load` send, and what they make of answers. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type RunningServer, runServer } from "../../test/support/running-server.ts";
import { ClientWithoutSession, ClientWithSession, type LoadClient } from "./clients.ts";

const ADD = { name: "add", arguments: { a: 1, b: 2 } };
let server: RunningServer;
let clients: readonly LoadClient[];

before(async () => {
  server = await runServer();
  const target = { url: server.url, token: undefined };
  clients = [await ClientWithSession.open(target), new ClientWithoutSession(target)];
});
after(async () => {
  await Promise.all(clients.map((client) => client.leave()));
  await server.stop();
});

test("a client with a session holds the stream of the server's messages", async () => {
  await server.untilMetric("mcp_open_streams", 1);
});

test("clients of both eras get the results of tools", async () => {
  for (const client of clients) assert.equal(await client.call(ADD), undefined);
});

test("the result of a tool that failed, and an error of JSON-RPC, are failures", async () => {
  for (const client of clients) {
    assert.equal(await client.call({ name: "fault", arguments: { mode: "error" } }), "the tool failed");
  }
  const unknown = await clients[1]?.call({ name: "no-such-tool", arguments: {} });
  assert.match(unknown ?? "", /^HTTP 200, JSON-RPC -32602: /);
});

test("a client whose session is gone says so once, and calls in a new one", async () => {
  const { session_id } = await server.line(({ method }) => method === "tools/call");
  const deleted = await fetch(server.url, { method: "DELETE", headers: { "mcp-session-id": String(session_id) } });
  assert.equal(deleted.status, 200);
  const [client = assert.fail()] = clients;
  assert.match((await client.call(ADD)) ?? "", /^HTTP 404, JSON-RPC -32001: Session not found/);
  assert.equal(await client.call(ADD), undefined);
});

test("a server that is not there is a failure of the network, and not served", async () => {
  const target = { url: new URL("http://127.0.0.1:1/mcp"), token: undefined };
  const client = new ClientWithoutSession(target);
  assert.equal(await client.call(ADD), "ECONNREFUSED");
  await assert.rejects(client.isServed());
  await assert.rejects(ClientWithSession.open(target));
});
