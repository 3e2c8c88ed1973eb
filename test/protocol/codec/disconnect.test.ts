import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { decodeDisconnect, encodeDisconnect } from "../../../src/protocol/codec/disconnect.js";
import { PacketType } from "../../../src/protocol/codec/packet-type.js";
import type { Properties } from "../../../src/protocol/codec/property.js";
import { bytes, hex } from "../support/bytes.js";
import { acceptedCodes, acceptedCuts, acceptedFlags, decoded, fault } from "../support/decoding.js";
import { encoded, needsExactly, refused } from "../support/encoding.js";

const { DISCONNECT, AUTH } = PacketType;

function encode(type: 14 | 15, version: 4 | 5, reasonCode?: number, properties?: Properties): string {
  return hex(encoded((writer) => encodeDisconnect(writer, type, version, reasonCode, properties)));
}

const DISCONNECT_CODES = [
  0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0x9b, 0x9c, 0x9d,
  0x9e, 0x9f, 0xa0, 0xa1, 0xa2,
];
const AUTH_CODES = [0x00, 0x18, 0x19];

test("success without properties is two bytes", () => {
  for (const type of [DISCONNECT, AUTH] as const) {
    const packet = type === DISCONNECT ? bytes("E0 00") : bytes("F0 00");
    equal(encode(type, 5), hex(packet));
    const received = decoded(packet);
    deepEqual([received.fault, received.type, received.reasonCode, received.properties], [0, type, 0, {}]);
  }
});

test("a DISCONNECT of MQTT 3.1.1 is two bytes, whatever the reason", () => {
  equal(encode(DISCONNECT, 4), "E0 00");
  equal(encode(DISCONNECT, 4, 0x81, { reasonString: "no" }), "E0 00");
  equal(fault(bytes("E0 00"), 4, decodeDisconnect), 0);
  equal(fault(bytes("E0 01 00"), 4, decodeDisconnect), 0x81);
});

test("a Reason Code without properties is one byte", () => {
  equal(encode(DISCONNECT, 5, 0x04), "E0 01 04");
  for (const code of DISCONNECT_CODES) {
    const packet = bytes("E0 01 00");
    packet[2] = code;
    deepEqual([decoded(packet).fault, decoded(packet).reasonCode], [0, code]);
    if (code !== 0) equal(encode(DISCONNECT, 5, code), hex(packet));
  }
});

test("a DISCONNECT with all properties of a server", () => {
  const packet = bytes(
    "E0 16", // DISCONNECT, Remaining Length 22
    "9C", // Use another server
    "14", // Property Length
    "1C 00 02 's2'", // Server Reference
    "1F 00 05 'moved'", // Reason String
    "26 00 01 'a' 00 01 'b'", // User Property
  );
  const properties: Properties = { serverReference: "s2", reasonString: "moved", userProperty: [["a", "b"]] };
  equal(encode(DISCONNECT, 5, 0x9c, properties), hex(packet));
  const received = decoded(packet);
  deepEqual([received.fault, received.reasonCode, received.properties], [0, 0x9c, properties]);
  deepEqual(acceptedCuts(packet), [0, 1]);
  needsExactly((writer) => encodeDisconnect(writer, DISCONNECT, 5, 0x9c, properties));
});

test("a DISCONNECT of a client may change the Session Expiry Interval", () => {
  equal(encode(DISCONNECT, 5, 0, { sessionExpiryInterval: 10 }), "E0 07 00 05 11 00 00 00 0A");
});

test("an AUTH with all its properties", () => {
  const packet = bytes(
    "F0 18", // AUTH, Remaining Length 24
    "18", // Continue authentication
    "16", // Property Length
    "15 00 02 'SC'", // Authentication Method
    "16 00 02 00 FF", // Authentication Data
    "1F 00 02 'go'", // Reason String
    "26 00 01 'a' 00 01 'b'", // User Property
  );
  const properties: Properties = { authenticationMethod: "SC", authenticationData: Uint8Array.of(0, 255), reasonString: "go", userProperty: [["a", "b"]] };
  equal(encode(AUTH, 5, 0x18, properties), hex(packet));
  const received = decoded(packet);
  deepEqual([received.fault, received.reasonCode, received.properties], [0, 0x18, properties]);
  // A Reason Code alone is not enough: only 0x00 may go without Property Length, and then without itself (MQTT 5.0, 3.15.2.1).
  deepEqual(acceptedCuts(packet), [0]);
  equal(encode(AUTH, 5, 0x19), "F0 02 19 00");
  needsExactly((writer) => encodeDisconnect(writer, AUTH, 5, 0x18, properties));
});

test("only the packet's own Reason Codes are accepted (MQTT-3.14.2-1, MQTT-3.15.2-1)", () => {
  deepEqual(acceptedCodes(bytes("E0 01 00"), 2), DISCONNECT_CODES);
  deepEqual(acceptedCodes(bytes("E0 02 00 00"), 2), DISCONNECT_CODES);
  deepEqual(acceptedCodes(bytes("F0 02 00 00"), 2), AUTH_CODES);
});

test("neither comes from a server in MQTT 3.1.1", () => {
  equal(fault(bytes("E0 00"), 4), 0x82);
  equal(fault(bytes("F0 00"), 4), 0x82);
});

test("reserved flags are malformed (MQTT-3.14.1-1, MQTT-3.15.1-1)", () => {
  deepEqual(acceptedFlags(bytes("E0 00")), [0]);
  deepEqual(acceptedFlags(bytes("F0 02 18 00")), [0]);
});

test("properties of other packets are malformed, duplicates a Protocol Error, a byte too many is malformed", () => {
  for (const first of ["E0", "F0"]) {
    equal(fault(bytes(first, "05 00 03 21 00 01")), 0x81);
    equal(fault(bytes(first, "08 00 06 1F 00 00 1F 00 00")), 0x82);
    equal(fault(bytes(first, "03 00 00 00")), 0x81);
  }
  refused(() => encode(DISCONNECT, 5, 0, { authenticationMethod: "m" }), /^properties\.authenticationMethod must be left out of DISCONNECT$/);
  refused(() => encode(AUTH, 5, 0x18, { sessionExpiryInterval: 1 }), /^properties\.sessionExpiryInterval must be left out of AUTH$/);
});
