import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { bytes } from "../support/bytes.js";
import { acceptedFlags, decoded, fault } from "../support/decoding.js";

/** A right packet of each type that a server sends. */
const FROM_SERVER: readonly (readonly [type: number, five: string, four: string | undefined])[] = [
  [2, "20 03 00 00 00", "20 02 00 00"],
  [3, "30 04 00 01 't' 00", "30 03 00 01 't'"],
  [4, "40 02 00 01", "40 02 00 01"],
  [5, "50 02 00 01", "50 02 00 01"],
  [6, "62 02 00 01", "62 02 00 01"],
  [7, "70 02 00 01", "70 02 00 01"],
  [9, "90 04 00 01 00 00", "90 03 00 01 00"],
  [11, "B0 04 00 01 00 00", "B0 02 00 01"],
  [13, "D0 00", "D0 00"],
  [14, "E0 00", undefined],
  [15, "F0 00", undefined],
];

test("what a server sends is accepted", () => {
  for (const [type, five, four] of FROM_SERVER) {
    deepEqual([decoded(bytes(five)).fault, decoded(bytes(five)).type], [0, type]);
    if (four !== undefined) equal(fault(bytes(four), 4), 0);
  }
});

test("packets that only a client sends are Protocol Errors", () => {
  for (const packet of ["10 0D 00 04 'MQTT' 05 02 00 00 00 00 00", "82 07 00 01 00 00 01 't' 00", "A2 06 00 01 00 00 01 't'", "C0 00"])
    for (const version of [4, 5] as const) equal(fault(bytes(packet), version), 0x82, packet);
});

test("DISCONNECT and AUTH from a server are Protocol Errors in MQTT 3.1.1", () => {
  for (const packet of ["E0 00", "F0 00"]) equal(fault(bytes(packet), 4), 0x82);
});

test("packet type 0 is malformed", () => {
  for (const version of [4, 5] as const) {
    equal(fault(bytes("00 00"), version), 0x81);
    equal(fault(bytes("00 02 00 01"), version), 0x81);
  }
});

test("each type has one value of its flags, but PUBLISH (MQTT-2.1.3-1)", () => {
  for (const [type, five] of FROM_SERVER) if (type !== 3) deepEqual(acceptedFlags(bytes(five)), [type === 6 ? 2 : 0]);
});

test("each type without any body", () => {
  const results = FROM_SERVER.map(([, five]) => {
    const empty = bytes(five).slice(0, 2);
    empty[1] = 0;
    return fault(empty);
  });
  // PINGRESP, DISCONNECT and AUTH have none.
  deepEqual(results, [0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0x81, 0, 0, 0]);
});
