import { equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { bytes, hex, join, pattern } from "../support/bytes.js";
import { holding } from "../support/feeding.js";

const PINGRESP = bytes("D0 00");
const PUBLISH = bytes("32 0F 00 03 'a/b' 00 09", "04 03 00 01 'x'", "01 02 03");

test("a PUBLISH that is put back is taken up again, whole, long or in pieces", () => {
  const long = join(bytes("30 86 01 00 03 'a/b'", "00"), pattern(128));
  const large = join(bytes("34 D3 01 00 03 'a/b' 00 0A 03 23 00 05"), pattern(200));
  for (const [data, bufferLength] of [[PUBLISH, 64], [long, 256], [large, 64]] as const) {
    const receiver = holding(bufferLength, data);
    const seen = (): string => `${receiver.topic} ${receiver.identifier} ${receiver.byteLength} ${receiver.offset} ${hex(receiver.payload)}`;
    const before = seen();
    receiver.putBack();
    equal(receiver.next(), true);
    equal(seen(), before);
    equal(receiver.fault, 0);
  }
});

test("a PUBLISH behind other packets is put back alone, wherever it begins", () => {
  for (const others of [1, 60]) {
    const receiver = holding(256, join(...Array.from({ length: others }, () => PINGRESP), PUBLISH));
    for (let i = 0; i < others; i++) ok(receiver.next());
    receiver.putBack();
    equal(receiver.end, others * PINGRESP.length);
    ok(receiver.next());
    equal(receiver.topic, "a/b");
  }
});
