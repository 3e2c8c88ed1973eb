import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { SubscribeProperties } from "../../../src/protocol/codec/property.js";
import { ReceivedPacket } from "../../../src/protocol/codec/received-packet.js";
import { decodeSubscribe, encodeSubscribe, type Subscription } from "../../../src/protocol/codec/subscribe.js";
import { bytes, hex } from "../support/bytes.js";
import { acceptedCuts, acceptedFlags, fault } from "../support/decoding.js";
import { encoded, needsExactly, refused } from "../support/encoding.js";

const SUBSCRIPTIONS: readonly Subscription[] = [
  { filter: "a/+", qos: 2, noLocal: true, retainAsPublished: true, retainHandling: 2 },
  { filter: "$share/g/t", qos: 1, noLocal: false, retainAsPublished: false, retainHandling: 0 },
];

const TWO_5 = bytes(
  "82 19", // SUBSCRIBE, Remaining Length 25
  "00 0A", // Packet Identifier 10
  "03 0B C1 02", // Subscription Identifier 321
  "00 03 'a/+' 2E", // Retain Handling 2, Retain As Published, No Local, QoS 2
  "00 0A '$share/g/t' 01", // QoS 1
);

const TWO_4 = bytes("82 15", "00 0A", "00 03 'a/+' 02", "00 0A '$share/g/t' 01");

function encode(version: 4 | 5, subscriptions: readonly Subscription[], properties?: SubscribeProperties): string {
  return hex(encoded((writer) => encodeSubscribe(writer, version, 10, subscriptions, properties), 70_000));
}

function decode(packet: Uint8Array, version: 4 | 5): Subscription[] {
  const received = new ReceivedPacket(packet);
  received.version = version;
  received.open(packet[0] ?? 0, 2, packet.length);
  const subscriptions = decodeSubscribe(received);
  deepEqual([received.fault, received.identifier], [0, 10]);
  return subscriptions;
}

test("filters with their options, in their order (MQTT-3.8.1-1)", () => {
  equal(encode(5, SUBSCRIPTIONS, { subscriptionIdentifier: 321 }), hex(TWO_5));
  deepEqual(decode(TWO_5, 5), SUBSCRIPTIONS);
});

test("in MQTT 3.1.1 only the QoS counts", () => {
  equal(encode(4, SUBSCRIPTIONS, { subscriptionIdentifier: 321 }), hex(TWO_4));
  deepEqual(decode(TWO_4, 4).map(({ filter, qos }) => [filter, qos]), [["a/+", 2], ["$share/g/t", 1]]);
});

test("options left out are 0", () => {
  equal(encode(5, [{ filter: "#" }]), hex(bytes("82 07 00 0A 00 00 01 '#' 00")));
  equal(encode(4, [{ filter: "#" }]), hex(bytes("82 06 00 0A 00 01 '#' 00")));
});

test("all options; the reserved bits stay 0 (MQTT-3.8.3-5)", () => {
  for (const qos of [0, 1, 2] as const)
    for (const noLocal of [false, true])
      for (const retainAsPublished of [false, true])
        for (const retainHandling of [0, 1, 2] as const) {
          const subscription: Subscription = { filter: "t", qos, noLocal, retainAsPublished, retainHandling };
          const packet = encoded((writer) => encodeSubscribe(writer, 5, 10, [subscription]));
          equal(packet.at(-1), qos | (noLocal ? 4 : 0) | (retainAsPublished ? 8 : 0) | (retainHandling << 4));
          deepEqual(decode(packet, 5), [subscription]);
        }
});

test("wrong filters and options are refused (MQTT-3.8.3-1, MQTT-3.8.3-4, MQTT-4.7.1-1, MQTT-4.7.3-3, MQTT-4.8.2-1)", () => {
  const wrong = (subscription: object, message: RegExp): void => {
    for (const version of [4, 5] as const) refused(() => encode(version, [{ filter: "ok" }, { filter: "t", ...subscription }]), message);
  };
  for (const filter of ["", undefined, 5]) wrong({ filter }, /^topic filter ".*" must be a string with \+ and # alone/);
  for (const filter of ["a#", "a/#/b"]) wrong({ filter }, /^topic filter ".+" must be a string with \+ and # alone/);
  wrong({ filter: "$share//t" }, /^topic filter "\$share\/\/t" must be .* a filter behind \$share\/name\/$/);
  for (const filter of ["\0", "a/\ud800"]) wrong({ filter }, /^topic filter must be free of NUL characters and lone surrogates$/);
  wrong({ filter: "é".repeat(32_768) }, /^topic filter must be at most 65535 bytes long$/);
  for (const qos of [3, -1, 0.5, "1", null]) if (qos !== null) wrong({ qos }, /^qos must be a whole number from 0 to 2$/);
  wrong({ filter: "$share/g/t", noLocal: true }, /^noLocal must be false for a shared subscription$/);
  for (const retainHandling of [3, -1, "1"])
    refused(() => encode(5, [{ filter: "t", retainHandling: retainHandling as 0 }]), /^retainHandling must be a whole number from 0 to 2$/);
});

test("there is at least one filter (MQTT-3.8.3-2)", () => {
  refused(() => encode(5, []), /^SUBSCRIBE must be for one topic filter or more$/);
  equal(fault(bytes("82 03 00 0A 00"), 5, decodeSubscribe), 0x81);
  equal(fault(bytes("82 02 00 0A"), 4, decodeSubscribe), 0x81);
});

test("wrong properties are refused", () => {
  refused(() => encode(5, SUBSCRIPTIONS, { subscriptionIdentifier: 0 }), /^subscriptionIdentifier must be a whole number from 1 to 268435455$/);
  refused(() => encode(5, SUBSCRIPTIONS, { reasonString: "x" } as object), /^properties\.reasonString must be left out of SUBSCRIBE$/);
});

test("a buffer that is too small is told by how much", () => {
  for (const version of [4, 5] as const) {
    needsExactly((writer) => encodeSubscribe(writer, version, 10, SUBSCRIPTIONS, { subscriptionIdentifier: 321 }));
    for (const length of [119, 120, 121, 122, 123, 124]) needsExactly((writer) => encodeSubscribe(writer, version, 10, [{ filter: "f".repeat(length) }]));
  }
});

test("every truncation is malformed, but for one between two filters", () => {
  deepEqual(acceptedCuts(TWO_5, 5, decodeSubscribe), [12]);
  deepEqual(acceptedCuts(TWO_4, 4, decodeSubscribe), [8]);
});

test("reserved options, QoS 3 and Retain Handling 3 are malformed (MQTT-3.8.3-5)", () => {
  for (let options = 0; options < 256; options++) {
    const five = bytes("82 07 00 0A 00 00 01 't' 00");
    const four = bytes("82 06 00 0A 00 01 't' 00");
    five[8] = four[7] = options;
    equal(fault(five, 5, decodeSubscribe), options < 0x40 && (options & 3) < 3 && (options & 0x30) < 0x30 ? 0 : 0x81, `options ${options}`);
    equal(fault(four, 4, decodeSubscribe), options < 3 ? 0 : 0x81, `QoS ${options}`);
  }
});

test("identifier 0, wrong flags and wrong UTF-8", () => {
  equal(fault(bytes("82 07 00 00 00 00 01 't' 00"), 5, decodeSubscribe), 0x82);
  deepEqual(acceptedFlags(TWO_5, 5, decodeSubscribe), [2]);
  deepEqual(acceptedFlags(TWO_4, 4, decodeSubscribe), [2]);
  equal(fault(bytes("82 07 00 0A 00 00 01 00 00"), 5, decodeSubscribe), 0x81);
  equal(fault(bytes("82 0B 00 0A 04 0B 01 0B 02 00 01 't' 00"), 5, decodeSubscribe), 0x82, "two Subscription Identifiers");
});
