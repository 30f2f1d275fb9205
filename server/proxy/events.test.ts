import assert from "node:assert/strict";
import { test } from "node:test";
import { cutIntoEvents, cutIntoOne, readEvent, withData } from "./events.ts";

const STREAM = [
  "retry: 1\r\nid: 1\r\ndata:\r\n\r\n",
  ": comment\n\n",
  "\n",
  'data: {"a":\ndata: 1}\n\n',
  "data: no end",
];

test("a stream is cut after each blank line, wherever its chunks begin; what has no such line at the end is no event", () => {
  const bytes = Buffer.from(STREAM.join(""));
  for (const size of [1, 3, 7, bytes.length]) {
    const events: string[] = [];
    const parts: string[] = [];
    const cut = cutIntoEvents(
      (event) => events.push(event.toString()),
      (part) => parts.push(part.toString()),
    );
    for (let at = 0; at < bytes.length; at += size) cut.read(bytes.subarray(at, at + size));
    cut.end();
    assert.deepEqual([events, parts], [STREAM.slice(0, -1), STREAM.slice(-1)], `chunks of ${size}`);
  }
});

test("an event or a body above 64 MiB passes in parts, and what follows it is whole again", () => {
  const chunk = Buffer.alloc(1024 ** 2, "x");
  let parts = 0;
  const events: string[] = [];
  const cut = cutIntoEvents(
    (event) => events.push(event.toString()),
    (part) => {
      parts += part.length;
    },
  );
  for (let i = 0; i < 65; i += 1) cut.read(chunk);
  cut.read(Buffer.from("\n\ndata: 1\n\n"));
  assert.deepEqual([parts, events], [65 * chunk.length + 2, ["data: 1\n\n"]]);
  let whole = 0;
  const one = cutIntoOne(
    () => assert.fail("not whole"),
    (part) => {
      whole += part.length;
    },
  );
  for (let i = 0; i < 65; i += 1) one.read(chunk);
  one.end();
  assert.equal(whole, 65 * chunk.length);
});

test("the data of an event are its lines of data, with or without a space; an empty id is none", () => {
  const read = (event: string) => {
    const { data, hasId } = readEvent(Buffer.from(event));
    return [data?.toString(), hasId];
  };
  assert.deepEqual(read('id: 7\r\ndata: {"a":\r\ndata:1}\r\n\r\n'), ['{"a":\n1}', true]);
  assert.deepEqual(read(": data: 1\nid:\n\n"), [undefined, false]);
  assert.deepEqual(read("data\n\n"), ["", false]);
});

test("an event keeps its other fields when it gets other data", () => {
  const event = Buffer.from("event: message\r\nid: 7\r\ndata: {\r\ndata: }\r\n\r\n");
  assert.equal(
    withData(event, Buffer.from('{"a":\n1}')).toString(),
    'event: message\nid: 7\ndata: {"a":\ndata: 1}\n\n',
  );
});
