import assert from "node:assert/strict";
import { test } from "node:test";
import { accepts, isJson } from "./negotiation.ts";

const ACCEPTED: readonly (readonly [accept: string | undefined, json: boolean, stream: boolean])[] = [
  [undefined, true, true],
  ["", false, false],
  ["*/*", true, true],
  ["application/*, text/*", true, true],
  ["application/json, */*;q=0.5", true, true],
  ["Application/JSON, Text/Event-Stream", true, true],
  ["application/json;q=0.9 ,text/event-stream; charset=utf-8; Q=0.1", true, true],
  ["application/json; q=0, */*", false, true],
  ["text/*;q=0.0, text/event-stream", false, true],
  ["*/*, text/*;q=0", true, false],
  ["application/jsonx, text/event-streamx", false, false],
  ["xapplication/json", false, false],
  ["text/html, nonsense", false, false],
];

for (const [accept, json, stream] of ACCEPTED) {
  test(`Accept: ${accept}`, () => {
    assert.deepEqual([accepts(accept, "application/json"), accepts(accept, "text/event-stream")], [json, stream]);
  });
}

const TYPES: Readonly<Record<string, boolean>> = {
  "application/json": true,
  "Application/JSON ; Charset=UTF-8": true,
  'application/json;charset="utf-8"': true,
  "application/json; charset=utf8": true,
  "application/json; charset=us-ascii": true,
  "application/json; profile=x; charset=utf-8": true,
  "application/json; charset=utf-16": false,
  "application/json; charset=latin1": false,
  "application/jsonx": false,
  "application/json-seq": false,
  "text/plain": false,
  "": false,
};

for (const [type, json] of Object.entries(TYPES)) {
  test(`Content-Type: ${type}`, () => assert.equal(isJson(type), json));
}
