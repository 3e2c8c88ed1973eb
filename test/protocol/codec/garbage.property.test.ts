import fc from "fast-check";
import { equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { decodeConnect } from "../../../src/protocol/codec/connect.js";
import { decodeFromServer } from "../../../src/protocol/codec/decode.js";
import { checkProperties, readProperties } from "../../../src/protocol/codec/properties.js";
import { ReceivedPacket } from "../../../src/protocol/codec/received-packet.js";
import { decodeSubscribe } from "../../../src/protocol/codec/subscribe.js";
import { decodeUnsubscribe } from "../../../src/protocol/codec/unsubscribe.js";
import { version } from "../support/arbitraries.js";
import { hex } from "../support/bytes.js";
import type { Decode } from "../support/decoding.js";
import { encoded } from "../support/encoding.js";
import { propertyBlock } from "../support/properties.js";
import { samples } from "../support/samples.js";

const FAULTS = [0x81, 0x82, 0x84, 0x94];

/** Decodes a body in the middle of other bytes. What is accepted must be readable, whatever is read. */
function decode(decoder: Decode, first: number, body: Uint8Array, version: 4 | 5): void {
  const buffer = new Uint8Array(body.length + 8).fill(first);
  buffer.set(body, 4);
  const packet = new ReceivedPacket(buffer);
  packet.version = version;
  packet.byteLength = body.length;
  packet.open(first, 4, 4 + body.length);
  decoder(packet);
  if (packet.type === 3 && packet.fault === 0) packet.checkTopic();
  if (packet.fault !== 0) {
    ok(FAULTS.includes(packet.fault), `fault ${packet.fault}`);
    return;
  }
  ok(packet.start <= packet.end, "nothing behind the packet was read");
  if (packet.type === 1) return;
  ok(Object.keys(packet.properties).length <= 27);
  if (packet.type !== 3) return;
  ok(packet.byteLength >= 0 && packet.byteLength === packet.payload.length);
  equal(typeof packet.topic, "string");
}

function decoderOf(first: number): Decode {
  switch (first >> 4) {
    case 1:
      return decodeConnect;
    case 8:
      return decodeSubscribe;
    case 10:
      return decodeUnsubscribe;
    default:
      return decodeFromServer;
  }
}

/** Bytes that lead further into a decoder than any: short lengths, property identifiers. */
const byte = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: 8 }), fc.constantFrom(0x0b, 0x11, 0x15, 0x1f, 0x21, 0x23, 0x26, 0x7f, 0x80));

test("garbage is accepted or a fault, never an exception", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 255 }), fc.array(byte, { maxLength: 40 }), version, (first, body, version) => {
      decode(decoderOf(first), first, Uint8Array.from(body), version);
      decode(decodeFromServer, first, Uint8Array.from(body), version);
    }),
    { numRuns: 5000 },
  );
});

test("a right packet with some bytes changed is accepted or a fault, never an exception", () => {
  const changes = fc.array(fc.tuple(fc.nat(), byte), { minLength: 1, maxLength: 3 });
  for (const [, arbitrary] of samples)
    fc.assert(
      fc.property(arbitrary, changes, ({ encode, version }, list) => {
        const packet = encoded(encode, 20_000);
        const first = packet[0] ?? 0;
        let start = 1;
        while ((packet[start++] ?? 0) > 0x7f);
        const body = packet.subarray(start);
        for (const [position, value] of list) if (body.length > 0) body[position % body.length] = value;
        decode(decoderOf(first), first, body, version);
      }),
      { numRuns: 200 },
    );
});

test("properties that are accepted are written again as they came", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 15 }), fc.array(byte, { maxLength: 24 }), (packetType, list) => {
      const block = Uint8Array.from(list);
      if (checkProperties(block, 0, block.length, packetType) !== 0) return;
      const properties = readProperties(block, 0, block.length, packetType);
      const again = propertyBlock(properties, packetType);
      // User properties and Subscription Identifiers are gathered, so that only the order may differ.
      equal(again.length, block.length + 1);
      equal(checkProperties(again, 1, again.length, packetType), 0);
      equal(hex(again.slice(1).sort()), hex(block.slice().sort()));
    }),
    { numRuns: 20_000 },
  );
});
