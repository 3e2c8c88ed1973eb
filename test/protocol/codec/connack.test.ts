import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { encodeConnack } from "../../../src/protocol/codec/connack.js";
import { bytes, hex } from "../support/bytes.js";
import { acceptedCodes, acceptedCuts, acceptedFlags, decoded, fault } from "../support/decoding.js";
import { encoded, needsExactly, refused } from "../support/encoding.js";

const ACCEPTED = bytes(
  "20 0B", // CONNACK, Remaining Length 11
  "01", // Session Present
  "00", // Success
  "08", // Property Length
  "21 00 14", // Receive Maximum 20
  "12 00 02 'id'", // Assigned Client Identifier
);

test("flags, Reason Code and properties", () => {
  const packet = decoded(ACCEPTED);
  deepEqual([packet.fault, packet.sessionPresent, packet.reasonCode], [0, true, 0]);
  deepEqual(packet.properties, { receiveMaximum: 20, assignedClientIdentifier: "id" });
  equal(hex(encoded((writer) => encodeConnack(writer, 5, true, 0, { receiveMaximum: 20, assignedClientIdentifier: "id" }))), hex(ACCEPTED));
});

test("without properties (MQTT-2.2.2-1)", () => {
  const packet = decoded(bytes("20 03 00 00 00"));
  deepEqual([packet.fault, packet.sessionPresent, packet.reasonCode, packet.properties], [0, false, 0, {}]);
  equal(hex(encoded((writer) => encodeConnack(writer, 5, false, 0))), "20 03 00 00 00");
});

test("all properties of a CONNACK", () => {
  const properties = {
    sessionExpiryInterval: 1, receiveMaximum: 2, maximumQoS: 1, retainAvailable: 0, maximumPacketSize: 3, assignedClientIdentifier: "4",
    topicAliasMaximum: 5, reasonString: "6", userProperty: [["7", "8"], ["7", "9"]], wildcardSubscriptionAvailable: 0,
    subscriptionIdentifierAvailable: 1, sharedSubscriptionAvailable: 0, serverKeepAlive: 10, responseInformation: "11", serverReference: "12",
    authenticationMethod: "13", authenticationData: Uint8Array.of(14),
  } as const;
  const packet = encoded((writer) => encodeConnack(writer, 5, false, 0, properties));
  deepEqual(decoded(packet).properties, properties);
  deepEqual(acceptedCuts(packet), []);
  needsExactly((writer) => encodeConnack(writer, 5, false, 0, properties));
});

test("MQTT 3.1.1 has two bytes; its return codes are told as Reason Codes", () => {
  const codes = [0, 0x84, 0x85, 0x88, 0x86, 0x87];
  for (const [returnCode, reasonCode] of codes.entries()) {
    const packet = bytes("20 02 00 00");
    packet[3] = returnCode;
    deepEqual([decoded(packet, 4).fault, decoded(packet, 4).reasonCode], [0, reasonCode]);
    equal(hex(encoded((writer) => encodeConnack(writer, 4, false, returnCode))), hex(packet));
  }
  equal(decoded(bytes("20 02 01 00"), 4).sessionPresent, true);
  deepEqual(acceptedCodes(bytes("20 02 00 00"), 3, 4), [0, 1, 2, 3, 4, 5]);
  equal(fault(bytes("20 03 00 00 00"), 4), 0x81, "a Property Length");
});

test("a server of MQTT 3.1.1 refuses version 5 in its own form", () => {
  const packet = decoded(bytes("20 02 00 01"));
  deepEqual([packet.fault, packet.reasonCode, packet.properties], [0, 0x84, {}]);
  for (const code of ["00", "02", "05", "84"]) equal(fault(bytes("20 02 00", code)), 0x81, code);
  equal(fault(bytes("20 03 00 01 00")), 0x82, "01 is no Reason Code");
  equal(fault(bytes("20 02 01 01")), 0x82, "with Session Present");
});

test("only codes of a CONNACK are accepted (MQTT-3.2.2-8)", () => {
  deepEqual(acceptedCodes(bytes("20 03 00 00 00"), 3), [
    0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8c, 0x90, 0x95, 0x97, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9f,
  ]);
});

test("acknowledge flags but Session Present are malformed (MQTT-3.2.2-1)", () => {
  for (let flags = 0; flags < 256; flags++)
    for (const version of [4, 5] as const) {
      const packet = version === 5 ? bytes("20 03 00 00 00") : bytes("20 02 00 00");
      packet[2] = flags;
      equal(fault(packet, version), flags > 1 ? 0x81 : 0, `flags ${flags}`);
    }
});

test("Session Present with a refusal is a Protocol Error (MQTT-3.2.2-6)", () => {
  equal(fault(bytes("20 03 01 87 00")), 0x82);
  equal(fault(bytes("20 02 01 05"), 4), 0x82);
});

test("every truncation is malformed", () => {
  deepEqual(acceptedCuts(ACCEPTED), []);
  deepEqual(acceptedCuts(bytes("20 02 01 00"), 4), []);
});

test("reserved flags of the fixed header are malformed (MQTT-2.1.3-1)", () => {
  deepEqual(acceptedFlags(ACCEPTED), [0]);
  deepEqual(acceptedFlags(bytes("20 02 00 00"), 4), [0]);
});

test("a byte too many is malformed", () => {
  equal(fault(bytes("20 04 00 00 00 00")), 0x81);
  equal(fault(bytes("20 03 00 05 00"), 4), 0x81);
});

test("properties of other packets are malformed, duplicates a Protocol Error", () => {
  equal(fault(bytes("20 06 00 00 03 23 00 01")), 0x81, "Topic Alias");
  equal(fault(bytes("20 07 00 00 04 24 01 24 01")), 0x82, "Maximum QoS twice");
  refused(() => encoded((writer) => encodeConnack(writer, 5, false, 0, { topicAlias: 1 })), /^properties\.topicAlias must be left out of CONNACK$/);
});
