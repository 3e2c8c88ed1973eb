import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { bytes, hex, join, pattern } from "../support/bytes.js";
import { chunks, holding, Reception } from "../support/feeding.js";

const PUBACK = bytes("40 04 00 07 10 00");
const SUBACK = bytes("90 0A", "00 08", "06 1F 00 03 'why'", "01");
const PINGRESP = bytes("D0 00");
const PUBLISH = bytes(
  "32 0F", // PUBLISH, QoS 1
  "00 03 'a/b'", // Topic Name
  "00 09", // Packet Identifier
  "04 03 00 01 'x'", // Content Type
  "01 02 03",
);

const PUBACK_LINE = 'PUBACK 7 {} 16';
const SUBACK_LINE = 'SUBACK 8 {"reasonString":"why"} 0';
const PINGRESP_LINE = "PINGRESP 0 {} 0";
const PUBLISH_LINE = 'PUBLISH 9 {"contentType":"x"} a/b 1 3: 01 02 03';

/** A PUBLISH with a header of 14 bytes and a payload of 100 to 16,000. */
function largePublish(count: number): Uint8Array {
  const remaining = 11 + count;
  return join(bytes("34"), Uint8Array.of(0x80 | (remaining & 0x7f), remaining >> 7), bytes("00 03 'a/b'", "00 0A", "03 23 00 05"), pattern(count));
}

const largeLine = (count: number): string => `PUBLISH 10 {"topicAlias":5} a/b 2 ${count}: ${hex(pattern(count))}`;

/** Feeds chunks to a new receiver. */
function receive(bufferLength: number, ...parts: readonly Uint8Array[]): Reception {
  const reception = new Reception(bufferLength);
  for (const part of parts) if (!reception.feed(part)) break;
  return reception;
}

test("a packet at once, and one byte by byte", () => {
  for (const [packet, line] of [[PUBACK, PUBACK_LINE], [SUBACK, SUBACK_LINE], [PINGRESP, PINGRESP_LINE], [PUBLISH, PUBLISH_LINE]] as const) {
    deepEqual(receive(32, packet).packets, [line]);
    const reception = new Reception(32);
    for (const [i, byte] of chunks(packet, 1).entries()) {
      deepEqual(reception.packets, [], `nothing before byte ${i}`);
      reception.feed(byte);
    }
    deepEqual(reception.packets, [line]);
  }
});

test("packets back to back, at every split and byte by byte (MQTT-4.2.0-1)", () => {
  const all = join(PUBACK, PUBLISH, PINGRESP, SUBACK, PUBLISH, PUBACK);
  const lines = [PUBACK_LINE, PUBLISH_LINE, PINGRESP_LINE, SUBACK_LINE, PUBLISH_LINE, PUBACK_LINE];
  for (const bufferLength of [17, 18, 20, 32, all.length, 512]) {
    for (let split = 0; split <= all.length; split++)
      deepEqual(receive(bufferLength, all.subarray(0, split), all.subarray(split)).packets, lines, `split at ${split} with ${bufferLength}`);
    for (let length = 1; length < all.length; length++) deepEqual(receive(bufferLength, ...chunks(all, length)).packets, lines, `chunks of ${length}`);
  }
});

test("a packet that fits the buffer is waited for as a whole, wherever it begins", () => {
  for (const bufferLength of [PUBLISH.length, PUBLISH.length + 1, 64])
    for (let split = 0; split < PUBLISH.length; split++) {
      const reception = receive(bufferLength, join(PUBACK, PUBLISH.subarray(0, split)));
      deepEqual(reception.packets, [PUBACK_LINE]);
      reception.feed(PUBLISH.subarray(split));
      deepEqual(reception.packets, [PUBACK_LINE, PUBLISH_LINE]);
      deepEqual(reception.pieces, [[3]]);
    }
});

test("a PUBLISH one byte larger than the buffer comes in pieces, one as large as it does not", () => {
  const large = largePublish(117);
  deepEqual(receive(large.length, large).pieces, [[117]]);
  const reception = receive(large.length - 1, large);
  deepEqual(reception.pieces, [[116, 1]]);
  deepEqual(reception.packets, [largeLine(117)]);
});

test("a larger PUBLISH comes in pieces that make up its payload, for every chunking", () => {
  const data = join(PUBACK, largePublish(120), PUBLISH, largePublish(140), SUBACK);
  const lines = [PUBACK_LINE, largeLine(120), PUBLISH_LINE, largeLine(140), SUBACK_LINE];
  for (const bufferLength of [17, 18, 31, 64, 130]) {
    for (let length = 1; length <= 160; length++) deepEqual(receive(bufferLength, ...chunks(data, length)).packets, lines, `chunks of ${length} into ${bufferLength}`);
    for (let split = 0; split <= data.length; split++)
      deepEqual(receive(bufferLength, data.subarray(0, split), data.subarray(split)).packets, lines, `split at ${split} into ${bufferLength}`);
  }
});

test("pieces are as large as what arrived and the room behind the header", () => {
  // The header takes 14 of 32 bytes.
  deepEqual(receive(32, largePublish(118)).pieces, [[18, 18, 18, 18, 18, 18, 10]]);
  deepEqual(receive(32, ...chunks(largePublish(118), 20, 7, 40)).pieces, [[6, 7, 18, 18, 4, 18, 18, 4, 18, 7]]);
});

test("one byte of room behind the header is enough", () => {
  const reception = receive(15, join(largePublish(120), PUBACK));
  equal(reception.pieces[0]?.length, 120);
  deepEqual(reception.packets, [largeLine(120), PUBACK_LINE]);
});

test("a payload of many buffers", () => {
  deepEqual(receive(100, ...chunks(largePublish(16_000), 1460)).packets, [largeLine(16_000)]);
});

test("a header that leaves no room for payload is Packet too large", () => {
  for (const bufferLength of [14, 13, 10, 7, 5]) deepEqual(receive(bufferLength, largePublish(120)).packets, ["PUBLISH fault 149"], String(bufferLength));
  // A topic of 300 bytes is refused as soon as its length is known.
  deepEqual(receive(64, bytes("30 B0 09 01 2C 't'")).packets, ["PUBLISH fault 149"]);
  // So are properties of 300 bytes.
  deepEqual(receive(64, bytes("30 B0 09 00 01 't' AC 02")).packets, ["PUBLISH fault 149"]);
});

test("any other packet larger than the buffer is Packet too large", () => {
  for (const [packet, name] of [[SUBACK, "SUBACK"], [PUBACK, "PUBACK"]] as const)
    for (const parts of [[packet], chunks(packet, 1)]) {
      deepEqual(receive(packet.length - 1, ...parts).packets, [`${name} fault 149`]);
      equal(receive(packet.length, ...parts).packets.length, 1);
    }
  deepEqual(receive(64, bytes("20 FF FF FF 7F")).packets, ["CONNACK fault 149"]);
});

test("packets above the Maximum Packet Size are refused (MQTT-3.1.2-24)", () => {
  const publish = largePublish(120);
  for (const [limit, expected] of [[publish.length, largeLine(120)], [publish.length - 1, "PUBLISH fault 149"], [3, "PUBLISH fault 149"]] as const)
    for (const bufferLength of [32, 256]) {
      const reception = new Reception(bufferLength);
      reception.receiver.maximumPacketSize = limit;
      reception.feed(publish);
      deepEqual(reception.packets, [expected]);
    }
  const least = new Reception(64);
  least.receiver.maximumPacketSize = 1;
  least.feed(PINGRESP);
  deepEqual(least.packets, ["PINGRESP fault 149"]);
  const reception = new Reception(64);
  reception.receiver.maximumPacketSize = 6;
  reception.feed(join(PUBACK, SUBACK));
  deepEqual(reception.packets, [PUBACK_LINE, "SUBACK fault 149"]);
});

test("the Maximum Packet Size is judged as soon as the Remaining Length is there", () => {
  const reception = new Reception(64);
  reception.receiver.maximumPacketSize = 100;
  reception.feed(bytes("30 63"));
  deepEqual(reception.packets, ["PUBLISH fault 149"]);
});

test("the longest packet of MQTT is begun", () => {
  const reception = receive(32, join(bytes("30 FF FF FF 7F", "00 01 't'", "00"), pattern(50)));
  deepEqual(reception.packets, []);
  equal(reception.receiver.byteLength, 268_435_455 - 4);
  deepEqual(reception.pieces, [[23, 23, 4]]);
});

test("a Remaining Length of five bytes, or longer than needed, is malformed (MQTT-1.5.5-1)", () => {
  for (const packet of ["D0 80 80 80 80 01", "D0 FF FF FF FF 7F", "D0 80 80 80 80", "D0 80 00", "D0 81 00", "40 82 80 00 00 01", "D0 80 80 80 00"])
    for (const parts of [[bytes(packet)], chunks(bytes(packet), 1)]) deepEqual(receive(32, ...parts).packets, [`${packet.startsWith("D") ? "PINGRESP" : "PUBACK"} fault 129`], packet);
  deepEqual(receive(32, bytes("C0 80 00")).packets, ["PINGREQ fault 129"], "before it is judged who sends such a packet");
  for (const packet of ["D0 80", "D0 80 80 80"]) deepEqual(receive(32, bytes(packet)).packets, [], packet);
});

test("a malformed packet is a fault, those before it are not", () => {
  deepEqual(receive(64, join(PUBACK, bytes("41 02 00 01"), PUBACK)).packets, [PUBACK_LINE, "PUBACK fault 129"]);
});

test("the header of a larger PUBLISH is checked before its first piece", () => {
  const wrong = largePublish(120);
  wrong[0] = 0x36;
  deepEqual(receive(32, wrong).packets, ["PUBLISH fault 129"]);
  const wildcard = largePublish(120);
  wildcard[6] = 0x23;
  deepEqual(receive(32, ...chunks(wildcard, 1)).packets, ["PUBLISH fault 130"]);
  const alias = largePublish(120);
  alias[13] = 0;
  deepEqual(receive(32, alias).packets, ["PUBLISH fault 148"]);
  // The header says it is longer than the packet: a Property Length of 16 in a packet with 4 bytes left for it.
  deepEqual(receive(24, bytes("30 17 00 0E 'abcdefghijklmn' 10 01 01 03 00 00 00")).packets, ["PUBLISH fault 149"]);
});

test("MQTT 3.1.1 has no properties, in pieces neither", () => {
  const reception = new Reception(32, 4);
  const packet = join(bytes("32 85 01", "00 03 'a/b'", "00 0A"), pattern(126));
  for (const part of chunks(join(packet, bytes("40 02 00 07")), 5)) reception.feed(part);
  deepEqual(reception.packets, [`PUBLISH 10 {} a/b 1 126: ${hex(pattern(126))}`, "PUBACK 7 {} 0"]);
});

test("in MQTT 3.1.1 the first byte of a payload may be 0, where MQTT 5.0 has an empty property list", () => {
  const reception = new Reception(32, 4);
  reception.feed(bytes("30 05 00 01 't' 00 07"));
  deepEqual(reception.packets, ["PUBLISH 0 {} t 0 2: 00 07"]);
});

test("a Topic Name that is longer than its packet is malformed", () => {
  deepEqual(receive(32, bytes("30 04 01 01 't' 00")).packets, ["PUBLISH fault 129"]);
});

test("the packet behind one in pieces is whole", () => {
  const reception = receive(32, largePublish(120), bytes("30 05 00 01 't' 00 'x'"));
  equal(reception.receiver.text(), "x");
});

test("the header of a larger PUBLISH alone is no piece: that needs a byte of payload", () => {
  const large = largePublish(120);
  deepEqual(receive(32, large.subarray(0, 14), large.subarray(14, 20)).pieces, [[6]]);
});

test("a PUBLISH without a payload is a packet (the usual way to clear a retained message)", () => {
  deepEqual(receive(64, join(bytes("31 04 00 01 't' 00"), PUBACK)).packets, ["PUBLISH 0 {} t 0 retain 0: ", PUBACK_LINE]);
});

test("space is what is left of the buffer, and no more than asked for", () => {
  const { receiver, buffer } = new Reception(32);
  deepEqual([receiver.space(100).length, receiver.space(5).length], [32, 5]);
  receiver.filled += 5;
  deepEqual([receiver.space(100).length, receiver.space(100).byteOffset - buffer.byteOffset], [27, 5]);
});

test("what waits is moved to the front before more is taken", () => {
  const { receiver, buffer } = new Reception(32);
  receiver.space(9).set(join(PUBACK, bytes("40 02 00")));
  receiver.filled += 9;
  equal(receiver.next(), true);
  equal(receiver.next(), false);
  const space = receiver.space(100);
  deepEqual([space.byteOffset - buffer.byteOffset, space.length, hex(buffer.subarray(0, 3))], [3, 29, "40 02 00"]);
});

test("a space of the same place and length is the same view: reading allocates nothing", () => {
  const { receiver } = new Reception(64);
  const first = receiver.space(6);
  for (let i = 0; i < 10; i++) {
    const space = receiver.space(6);
    ok(space === first);
    space.set(PUBACK);
    receiver.filled += 6;
    equal(receiver.next(), true);
    equal(receiver.identifier, 7);
    equal(receiver.next(), false);
  }
  receiver.space(2);
  receiver.filled += 2;
  const later = receiver.space(4);
  equal(later.byteOffset, first.byteOffset + 2);
  ok(receiver.space(4) === later);
  for (const length of [1, 2, 3, 4, 5, 6, 7]) equal(receiver.space(length).length, length);
});

test("a receiver in the middle of a larger buffer stays in its part", () => {
  const whole = new Uint8Array(96).fill(0xee);
  const reception = new Reception(whole.subarray(32, 64));
  for (const part of chunks(join(largePublish(120), SUBACK), 11)) reception.feed(part);
  deepEqual(reception.packets, [largeLine(120), SUBACK_LINE]);
  ok(whole.every((byte, i) => (i >= 32 && i < 64) || byte === 0xee));
});

test("a topic is that of a filter without wildcards, or of another: no byte may differ", () => {
  const view = (text: string): DataView => new DataView(join(Uint8Array.of(0, text.length), bytes(`'${text}'`)).buffer);
  for (const topic of ["a", "abc", "abcde", "abcdef", "abcdefghijklmn", "abcdefghijklmno", "abcdefghijklmnopqrstuvwxyz"]) {
    const receiver = holding(64, join(Uint8Array.of(0x30, topic.length + 3, 0, topic.length), bytes(`'${topic}'`, "00")));
    const isTopic = (text: string): boolean => {
      receiver.topicChecked = false;
      const is = receiver.topicIs(view(text));
      equal(receiver.topicChecked, is, "a topic that a good filter has is good");
      return is;
    };
    equal(isTopic(topic), true);
    for (let i = 0; i < topic.length; i++) equal(isTopic(`${topic.slice(0, i)}X${topic.slice(i + 1)}`), false, `byte ${i} of ${topic}`);
    for (const other of [`${topic}x`, topic.slice(0, -1)]) equal(isTopic(other), false);
  }
});

test("a topic is compared where the buffer is a part of another", () => {
  const { receiver } = new Reception(new Uint8Array(64).subarray(5, 40));
  const data = bytes("30 08 00 05 'abcde' 00");
  receiver.space(data.length).set(data);
  receiver.filled += data.length;
  ok(receiver.next());
  equal(receiver.topicIs(new DataView(bytes("00 05", "'abcde'").buffer)), true);
});

test("the topic that an alias stands for is compared, not what the buffer begins with", () => {
  const receiver = holding(64, bytes("30 07 00 00", "03 23 00 01", "'x'"));
  receiver.aliased = bytes("'abcde'");
  receiver.topicStart = 0;
  receiver.topicEnd = 5;
  equal(receiver.topicIs(new DataView(bytes("00 05", "'abcde'").buffer)), true);
  equal(receiver.topicIs(new DataView(bytes("00 05", "'abcdx'").buffer)), false);
});
