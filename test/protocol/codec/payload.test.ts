import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { bytes, join, pattern } from "../support/bytes.js";
import { decoded } from "../support/decoding.js";
import { mqttError } from "../support/encoding.js";
import { Reception } from "../support/feeding.js";

/** A received PUBLISH to "t" with this payload. */
const received = (payload: Uint8Array) => decoded(join(bytes("30"), Uint8Array.of(4 + payload.length), bytes("00 01 't' 00"), payload));

test("a payload as text", () => {
  equal(received(bytes("'on'")).text(), "on");
  equal(received(bytes("32 31 2E 35 C2 B0")).text(), "21.5°");
  equal(received(new Uint8Array(0)).text(), "");
});

test("a payload as JSON", () => {
  deepEqual(received(bytes("'{\"on\":true,\"level\":[1,2]}'")).json(), { on: true, level: [1, 2] });
});

test("JSON may be nested 32 levels deep, by arrays, objects or both, and brackets in strings count for nothing", () => {
  const nested = (depth: number, open: string, value: string, close: string): string => `'${open.repeat(depth)}${value}${close.repeat(depth)}'`;
  const depthOf = (value: unknown): number => (typeof value === "object" && value !== null ? 1 + depthOf(Object.values(value)[0]) : 0);
  equal(depthOf(received(bytes(nested(32, "[", "1", "]"))).json()), 32);
  equal(depthOf(received(bytes(nested(16, '[{"":', "1", "}]"))).json()), 32);
  const brackets = `[${"[{".repeat(20)}\\"[${"[".repeat(40)}`;
  deepEqual(received(bytes(`'["${brackets}",2]'`)).json(), [JSON.parse(`"${brackets}"`), 2]);
  deepEqual(received(bytes(`'[${"[],{},".repeat(17)}0]'`)).json(), [...Array.from({ length: 17 }, () => [[], {}]).flat(), 0]);
  // What is never closed needs as much stack.
  for (const payload of [nested(33, "[", "1", "]"), nested(17, '[{"":', "1", "}]"), nested(120, "[", "", ""), `'["\\\\",${"[".repeat(32)}'`]) {
    const error = mqttError(() => received(bytes(payload)).json());
    deepEqual([error.kind, error.reasonCode, error.message], ["peer", 0x99, "the payload on t is not JSON of at most 32 levels"]);
  }
});

test("a payload that is no UTF-8, or no JSON, is the peer's fault and names the topic", () => {
  const calls: readonly (readonly [call: () => unknown, message: RegExp])[] = [
    [() => received(bytes("FF")).text(), /^the payload on t is not UTF-8 text$/],
    [() => received(bytes("ED A0 80")).json(), /^the payload on t is not UTF-8 text$/],
    [() => received(bytes("'{on}'")).json(), /^the payload on t is not JSON of at most 32 levels$/],
    [() => received(new Uint8Array(0)).json(), /^the payload on t is not JSON of at most 32 levels$/],
  ];
  for (const [call, message] of calls) {
    const error = mqttError(call);
    match(error.message, message);
    deepEqual([error.kind, error.reasonCode], ["peer", 0x99]);
  }
});

test("a payload in pieces is no text, at the first piece and at the last", () => {
  const { receiver } = new Reception(16);
  const data = join(bytes("30 18 00 01 't' 00"), pattern(20));
  for (const [offset, end] of [[0, 16], [16, 26]] as const) {
    receiver.space(end - offset).set(data.subarray(offset, end));
    receiver.filled += end - offset;
    equal(receiver.next(), true);
    for (const call of [() => receiver.text(), () => receiver.json()]) {
      const error = mqttError(call);
      match(error.message, /^the payload comes in pieces: put them together, or set receiveBuffer above its 20 bytes$/);
      equal(error.kind, "resource");
    }
  }
  equal(receiver.more, false);
});
