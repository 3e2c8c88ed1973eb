/** What a session keeps while its connection lasts, and the byte stream below it (MQTT 5.0, 4.1, 4.2). */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { EventQueue } from "../client/event-queue.js";
import { bytes, hex, join, pattern } from "../protocol/support/bytes.js";
import { chunks } from "../protocol/support/feeding.js";
import { LASTING, ScriptedBroker } from "../protocol/support/scripted-broker.js";
import { established, grant } from "./established.js";

const DAY = 86_400_000;
const NO_EXPIRY = { properties: { sessionExpiryInterval: 0 } };

test("[MQTT-4.1.0-1] a Session Expiry Interval of 0 takes nothing from a connection that lasts: QoS 2 goes on after days, in both directions", () => {
  const broker = ScriptedBroker.connected(NO_EXPIRY);
  broker.publish("a", 2);
  broker.expect("34 06 00 01 'a' 00 01 00").reply("34 06 00 01 'b' 00 09 00").expect("50 02 00 09").after(DAY);
  broker.reply("50 02 00 01").expect("62 02 00 01").reply("3C 06 00 01 'b' 00 09 00").expect("50 02 00 09").after(DAY);
  broker.reply("70 02 00 01", "62 02 00 09").expect("70 02 00 09").told("b QoS 2: ", "PUBREC 1", "settled a", "PUBCOMP 1", "PUBREL 9");
});

test("[MQTT-4.1.0-1] what is asked for and what is with the application stands as long", () => {
  const broker = ScriptedBroker.connected(NO_EXPIRY);
  broker.take = (): number => 2;
  broker.client.subscribe([{ filter: "b" }], undefined, broker.now);
  broker.publish("a", 1);
  broker.reply("32 06 00 01 'b' 00 09 00").after(DAY).expect("82 07 00 01 00 00 01 'b' 00", "32 06 00 01 'a' 00 02 00");
  broker.acknowledge(9).expect("40 02 00 09").reply("90 04 00 01 00 00", "40 02 00 02").told("b QoS 1: ", "SUBACK 1", "settled a", "PUBACK 2");
});

test("[MQTT-4.1.0-2] a server that still has a session past its expiry is believed: what is in flight goes on", () => {
  const broker = ScriptedBroker.connected(LASTING);
  broker.publish("a", 1);
  broker.expect("32 06 00 01 'a' 00 01 00").cut().after(DAY).connect().accept(true).expect("3A 06 00 01 'a' 00 01 00");
});

/** What a server sends behind the CONNACK in the conversation below: one packet of each kind, one with properties, one of two length bytes. */
const STREAM = bytes(
  "32 07 00 01 'a' 00 01 00 55", "30 0C 00 03 'b/c' 05 02 00 00 00 09 66", "34 07 00 01 'a' 00 02 00 77", "62 02 00 02", "D0 00",
  "90 04 00 01 00 00", "50 02 00 02", "70 02 00 02", "40 03 00 03 10", "30 84 01 00 01 'd' 00", "2E ".repeat(128),
);

/** Plays the conversation with the server's bytes in these parts. @returns what the client sent and what its application was told. */
function conversation(parts: readonly Uint8Array[]): string[] {
  const log: string[] = [];
  const broker = new ScriptedBroker({ keepAlive: 60, receiveBuffer: 160 });
  broker.reaction = (line): void => void log.push(line);
  broker.connect().accept(false);
  broker.client.subscribe([{ filter: "#" }], undefined, broker.now);
  broker.publish("x", 2);
  broker.publish("y", 1);
  broker.client.ping(broker.now);
  for (const part of parts) broker.replyBytes(part);
  return [...log, hex(broker.transport.take())];
}

test("[MQTT-4.2.0-1] received bytes may be split at every offset, or all be merged: what comes of them is the same", () => {
  const merged = conversation([STREAM]);
  const dots = "2E ".repeat(128).trimEnd();
  deepEqual(merged.slice(0, -1), [
    "CONNACK", "a QoS 1: 55", "b/c QoS 0: 66", "a QoS 2: 77", "PUBREL 2", "PINGRESP", "SUBACK 1", "PUBREC 2", "settled x", "PUBCOMP 2", "settled y 0x10", "PUBACK 3 0x10", `d QoS 0: ${dots}`,
  ]);
  for (let offset = 1; offset < STREAM.length; offset++) deepEqual(conversation(chunks(STREAM, offset, STREAM.length)), merged, `split at ${offset}`);
  for (let length = 1; length < 20; length++) deepEqual(conversation(chunks(STREAM, length)), merged, `in parts of ${length}`);
});

test("[MQTT-4.2.0-1] a CONNACK may be split at every offset, with the first message behind it", () => {
  const data = bytes("20 06 00 00 03 21 00 05", "32 06 00 01 'a' 00 01 00");
  for (let offset = 1; offset < data.length; offset++) {
    const broker = new ScriptedBroker().connect();
    broker.transport.take();
    for (const part of chunks(data, offset, data.length)) broker.replyBytes(part);
    broker.expect("40 02 00 01").told("CONNACK", "a QoS 1: ");
  }
});

test("[MQTT-4.2.0-1] over TCP, byte by byte and all in one, a handler gets the same messages and the broker the same answers", async (t) => {
  const messages = "32 0A 00 03 'a/b' 00 07 00 '12' 34 07 00 01 'c' 00 08 00 '3' 62 02 00 08 30 05 00 01 'd' 00 '4'";
  const { client, link } = await established(t);
  const got = new EventQueue<string>();
  void client.subscribe("#", { qos: 2 }, (message) => got.push(`${message.topic} ${message.text()}`));
  await grant(link);
  for (const split of [true, false]) {
    if (split) await link.sendSplit(messages);
    else link.send(messages);
    deepEqual([await got.next(), await got.next(), await got.next()], ["a/b 12", "c 3", "d 4"]);
    await link.expect("40 02 00 07");
    await link.expect("50 02 00 08");
    await link.expect("70 02 00 08");
  }
});

test("[MQTT-4.2.0-1] what is sent is the same bytes in the same order, however few the transport takes at a time", () => {
  const payload = pattern(300);
  const sent = (first: number, step: number): string => {
    const broker = ScriptedBroker.connected({ window: first, sendBuffer: 64 });
    const parts: Uint8Array[] = [];
    broker.reply("32 06 00 01 'a' 00 01 00");
    for (const qos of [0, 1, 2]) {
      // Header and identifier at least.
      while (broker.transport.window < 9) broker.drain(step);
      broker.publish("x", qos, payload);
      while (broker.client.left > 0) broker.drain(step);
      parts.push(broker.transport.take());
    }
    return hex(join(...parts));
  };
  const whole = sent(10_000, 1);
  equal(bytes(whole).length, 4 + 307 + 309 + 309);
  for (let step = 1; step < 80; step++) equal(sent(4 + step, step), whole, `in steps of ${step}`);
});
