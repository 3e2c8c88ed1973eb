import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { ReceivedPacket } from "../../../src/protocol/codec/received-packet.js";
import { decodeUnsubscribe, encodeUnsubscribe } from "../../../src/protocol/codec/unsubscribe.js";
import { bytes, hex } from "../support/bytes.js";
import { acceptedCuts, acceptedFlags, fault } from "../support/decoding.js";
import { encoded, needsExactly, refused } from "../support/encoding.js";

const FILTERS = ["a/+", "$share/g/t"];

const TWO_5 = bytes(
  "A2 1B", // UNSUBSCRIBE, Remaining Length 27
  "00 0A", // Packet Identifier 10
  "07 26 00 01 'k' 00 01 'v'", // User Property
  "00 03 'a/+'",
  "00 0A '$share/g/t'",
);

const TWO_4 = bytes("A2 13", "00 0A", "00 03 'a/+'", "00 0A '$share/g/t'");

function encode(version: 4 | 5, filters: readonly string[]): string {
  return hex(encoded((writer) => encodeUnsubscribe(writer, version, 10, filters, { userProperty: [["k", "v"]] }), 70_000));
}

test("filters in their order (MQTT-3.10.1-1)", () => {
  equal(encode(5, FILTERS), hex(TWO_5));
  equal(encode(4, FILTERS), hex(TWO_4));
  equal(hex(encoded((writer) => encodeUnsubscribe(writer, 5, 0xffff, ["#"]))), hex(bytes("A2 06 FF FF 00 00 01 '#'")));
});

test("filters are decoded", () => {
  for (const [packet, version] of [[TWO_5, 5], [TWO_4, 4]] as const) {
    const received = new ReceivedPacket(packet);
    received.version = version;
    received.open(0xa2, 2, packet.length);
    deepEqual(decodeUnsubscribe(received), FILTERS);
    deepEqual([received.fault, received.identifier, received.properties], [0, 10, version === 5 ? { userProperty: [["k", "v"]] } : {}]);
  }
});

test("wrong filters are refused (MQTT-3.10.3-1, MQTT-3.10.3-2)", () => {
  refused(() => encode(5, []), /^UNSUBSCRIBE must be for one topic filter or more$/);
  refused(() => encode(5, [""]), /^topic filter "" must be a string with/);
  refused(() => encode(5, ["ok", "a#"]), /^topic filter "a#" must be a string with/);
  for (const filter of ["\0", "\udc00"]) refused(() => encode(4, [filter]), /^topic filter must be free of NUL/);
  refused(() => encode(4, ["x".repeat(65_536)]), /^topic filter must be at most 65535 bytes long$/);
  refused(
    () => encoded((writer) => encodeUnsubscribe(writer, 5, 1, ["t"], { subscriptionIdentifier: 1 } as object)),
    /^properties\.subscriptionIdentifier must be left out of UNSUBSCRIBE$/,
  );
});

test("a filter of 65535 bytes is sent (MQTT-4.7.3-3)", () => {
  const packet = encoded((writer) => encodeUnsubscribe(writer, 4, 1, ["x".repeat(65_535)]), 70_000);
  equal(hex(packet.subarray(0, 9)), hex(bytes("A2 83 80 04", "00 01", "FF FF", "'x'")));
  equal(packet.length, 4 + 2 + 2 + 65_535);
});

test("a buffer that is too small is told by how much", () => {
  for (const version of [4, 5] as const) needsExactly((writer) => encodeUnsubscribe(writer, version, 10, FILTERS));
});

test("every truncation is malformed, but for one between two filters", () => {
  deepEqual(acceptedCuts(TWO_5, 5, decodeUnsubscribe), [15]);
  deepEqual(acceptedCuts(TWO_4, 4, decodeUnsubscribe), [7]);
});

test("no filter, identifier 0, wrong flags and wrong UTF-8", () => {
  equal(fault(bytes("A2 03 00 0A 00"), 5, decodeUnsubscribe), 0x81);
  equal(fault(bytes("A2 02 00 0A"), 4, decodeUnsubscribe), 0x81);
  equal(fault(bytes("A2 06 00 00 00 00 01 't'"), 5, decodeUnsubscribe), 0x82);
  equal(fault(bytes("A2 06 00 0A 00 00 01 00"), 5, decodeUnsubscribe), 0x81);
  deepEqual(acceptedFlags(TWO_5, 5, decodeUnsubscribe), [2]);
  deepEqual(acceptedFlags(TWO_4, 4, decodeUnsubscribe), [2]);
});
