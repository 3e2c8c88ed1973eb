import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { PacketType } from "../../../src/protocol/codec/packet-type.js";
import { encodeSuback } from "../../../src/protocol/codec/suback.js";
import { bytes, hex } from "../support/bytes.js";
import { acceptedCodes, acceptedCuts, acceptedFlags, decoded, fault } from "../support/decoding.js";
import { encoded, needsExactly, refused } from "../support/encoding.js";

const { SUBACK, UNSUBACK } = PacketType;

const SUBACK_5 = bytes(
  "90 0D", // SUBACK, Remaining Length 13
  "00 0A", // Packet Identifier 10
  "06 1F 00 03 'why'", // Reason String
  "00 01 02 87", // granted QoS 0, 1, 2; not authorized
);

const UNSUBACK_5 = bytes(
  "B0 0C", // UNSUBACK, Remaining Length 12
  "12 34", // Packet Identifier
  "07 26 00 01 'k' 00 01 'v'", // User Property
  "00 11", // success; no subscription existed
);

test("a Reason Code for each filter, in their order (MQTT-3.9.3-1, MQTT-3.11.3-1)", () => {
  const suback = decoded(SUBACK_5);
  deepEqual([suback.fault, suback.type, suback.identifier, hex(suback.payload), suback.byteLength], [0, SUBACK, 10, "00 01 02 87", 4]);
  deepEqual([suback.properties, suback.more], [{ reasonString: "why" }, false]);
  equal(hex(encoded((writer) => encodeSuback(writer, SUBACK, 5, 10, bytes("00 01 02 87"), { reasonString: "why" }))), hex(SUBACK_5));
  const unsuback = decoded(UNSUBACK_5);
  deepEqual([unsuback.fault, unsuback.type, unsuback.identifier, hex(unsuback.payload), unsuback.byteLength], [0, UNSUBACK, 0x1234, "00 11", 2]);
  deepEqual(unsuback.properties, { userProperty: [["k", "v"]] });
  equal(hex(encoded((writer) => encodeSuback(writer, UNSUBACK, 5, 0x1234, bytes("00 11"), { userProperty: [["k", "v"]] }))), hex(UNSUBACK_5));
});

test("without properties (MQTT-2.2.2-1)", () => {
  equal(fault(bytes("90 04 00 01 00 00")), 0);
  equal(hex(encoded((writer) => encodeSuback(writer, SUBACK, 5, 1, bytes("02")))), "90 04 00 01 00 02");
});

test("a SUBACK of MQTT 3.1.1 has a return code for each filter, an UNSUBACK none", () => {
  const packet = decoded(bytes("90 06 00 0A 00 01 02 80"), 4);
  deepEqual([packet.fault, packet.identifier, hex(packet.payload), packet.properties], [0, 10, "00 01 02 80", {}]);
  equal(hex(encoded((writer) => encodeSuback(writer, SUBACK, 4, 10, bytes("00 01 02 80")))), "90 06 00 0A 00 01 02 80");
  const unsuback = decoded(bytes("B0 02 00 0A"), 4);
  deepEqual([unsuback.fault, unsuback.identifier, unsuback.byteLength, unsuback.more], [0, 10, 0, false]);
  equal(fault(bytes("B0 03 00 0A 00"), 4), 0x81);
  equal(hex(encoded((writer) => encodeSuback(writer, UNSUBACK, 4, 10, bytes("00")))), "B0 02 00 0A");
});

test("only the packet's own codes are accepted, at each position (MQTT-3.9.3-2, MQTT-3.11.3-2)", () => {
  for (const position of [5, 6, 7]) {
    deepEqual(acceptedCodes(bytes("90 06 00 01 00 00 00 00"), position), [0, 1, 2, 0x80, 0x83, 0x87, 0x8f, 0x91, 0x97, 0x9e, 0xa1, 0xa2]);
    deepEqual(acceptedCodes(bytes("B0 06 00 01 00 00 00 00"), position), [0, 0x11, 0x80, 0x83, 0x87, 0x8f, 0x91]);
  }
  for (const position of [4, 5]) deepEqual(acceptedCodes(bytes("90 04 00 01 00 00"), position, 4), [0, 1, 2, 0x80]);
});

test("without codes it is malformed", () => {
  equal(fault(bytes("90 03 00 01 00")), 0x81);
  equal(fault(bytes("B0 03 00 01 00")), 0x81);
  equal(fault(bytes("90 02 00 01"), 4), 0x81);
  equal(fault(bytes("90 02 00 01")), 0x81);
  equal(fault(bytes("B0 02 00 01")), 0x81);
});

test("identifier 0 is a Protocol Error (MQTT 5.0, 2.2.1)", () => {
  equal(fault(bytes("90 04 00 00 00 00")), 0x82);
  equal(fault(bytes("B0 04 00 00 00 00")), 0x82);
  equal(fault(bytes("90 03 00 00 00"), 4), 0x82);
  equal(fault(bytes("B0 02 00 00"), 4), 0x82);
});

test("every truncation before the second code is malformed", () => {
  deepEqual(acceptedCuts(SUBACK_5), [10, 11, 12]);
  deepEqual(acceptedCuts(UNSUBACK_5), [11]);
  deepEqual(acceptedCuts(bytes("90 03 00 01 00"), 4), []);
  deepEqual(acceptedCuts(bytes("B0 02 00 01"), 4), []);
});

test("reserved flags are malformed (MQTT-2.1.3-1)", () => {
  deepEqual(acceptedFlags(SUBACK_5), [0]);
  deepEqual(acceptedFlags(UNSUBACK_5), [0]);
  deepEqual(acceptedFlags(bytes("90 03 00 01 00"), 4), [0]);
  deepEqual(acceptedFlags(bytes("B0 02 00 01"), 4), [0]);
});

test("wrong properties", () => {
  for (const first of ["90", "B0"]) {
    equal(fault(bytes(first, "06 00 01 02 0B 01 00")), 0x81, "Subscription Identifier");
    equal(fault(bytes(first, "0A 00 01 06 1F 00 00 1F 00 00 00")), 0x82, "Reason String twice");
    equal(fault(bytes(first, "05 00 01 02 1F 00")), 0x81, "a Property Length that takes the code");
  }
  refused(() => encoded((writer) => encodeSuback(writer, SUBACK, 5, 1, bytes("00"), { topicAlias: 1 })), /^properties\.topicAlias must be left out of SUBACK$/);
});

test("a buffer that is too small is told by how much", () => {
  needsExactly((writer) => encodeSuback(writer, SUBACK, 5, 1, new Uint8Array(200), { reasonString: "why" }));
  needsExactly((writer) => encodeSuback(writer, UNSUBACK, 4, 1, bytes("00")));
});
