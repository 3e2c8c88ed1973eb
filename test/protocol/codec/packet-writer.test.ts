import { equal } from "node:assert/strict";
import { test } from "node:test";
import { PacketWriter } from "../../../src/protocol/codec/packet-writer.js";
import { bytes, hex, pattern } from "../support/bytes.js";
import { encoded, mqttError, needsExactly, refused } from "../support/encoding.js";

/** Whole periods of the pattern, so that one after the other goes on with it. */
const BODY = pattern(25_100);

/** A PUBACK whose body is `count` bytes. */
const bodyOf = (count: number) => (writer: PacketWriter): number => {
  writer.begin(4);
  for (let left = count; left > 0; left -= 25_100) writer.raw(BODY.subarray(0, left < 25_100 ? left : 25_100));
  return writer.end();
};

test("the Remaining Length grows at 128, 16384 and 2097152 bytes, and the body stays as it is", () => {
  const table: readonly (readonly [count: number, length: string])[] = [
    [0, "00"], [1, "01"], [127, "7F"], [128, "80 01"], [16_383, "FF 7F"], [16_384, "80 80 01"], [2_097_151, "FF FF 7F"], [2_097_152, "80 80 80 01"],
  ];
  for (const [count, length] of table) {
    const packet = encoded(bodyOf(count), count + 5);
    const header = bytes("40", length);
    equal(hex(packet.subarray(0, header.length)), hex(header));
    equal(packet.length, header.length + count);
    const expected = pattern(Math.min(count, 300));
    equal(hex(packet.subarray(header.length, header.length + 300)), hex(expected));
    equal(packet[packet.length - 1], count === 0 ? 0 : (count - 1) % 251);
  }
});

test("the error of a buffer that is too small says what is needed, at each length of the Remaining Length", () => {
  for (const count of [0, 1, 126, 127, 128, 129, 16_382, 16_383, 16_384, 16_385]) needsExactly(bodyOf(count));
});

test("after a packet that did not fit the writer writes the next one", () => {
  const writer = new PacketWriter(new Uint8Array(8));
  equal(mqttError(() => bodyOf(7)(writer)).message, "PUBACK takes 9 bytes: set sendBuffer to that or more");
  equal(hex(writer.bytes.subarray(0, bodyOf(6)(writer))), "40 06 00 01 02 03 04 05");
});

test("numbers are written most significant byte first", () => {
  const numbers = (writer: PacketWriter): number => {
    writer.begin(4);
    writer.byte(0xfe);
    writer.number(0x0102, 2);
    writer.number(0xffff, 2);
    writer.number(0x01020304, 4);
    writer.number(0xfffefdfc, 4);
    return writer.end();
  };
  equal(hex(encoded(numbers)), "40 0D FE 01 02 FF FF 01 02 03 04 FF FE FD FC");
  needsExactly(numbers);
});

test("a length of what follows is widened around it", () => {
  const nested = (count: number) => (writer: PacketWriter): number => {
    writer.begin(4);
    writer.byte(0x11);
    const start = writer.position++;
    writer.raw(new Uint8Array(count).fill(0x22));
    writer.closeLength(start);
    writer.byte(0x33);
    return writer.end();
  };
  equal(hex(encoded(nested(2))), "40 05 11 02 22 22 33");
  const packet = encoded(nested(128));
  equal(hex(packet.subarray(0, 7)), "40 84 01 11 80 01 22");
  equal(hex(packet.subarray(-2)), "22 33");
  for (const count of [0, 123, 124, 125, 127, 128, 16_378, 16_379, 16_383, 16_384]) needsExactly(nested(count));
});

const string = (value: unknown) => (writer: PacketWriter): number => {
  writer.begin(4);
  writer.string("name", value);
  return writer.end();
};
const binary = (value: unknown) => (writer: PacketWriter): number => {
  writer.begin(4);
  writer.binary("data", value);
  return writer.end();
};

test("strings and binary data have two bytes of length, up to 65535 (MQTT-4.7.3-3)", () => {
  equal(hex(encoded(string("é€"))), "40 07 00 05 C3 A9 E2 82 AC");
  equal(hex(encoded(string(""))), "40 02 00 00");
  equal(hex(encoded(binary(Uint8Array.of(0, 255)))), "40 04 00 02 00 FF");
  equal(hex(encoded(binary(new Uint8Array(0)))), "40 02 00 00");
  equal(encoded(string("é".repeat(32_767) + "a"), 70_000).length, 65_535 + 6);
  equal(encoded(binary(new Uint8Array(65_535)), 70_000).length, 65_535 + 6);
  refused(() => encoded(string("é".repeat(32_768)), 70_000), /^name must be at most 65535 bytes long$/);
  refused(() => encoded(string("é".repeat(32_768)), 16), /^name must be at most 65535 bytes long$/);
  refused(() => encoded(binary(new Uint8Array(65_536)), 16), /^data must be at most 65535 bytes long$/);
  needsExactly(string("é€😀"));
});

test("a buffer that is too small for the longest string or binary data is told by how much", () => {
  needsExactly(string("a".repeat(65_535)));
  needsExactly(binary(new Uint8Array(65_535)));
});

test("a Topic Name has a character and no wildcard (MQTT-4.7.0-1, MQTT-4.7.3-1)", () => {
  const topic = (value: unknown) => (writer: PacketWriter): number => {
    writer.begin(4);
    writer.topicName("topic", value);
    return writer.end();
  };
  equal(hex(encoded(topic("a/b"))), "40 05 00 03 61 2F 62");
  for (const wrong of ["", "#", "+", "a/+/b", "a#"]) refused(() => encoded(topic(wrong)), /^topic must be at least one character, without \+ and #$/);
  refused(() => encoded(topic(undefined)), /^topic must be a string$/);
  refused(() => encoded(topic("a\0")), /^topic must be free of NUL characters and lone surrogates$/);
});
