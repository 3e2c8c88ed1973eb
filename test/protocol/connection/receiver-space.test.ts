import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { bytes } from "../support/bytes.js";
import { Reception } from "../support/feeding.js";

const PUBACK = bytes("40 04 00 07 10 00");

test("traffic that repeats itself gets the same views of the buffer: nothing is allocated", () => {
  const { receiver } = new Reception(64);
  const one = receiver.space(6);
  equal(receiver.space(6), one);
  const two = receiver.space(10), three = receiver.space(12);
  deepEqual([receiver.space(6), receiver.space(10), receiver.space(12)].map((view) => [one, two, three].indexOf(view)), [0, 1, 2]);
  receiver.space(14);
  equal(receiver.space(10), two, "the oldest has given way");
  ok(receiver.space(6) !== one);
});

test("a view is for where it begins", () => {
  const { receiver } = new Reception(64);
  const first = receiver.space(6);
  first.set(PUBACK.subarray(0, 3));
  receiver.filled += 3;
  const second = receiver.space(6);
  equal(second.byteOffset, 3);
  equal(second.length, 6);
  second.set(PUBACK.subarray(3));
  receiver.filled += 3;
  ok(receiver.next());
  equal(receiver.space(6), first, "a packet that was whole leaves the buffer empty");
});

test("views that begin behind what waits are kept too, also in a part of a larger buffer", () => {
  for (const buffer of [new Uint8Array(64), new Uint8Array(96).subarray(32)]) {
    const { receiver } = new Reception(buffer);
    receiver.space(3).set(PUBACK.subarray(0, 3));
    receiver.filled += 3;
    const short = receiver.space(6), long = receiver.space(10);
    equal(receiver.space(6), short);
    equal(receiver.space(10), long);
  }
});

test("the space at the end of the buffer is what there is, again and again", () => {
  const { receiver } = new Reception(16);
  const view = receiver.space(100);
  equal(view.length, 16);
  equal(receiver.space(100), view);
  receiver.filled += 3;
  const rest = receiver.space(100);
  equal(rest.length, 13);
  equal(receiver.space(100), rest);
});
