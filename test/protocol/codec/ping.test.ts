import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { PacketType } from "../../../src/protocol/codec/packet-type.js";
import { decodePing, encodePing } from "../../../src/protocol/codec/ping.js";
import { bytes, hex } from "../support/bytes.js";
import { acceptedFlags, decoded, fault } from "../support/decoding.js";
import { encoded, needsExactly } from "../support/encoding.js";

test("PINGREQ and PINGRESP are two bytes", () => {
  equal(hex(encoded((writer) => encodePing(writer, PacketType.PINGREQ))), "C0 00");
  equal(hex(encoded((writer) => encodePing(writer, PacketType.PINGRESP))), "D0 00");
  needsExactly((writer) => encodePing(writer, PacketType.PINGREQ));
});

test("both are decoded, by either side, in either version", () => {
  for (const version of [4, 5] as const) {
    const packet = decoded(bytes("D0 00"), version);
    deepEqual([packet.fault, packet.type], [0, PacketType.PINGRESP]);
    equal(fault(bytes("C0 00"), version, decodePing), 0);
  }
});

test("reserved flags and a body are malformed (MQTT-2.1.3-1)", () => {
  for (const version of [4, 5] as const) {
    deepEqual(acceptedFlags(bytes("D0 00"), version), [0]);
    equal(fault(bytes("D0 01 00"), version), 0x81);
    equal(fault(bytes("C0 01 00"), version, decodePing), 0x81);
  }
});
