import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { freePort } from "../../test/support/free-port.ts";
import { ODD_VALUES } from "../test/odd-values.ts";
import { classify } from "./classify.ts";
import { InvalidArgument, ToolFailure, UpstreamError } from "./errors.ts";

const thrownBy = async (work: () => unknown): Promise<unknown> => {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
};

const coded = (code: string) => () => Promise.reject(Object.assign(new Error("failed"), { code }));
const said = (message: string) => () => Promise.reject(new Error(message));
const status = (code: number) => () => Promise.reject(new UpstreamError("upstream", code));
const caused = (cause: unknown) => () => Promise.reject(new Error("wrapped", { cause }));

/** Errors as they really come, made by the code that makes them. */
const CASES: readonly (readonly [title: string, work: () => unknown, expected: string])[] = [
  ["fetch to a closed port", async () => fetch(`http://127.0.0.1:${await freePort()}`), "upstream"],
  ["fetch to a name that does not resolve", () => fetch("http://nowhere.invalid"), "upstream"],
  ["a timed-out signal", () => sleep(1000, undefined, { signal: AbortSignal.timeout(1) }), "timeout"],

  ["status 400", status(400), "upstream"],
  ["status 404", status(404), "upstream"],
  ["status 408", status(408), "timeout"],
  ["status 429", status(429), "rate_limit"],
  ["status 500", status(500), "upstream"],
  ["status 502", status(502), "upstream"],
  ["status 503", status(503), "upstream"],
  ["status 504", status(504), "timeout"],
  ["the pipeline's deadline", () => Promise.reject(new ToolFailure("timeout", "late")), "timeout"],
  ["an open breaker", () => Promise.reject(new ToolFailure("circuit_open", "open")), "circuit_open"],
  ["a full bulkhead", () => Promise.reject(new ToolFailure("bulkhead_full", "full")), "bulkhead_full"],
  ["garbage instead of JSON", () => JSON.parse("<html>"), "malformed_output"],
  ["half of a JSON document", () => new Response('{"a":').json(), "malformed_output"],
  ["an answer of another shape", () => z.object({ a: z.number() }).parse({}), "malformed_output"],
  ["a damaged gzip stream", () => gunzipSync(Buffer.from("1f8b0800000000000003ffff", "hex")), "malformed_output"],
  ["a zod error inside another", caused(z.string().safeParse(1).error), "malformed_output"],
  ...["ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"].map(
    (code) => [`code ${code}`, coded(code), "timeout"] as const,
  ),
  ...["ECONNREFUSED", "ECONNRESET", "EPIPE", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "CERT_HAS_EXPIRED"].map(
    (code) => [`code ${code}`, coded(code), "upstream"] as const,
  ),
  ["code HPE_INVALID_CONSTANT", coded("HPE_INVALID_CONSTANT"), "malformed_output"],
  ["code UND_ERR_RES_EXCEEDED_MAX_SIZE", coded("UND_ERR_RES_EXCEEDED_MAX_SIZE"), "output_too_large"],
  [
    "a code two causes down",
    caused(Object.assign(new Error("x", { cause: coded }), { code: "ECONNRESET" })),
    "upstream",
  ],
  ["the first of an AggregateError", () => Promise.any([coded("ECONNREFUSED")(), coded("EPIPE")()]), "upstream"],
  ["a message that says it timed out", said("query timed out after 5 s"), "timeout"],
  ["a message about a deadline", said("4 DEADLINE EXCEEDED"), "timeout"],
  ["a message about a rate limit", said("Rate limit reached for requests"), "rate_limit"],
  ["a message about too many requests", said("Too Many Requests"), "rate_limit"],
  ["a message about a socket", said("socket hang up"), "upstream"],
  ["a message about a connection", said("Connection terminated unexpectedly"), "upstream"],
  ["a message about a gateway", said("Bad Gateway"), "upstream"],
  ["a message about size", said("response body too large"), "output_too_large"],
  ["a message about JSON", said("Unexpected token < in JSON at position 0"), "malformed_output"],
  [
    "a code, whatever the message says",
    () => coded("ECONNRESET")().catch((e) => Promise.reject(Object.assign(e, { message: "timed out" }))),
    "upstream",
  ],
  ["any other error", said("no such user"), "unknown"],
  ["something that is no error", () => Promise.reject("text"), "unknown"],
  ["nothing", () => Promise.reject(), "unknown"],
  ["an aborted call", () => sleep(1000, undefined, { signal: AbortSignal.abort() }), "unknown"],
];

for (const [title, work, expected] of CASES) {
  test(`${title} is ${expected}`, async () => {
    assert.equal(classify(await thrownBy(work)), expected);
  });
}

for (const [title, thrown] of Object.entries(ODD_VALUES)) {
  test(`${title} has a class`, () => assert.equal(classify(thrown), "unknown"));
}

test("an error whose message cannot be read has the class of its code", () => {
  const error = Object.defineProperty(Object.assign(new Error("x"), { code: "ECONNRESET" }), "message", {
    get: () => assert.fail("not read"),
  });
  assert.equal(classify(error), "upstream");
  assert.equal(classify(new Error("x", { cause: error })), "upstream");
});

/** A server that does one rude thing to each connection. */
async function rude(t: TestContext, act: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => act(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

test("a reset in the middle of a body is upstream", async (t) => {
  const url = await rude(t, (socket) => {
    socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf");
    setTimeout(() => socket.resetAndDestroy(), 20);
  });
  assert.equal(classify(await thrownBy(async () => (await fetch(url)).text())), "upstream");
});

test("what is no HTTP is malformed_output", async (t) => {
  const url = await rude(t, (socket) => socket.end("SSH-2.0-OpenSSH\r\n"));
  assert.equal(classify(await thrownBy(() => fetch(url))), "malformed_output");
});

test("an answer that never comes is timeout", async (t) => {
  const url = await rude(t, () => {});
  assert.equal(classify(await thrownBy(() => fetch(url, { signal: AbortSignal.timeout(50) }))), "timeout");
});

test("an argument that a tool rejects has no error class", () => {
  assert.equal(classify(new InvalidArgument("too large")), undefined);
});
