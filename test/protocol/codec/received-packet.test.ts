import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { readBinary, readString, readTwoBytes } from "../../../src/protocol/codec/reading.js";
import { ReceivedPacket } from "../../../src/protocol/codec/received-packet.js";
import { bytes, hex } from "../support/bytes.js";

/** A packet of which the bytes given are the body, without a byte behind it. */
function body(...lines: readonly string[]): ReceivedPacket {
  const data = bytes(...lines);
  const packet = new ReceivedPacket(data);
  packet.open(0x40, 0, data.length);
  return packet;
}

test("type and flags come from the first byte", () => {
  const packet = new ReceivedPacket(new Uint8Array(4));
  equal(packet.version, 5);
  const table: readonly (readonly [first: number, type: number, qos: number, retain: boolean, duplicate: boolean])[] = [
    [0x20, 2, 0, false, false], [0x31, 3, 0, true, false], [0x32, 3, 1, false, false], [0x3d, 3, 2, true, true], [0xf0, 15, 0, false, false],
  ];
  for (const [first, type, qos, retain, duplicate] of table) {
    packet.open(first, 0, 0);
    deepEqual([packet.type, packet.qos, packet.retain, packet.duplicate], [type, qos, retain, duplicate]);
  }
});

test("opening a packet forgets what the last one said", () => {
  const packet = body("00 00");
  packet.readIdentifier();
  packet.reasonCode = 5;
  packet.propertiesEnd = 2;
  equal(packet.fault, 0x82);
  packet.open(0x40, 0, 2);
  deepEqual([packet.fault, packet.identifier, packet.reasonCode, packet.propertiesStart, packet.propertiesEnd], [0, 0, 0, 0, 0]);
});

test("the first fault counts", () => {
  const packet = body("01");
  packet.fail(0x95);
  packet.fail(0x81);
  packet.readIdentifier();
  equal(packet.fault, 0x95);
});

test("reading beyond the end is a fault, not an exception", () => {
  const reads: readonly ((packet: ReceivedPacket) => unknown)[] = [(packet) => packet.readByte(), (packet) => packet.readIdentifier(), (packet) => packet.skipProperties(4), readTwoBytes, readBinary, readString];
  reads.forEach((read, index) => {
    const packet = body();
    read(packet);
    equal(packet.fault, 0x81, `${index}`);
  });
});

test("an identifier is not zero (MQTT-2.2.1-4)", () => {
  const packet = body("12 34", "00 00");
  packet.readIdentifier();
  deepEqual([packet.identifier, packet.fault], [0x1234, 0]);
  packet.readIdentifier();
  equal(packet.fault, 0x82);
});

test("a Property Length is a Variable Byte Integer (MQTT-1.5.5-1)", () => {
  for (const wrong of ["80 00", "FF 80 00", "80 80 80 80 01", "80", "FF FF FF"]) {
    const packet = body(wrong);
    packet.skipProperties(4);
    equal(packet.fault, 0x81, wrong);
  }
});

test("strings are checked before they are decoded", () => {
  equal(readString(body("00 03 E2 82 AC")), "€");
  for (const wrong of ["00 02 'a'", "00 01 00", "00 03 ED A0 80", "00 02 C0 80", "01 00 'a'"]) {
    const packet = body(wrong);
    equal(readString(packet), "");
    equal(packet.fault, 0x81, wrong);
  }
});

test("properties are looked up by identifier", () => {
  const packet = body("0A", "21 00 05", "1F 00 02 'no'", "24 00");
  packet.first = 0x20;
  packet.skipProperties(2);
  packet.expectEnd();
  equal(packet.fault, 0);
  deepEqual(packet.properties, { receiveMaximum: 5, reasonString: "no", maximumQoS: 0 });
  deepEqual([packet.property(0x1f), packet.property(0x21), packet.property(0x22)], ["no", 5, undefined]);
});

test("a Property Length beyond the packet is malformed", () => {
  const packet = body("04", "1F 00 00");
  packet.skipProperties(4);
  equal(packet.fault, 0x81);
});

test("a topic is compared byte by byte", () => {
  const packet = body("'/a/bc'");
  packet.topicStart = 1;
  packet.topicEnd = 4;
  equal(packet.topic, "a/b");
  equal(packet.topicEquals(bytes("'a/b'")), true);
  for (const other of ["'a/bc'", "'a/'", "'b/b'", "'a/c'", "'A/b'"]) equal(packet.topicEquals(bytes(other)), false, other);
});

test("a payload is a view, not a copy", () => {
  const packet = body("01 02 03");
  packet.readByte();
  equal(hex(packet.payload), "02 03");
  equal(packet.more, false);
  packet.bytes[1] = 9;
  equal(hex(packet.payload), "09 03");
});

test("what is left over is malformed", () => {
  const packet = body("01 02");
  packet.readByte();
  packet.expectEnd();
  equal(packet.fault, 0x81);
});
