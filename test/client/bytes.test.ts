import { equal, throws } from "node:assert/strict";
import { test } from "node:test";
import { toBytes, toText } from "../../src/client/bytes.js";
import { hex } from "../protocol/support/bytes.js";

test("text of every length of character becomes its UTF-8 bytes", () => {
  equal(hex(toBytes("payload", "aä€😀")), "61 C3 A4 E2 82 AC F0 9F 98 80");
  equal(toBytes("payload", "").length, 0);
});

test("text that MQTT forbids is refused, by the same rule on every host", () => {
  for (const text of ["\0", "a\0b", "\ud800", "x\udfff", "\udc00\ud800", "😀\ude00"])
    throws(() => toBytes("payload", text), { kind: "configuration", message: "payload must be free of NUL characters and lone surrogates" });
});

test("bytes are taken as they are, and not copied", () => {
  const bytes = Uint8Array.of(0, 0xff, 1);
  equal(toBytes("payload", bytes), bytes);
  equal(toBytes("payload", bytes.buffer).buffer, bytes.buffer);
  equal(hex(toBytes("payload", new DataView(bytes.buffer, 1, 2))), "FF 01");
});

test("anything else is refused", () => {
  for (const value of [undefined, null, 5, {}, []])
    throws(() => toBytes("payload", value), { kind: "configuration", message: "payload must be a string, a Uint8Array or an ArrayBuffer" });
});

test("text may be given as its bytes in UTF-8", () => {
  equal(toText("topic", "ä"), "ä");
  equal(toText("topic", toBytes("topic", "aä€😀").slice().buffer), "aä€😀");
  equal(toText("topic", new DataView(Uint8Array.of(0x61, 0x62, 0x63).buffer, 1, 1)), "b");
});

test("bytes that are no text are refused", () => {
  for (const bytes of [[0], [0xff], [0x61, 0xc3]])
    throws(() => toText("topic", Uint8Array.from(bytes)), { kind: "configuration", message: "topic must be UTF-8 without NUL characters" });
  throws(() => toText("topic", 5), { kind: "configuration", message: "topic must be a string, a Uint8Array or an ArrayBuffer" });
});
