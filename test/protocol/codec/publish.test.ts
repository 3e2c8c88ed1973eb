import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { encodePublish, writePublishHeader, type Publish } from "../../../src/protocol/codec/publish.js";
import { bytes, hex, join, pattern } from "../support/bytes.js";
import { acceptedCuts, decoded, fault } from "../support/decoding.js";
import { encoded, needsExactly, refused } from "../support/encoding.js";

const FULL: Publish = {
  topic: "a/b", payload: Uint8Array.of(1, 0, 2), qos: 1, retain: true, duplicate: true, identifier: 0x1234,
  properties: { payloadFormatIndicator: 0, contentType: "x", userProperty: [["k", "v"]] },
};

const FULL_5 = bytes(
  "3B 18", // PUBLISH, duplicate, QoS 1, retain; Remaining Length 24
  "00 03 'a/b'", // Topic Name
  "12 34", // Packet Identifier
  "0D", // Property Length
  "01 00", // Payload Format Indicator
  "03 00 01 'x'", // Content Type
  "26 00 01 'k' 00 01 'v'", // User Property
  "01 00 02", // payload
);

const FULL_4 = bytes("3B 0A", "00 03 'a/b'", "12 34", "01 00 02");

const encode = (version: 4 | 5, publish: Publish): string => hex(encoded((writer) => encodePublish(writer, version, publish)));

test("all fields", () => {
  equal(encode(5, FULL), hex(FULL_5));
  equal(encode(4, FULL), hex(FULL_4));
  for (const version of [4, 5] as const) {
    const packet = decoded(version === 5 ? FULL_5 : FULL_4, version);
    deepEqual([packet.fault, packet.topic, packet.identifier, packet.qos, packet.retain, packet.duplicate], [0, "a/b", 0x1234, 1, true, true]);
    deepEqual([hex(packet.payload), packet.byteLength, packet.offset, packet.more], ["01 00 02", 3, 0, false]);
    deepEqual(packet.properties, version === 5 ? FULL.properties : {});
    deepEqual([packet.topicEquals(bytes("'a/b'")), packet.topicEquals(bytes("'a/c'")), packet.topicEquals(bytes("'a/'"))], [true, false, false]);
  }
});

test("QoS 0 has no identifier (MQTT-2.2.1-2, MQTT-4.3.1-1)", () => {
  const publish: Publish = { topic: "t", payload: bytes("'on'"), qos: 0, identifier: 0 };
  equal(encode(5, publish), hex(bytes("30 06", "00 01 't'", "00", "'on'")));
  equal(encode(4, publish), hex(bytes("30 05", "00 01 't'", "'on'")));
  equal(encode(4, { ...publish, retain: true }), hex(bytes("31 05", "00 01 't'", "'on'")));
  for (const version of [4, 5] as const) {
    const packet = decoded(encoded((writer) => encodePublish(writer, version, publish)), version);
    deepEqual([packet.fault, packet.identifier, hex(packet.payload)], [0, 0, "6F 6E"]);
  }
});

test("an empty payload is a payload", () => {
  for (const [version, text] of [[5, "30 04 00 01 't' 00"], [4, "30 03 00 01 't'"]] as const) {
    const packet = decoded(bytes(text), version);
    deepEqual([packet.fault, packet.topic, packet.byteLength, packet.payload.length, packet.more], [0, "t", 0, 0, false]);
    equal(encode(version, { topic: "t", payload: new Uint8Array(0), qos: 0, identifier: 0 }), hex(bytes(text)));
  }
});

test("all flags: QoS 3, and a duplicate at QoS 0, are malformed (MQTT-3.3.1-2, MQTT-3.3.1-4)", () => {
  for (const version of [4, 5] as const)
    for (let flags = 0; flags < 16; flags++) {
      const packet = version === 5 ? bytes("30 07 00 01 't' 00 07 00 'p'") : bytes("30 06 00 01 't' 00 07 'p'");
      if (version === 5 && (flags & 6) === 0) packet.set(bytes("00 00 00 'p'"), 5);
      packet[0] = 0x30 | flags;
      const qos = (flags >> 1) & 3;
      equal(fault(packet, version), qos === 3 || (qos === 0 && flags & 8) ? 0x81 : 0, `flags ${flags}`);
    }
});

test("identifier 0 at QoS 1 and 2 is a Protocol Error (MQTT-2.2.1-4)", () => {
  for (const first of ["32", "34", "3A", "3D"]) {
    equal(fault(bytes(first, "06 00 01 't' 00 00 00")), 0x82);
    equal(fault(bytes(first, "05 00 01 't' 00 00"), 4), 0x82);
  }
});

test("a topic has a character and no wildcard (MQTT-3.3.2-2, MQTT-4.7.3-1)", () => {
  for (const topic of ["'#'", "'+'", "'a/+'", "'a/#'", "'a+'"]) {
    const text = bytes(topic);
    equal(fault(join(bytes("30"), Uint8Array.of(3 + text.length, 0, text.length), text, bytes("00"))), 0x82, topic);
    equal(fault(join(bytes("30"), Uint8Array.of(2 + text.length, 0, text.length), text), 4), 0x82, topic);
  }
  equal(fault(bytes("30 02 00 00"), 4), 0x82);
});

test("an empty topic is left to its alias in MQTT 5.0", () => {
  const packet = decoded(bytes("30 06 00 00 03 23 00 05"));
  deepEqual([packet.fault, packet.topic, packet.properties], [0, "", { topicAlias: 5 }]);
});

test("a topic that is no UTF-8 is malformed (MQTT-3.3.2-1, MQTT-4.7.3-2)", () => {
  for (const topic of ["00", "61 00", "ED A0 80", "C0 80", "F4 90 80 80", "C3"]) {
    const text = bytes(topic);
    equal(fault(join(bytes("30"), Uint8Array.of(3 + text.length, 0, text.length), text, bytes("00"))), 0x81, topic);
    equal(fault(join(bytes("30"), Uint8Array.of(2 + text.length, 0, text.length), text), 4), 0x81, topic);
  }
});

test("U+FEFF at the start of a topic is kept (MQTT-1.5.4-3)", () => {
  equal(decoded(bytes("30 07 00 04 EF BB BF 't' 00")).topic, "\ufefft");
});

test("a payload that looks like anything is just a payload", () => {
  const packet = decoded(join(bytes("30 FF 01 00 01 't' 00"), pattern(251)));
  deepEqual([packet.fault, hex(packet.payload)], [0, hex(pattern(251))]);
});

test("every truncation before the payload is malformed", () => {
  deepEqual(acceptedCuts(FULL_5), [21, 22, 23]);
  deepEqual(acceptedCuts(FULL_4, 4), [7, 8, 9]);
});

test("wrong properties: Topic Alias 0, of other packets, twice (MQTT-3.3.2-8)", () => {
  equal(fault(bytes("30 07 00 01 't' 03 23 00 00")), 0x94);
  equal(fault(bytes("30 07 00 01 't' 03 21 00 01")), 0x81);
  equal(fault(bytes("30 08 00 01 't' 04 01 00 01 00")), 0x82);
  equal(fault(bytes("30 08 00 01 't' 04 0B 01 0B 01")), 0, "several Subscription Identifiers");
  equal(fault(bytes("30 0A 00 01 't' 06 08 00 03 'r/#'")), 0x82, "a wildcard in the Response Topic");
  equal(fault(bytes("30 05 00 01 't' 80 00")), 0x81, "a Property Length longer than needed");
  equal(fault(bytes("30 09 00 01 't' 80 80 80 80 01 00")), 0x81, "a Property Length of five bytes");
  equal(fault(bytes("30 05 00 01 't' 02 01")), 0x81, "a Property Length beyond the packet");
});

test("the whole packet in a buffer that is too small, or with a wrong field", () => {
  needsExactly((writer) => encodePublish(writer, 5, FULL));
  needsExactly((writer) => encodePublish(writer, 4, { ...FULL, payload: pattern(200) }));
  refused(() => encode(5, { ...FULL, topic: "\0" }), /^topic must be free of NUL/);
  refused(() => encode(5, { ...FULL, properties: { receiveMaximum: 1 } }), /^properties\.receiveMaximum must be left out of PUBLISH$/);
});

/** A header written from its encoded parts. */
function header(room: number, flags: number, topic: string, identifier: number, properties: Uint8Array | undefined, alias: number, payloadLength: number): string {
  const buffer = new Uint8Array(room);
  const length = writePublishHeader(buffer, flags, bytes(topic), identifier, properties, alias, payloadLength);
  return length > room ? "no room" : hex(buffer.subarray(0, length));
}

const NONE = new Uint8Array(0);

test("a header from encoded parts is that of the whole packet", () => {
  const properties = FULL_5.subarray(10, -3);
  equal(header(64, 0x0b, "00 03 'a/b'", 0x1234, properties, 0, 3), hex(FULL_5.subarray(0, -3)));
  equal(header(64, 0x0b, "00 03 'a/b'", 0x1234, undefined, 0, 3), hex(FULL_4.subarray(0, -3)));
  equal(header(64, 0, "00 01 't'", 0, NONE, 0, 2), "30 06 00 01 74 00");
  equal(header(64, 0, "00 01 't'", 0, undefined, 0, 2), "30 05 00 01 74");
});

test("a Topic Alias is added to a header's properties", () => {
  equal(header(64, 0, "00 01 't'", 0, NONE, 0x0102, 2), "30 09 00 01 74 03 23 01 02");
  equal(header(64, 2, "00 00", 7, bytes("01 00"), 5, 2), "32 0C 00 00 00 07 05 23 00 05 01 00");
  equal(decoded(bytes(header(64, 2, "00 00", 7, bytes("01 00"), 5, 0))).property(0x23), 5);
});

test("the lengths of a header grow with properties and payload", () => {
  const table: readonly (readonly [payload: number, length: string])[] = [
    [0, "05"], [122, "7F"], [123, "80 01"], [16_378, "FF 7F"], [16_379, "80 80 01"], [2_097_146, "FF FF 7F"], [2_097_147, "80 80 80 01"], [268_435_450, "FF FF FF 7F"],
  ];
  for (const [payload, length] of table) equal(header(64, 2, "00 01 't'", 7, undefined, 0, payload), hex(bytes("32", length, "00 01 't' 00 07")));
  const properties = (length: number): Uint8Array => join(bytes("03"), Uint8Array.of(0, length - 3), new Uint8Array(length - 3).fill(0x61));
  equal(header(200, 0, "00 01 't'", 0, properties(127), 0, 0), hex(join(bytes("30 83 01 00 01 't' 7F"), properties(127))));
  equal(header(200, 0, "00 01 't'", 0, properties(128), 0, 0), hex(join(bytes("30 85 01 00 01 't' 80 01"), properties(128))));
  equal(header(200, 0, "00 01 't'", 0, properties(124), 1, 0), hex(join(bytes("30 83 01 00 01 't' 7F 23 00 01"), properties(124))));
  equal(header(200, 0, "00 01 't'", 0, properties(125), 1, 0), hex(join(bytes("30 85 01 00 01 't' 80 01 23 00 01"), properties(125))));
});

test("a header needs its own length and no more", () => {
  equal(header(7, 2, "00 01 't'", 7, undefined, 0, 0), "32 05 00 01 74 00 07");
  equal(header(6, 2, "00 01 't'", 7, undefined, 0, 0), "no room");
  equal(header(8, 2, "00 01 't'", 7, NONE, 0, 0), "32 06 00 01 74 00 07 00");
  equal(header(7, 2, "00 01 't'", 7, NONE, 0, 0), "no room");
  equal(header(11, 2, "00 01 't'", 7, NONE, 1, 0), "32 09 00 01 74 00 07 03 23 00 01");
  equal(header(10, 2, "00 01 't'", 7, NONE, 1, 0), "no room");
  equal(header(9, 2, "00 01 't'", 7, NONE, 0, 122), "32 80 01 00 01 74 00 07 00");
  equal(header(8, 2, "00 01 't'", 7, NONE, 0, 122), "no room", "two bytes of Remaining Length");
});
