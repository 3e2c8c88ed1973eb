/** PUBLISH as this side receives it (MQTT 5.0, 3.3). */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { ConnectionState } from "../../src/protocol/connection/connection.js";
import { Take } from "../../src/protocol/connection/handler.js";
import { connected, sentNothing } from "../client/network.js";
import { bytes, hex } from "../protocol/support/bytes.js";
import { LASTING, ScriptedBroker, type ScriptOptions } from "../protocol/support/scripted-broker.js";

/** Bytes that are no UTF-8 of MQTT's. */
const ILL_FORMED: readonly (readonly [string, string])[] = [
  ["a surrogate", "ED A0 80"], ["the last surrogate", "ED BF BF"], ["NUL", "61 00"], ["NUL in two bytes", "C0 80"], ["a longer form of /", "C1 AF"],
  ["three bytes where two do", "E0 9F BF"], ["four bytes where three do", "F0 8F BF BF"], ["what is beyond U+10FFFF", "F4 90 80 80"],
  ["a character cut short", "61 E2 82"], ["a byte that continues nothing", "61 80"], ["a byte that UTF-8 has not", "FF"],
];

/** Length in two bytes, then the bytes. */
function sized(text: string): string {
  const length = bytes(text).length;
  return `${hex(Uint8Array.of(length >> 8, length))} ${text}`;
}

/** A PUBLISH of these parts. */
function publish(first: string, ...parts: readonly string[]): string {
  const body = bytes(...parts);
  return `${first} ${hex(Uint8Array.of(body.length))} ${hex(body)}`;
}

/** The packet must end the connection with this Reason Code; nothing may be delivered or answered. */
function refused(packet: string, code: string, options: ScriptOptions = {}): void {
  const broker = ScriptedBroker.connected(options).reply(packet).expect("E0 01", code).told(`closed peer 0x${code}`);
  deepEqual(broker.delivered, []);
}

for (const first of ["38", "39"])
  test(`[MQTT-3.3.1-2] DUP 1 at QoS 0, first byte ${first}, is answered with 0x81`, () => {
    refused(publish(first, "00 01 'a' 00"), "81");
    // Its payload would do for an identifier and properties.
    refused(publish(first, "00 01 'a' 00 01 00"), "81");
  });

for (const first of ["36", "37", "3E", "3F"])
  test(`[MQTT-3.3.1-4] QoS 3, first byte ${first}, is answered with 0x81`, () => {
    refused(publish(first, "00 01 'a' 00 01 00"), "81");
  });

test("[MQTT-3.3.1-2][MQTT-3.3.1-4] every other combination of flags is delivered", () => {
  const broker = ScriptedBroker.connected();
  broker.reply("30 04 00 01 'a' 00", "31 04 00 01 'a' 00", "32 06 00 01 'a' 00 01 00", "33 06 00 01 'a' 00 02 00", "34 06 00 01 'a' 00 03 00", "35 06 00 01 'a' 00 04 00");
  broker.reply("3A 06 00 01 'a' 00 05 00", "3B 06 00 01 'a' 00 06 00", "3C 06 00 01 'a' 00 07 00", "3D 06 00 01 'a' 00 08 00");
  broker.told("a QoS 0: ", "a QoS 0 RETAIN: ", "a QoS 1: ", "a QoS 1 RETAIN: ", "a QoS 2: ", "a QoS 2 RETAIN: ",
    "a QoS 1 DUP: ", "a QoS 1 DUP RETAIN: ", "a QoS 2 DUP: ", "a QoS 2 DUP RETAIN: ");
});

for (const [what, text] of ILL_FORMED) {
  test(`[MQTT-3.3.2-1] a topic with ${what} is answered with 0x81, at each QoS, with properties and without`, () => {
    for (const properties of ["00", "02 01 00", "03 23 00 01"]) {
      const options = { properties: { topicAliasMaximum: 1 } };
      refused(publish("30", sized(text), properties, "'x'"), "81", options);
      refused(publish("32", sized(text), "00 01", properties, "'x'"), "81", options);
      refused(publish("34", sized(text), "00 01", properties, "'x'"), "81", options);
    }
  });

  test(`[MQTT-3.3.2-13] a Response Topic with ${what} is answered with 0x81`, () => {
    refused(publish("30", "00 01 'a'", sized(`08 ${sized(text)}`).slice(3)), "81");
  });

  test(`[MQTT-3.3.2-19] a Content Type with ${what} is answered with 0x81`, () => {
    refused(publish("30", "00 01 'a'", sized(`03 ${sized(text)}`).slice(3)), "81");
  });
}

test("[MQTT-3.3.2-1] the topic of a message that comes in pieces is looked at too", () => {
  refused(`30 50 ${sized("'a' ED A0 80")} 00 ${"55 ".repeat(73)}`, "81", { receiveBuffer: 32 });
});

test("[MQTT-3.3.2-1] a topic longer than its packet is answered with 0x81", () => {
  refused("30 04 00 05 'a' 00", "81");
  refused("32 06 00 07 'a' 00 01 00", "81");
});

test("[MQTT-3.3.2-1] no handler is called for an ill-formed topic, and the connection ends with 0x81", async (t) => {
  const { client, link, disconnections } = await connected(t, { reconnect: false });
  let calls = 0;
  for (const filter of ["#", "+", "a"]) {
    const call = client.subscribe(filter, () => {
      calls++;
    });
    const { messageId } = await link.nextIs("subscribe");
    link.sendBytes(Uint8Array.of(0x90, 4, 0, Number(messageId), 0, 0));
    await call;
  }
  link.send("30 05 00 02 'a' FF 00");
  await link.expect("E0 01 81");
  deepEqual([(await disconnections.next()).error.reasonCode, calls], [0x81, 0]);
});

for (const topic of ["a/+", "a/#", "+", "#", "a+b", "+/a", "a/#/b"])
  test(`[MQTT-3.3.2-2] the topic ${topic} is answered with 0x82 and not delivered`, () => {
    for (const properties of ["00", "02 01 00"]) {
      refused(publish("30", sized(`'${topic}'`), properties), "82");
      refused(publish("32", sized(`'${topic}'`), "00 01", properties), "82");
      refused(publish("34", sized(`'${topic}'`), "00 01", properties), "82");
    }
  });

test("[MQTT-3.3.2-2] a topic with a wildcard is not taken for the filter that it equals", async (t) => {
  const { client, link, disconnections } = await connected(t, { reconnect: false });
  let calls = 0;
  const call = client.subscribe("a/+", () => {
    calls++;
  });
  await link.nextIs("subscribe");
  link.send("90 04 00 01 00 00");
  await call;
  link.send("30 06 00 03 'a/+' 00");
  await link.expect("E0 01 82");
  deepEqual([(await disconnections.next()).error.reasonCode, calls], [0x82, 0]);
});

for (const topic of ["r/#", "#", "+/r", "r+"])
  test(`[MQTT-3.3.2-14] the Response Topic ${topic} is answered with 0x82`, () => {
    refused(publish("30", "00 01 'a'", sized(`08 ${sized(`'${topic}'`)}`).slice(3)), "82");
  });

test("[MQTT-3.3.2-13][MQTT-3.3.2-14][MQTT-3.3.2-19] Response Topic and Content Type reach the handler as they were sent", async (t) => {
  const { client, link } = await connected(t);
  const got: unknown[] = [];
  const call = client.subscribe("a", ({ properties }) => void got.push(properties));
  await link.nextIs("subscribe");
  link.send("90 04 00 01 00 00");
  await call;
  link.send("32 14 00 01 'a' 00 01 0E 08 00 05 'r/' E2 82 AC 03 00 03 C3 A4 'b'");
  await link.expect("40 02 00 01");
  deepEqual(got, [{ responseTopic: "r/\u20AC", contentType: "\u00E4b" }]);
});

test("[MQTT-3.3.4-1] QoS 0 is answered with nothing, QoS 1 with PUBACK, QoS 2 with PUBREC, with their identifiers", () => {
  const broker = ScriptedBroker.connected().reply("30 05 00 01 'a' 00 55").expectNothing();
  broker.reply("32 07 00 01 'a' 00 01 00 55").expect("40 02 00 01").reply("32 07 00 01 'a' FF FF 00 55").expect("40 02 FF FF");
  broker.reply("34 07 00 01 'a' 12 34 00 55").expect("50 02 12 34").told("a QoS 0: 55", "a QoS 1: 55", "a QoS 1: 55", "a QoS 2: 55");
});

test("[MQTT-3.3.4-1] a message that nobody takes is answered by its QoS", async (t) => {
  const bench = await connected(t);
  const { link } = bench;
  link.send("30 04 00 01 'a' 00", "32 06 00 01 'a' 00 01 00", "34 06 00 01 'a' 00 02 00");
  await link.expect("40 02 00 01");
  await link.expect("50 02 00 02");
  await sentNothing(bench);
});

test("[MQTT-3.3.4-1] a message in pieces is answered once, after its last byte", () => {
  const broker = ScriptedBroker.connected({ receiveBuffer: 32 }).reply(`32 50 00 01 'a' 00 07 00 ${"55 ".repeat(73)}`).expectNothing().reply("55").expect("40 02 00 07");
  equal(broker.delivered.length, 74);
});

test("[MQTT-3.3.4-1] a message that is answered later has its own identifier in the answer", () => {
  const broker = ScriptedBroker.connected();
  broker.take = (): number => Take.LATER;
  broker.reply("32 06 00 01 'a' 00 07 00", "34 06 00 01 'a' 00 08 00").expectNothing().acknowledge(7).expect("40 02 00 07").acknowledge(8).expect("50 02 00 08");
});

/** A client that takes so many unacknowledged publications. */
const announcing = (receiveMaximum: number, options: ScriptOptions = {}): ScriptedBroker =>
  ScriptedBroker.connected({ receiveMaximum, properties: { receiveMaximum }, ...options });

test("[MQTT-3.3.4-9] the third QoS 2 message without PUBREL exceeds a Receive Maximum of 2: 0x93", () => {
  const broker = announcing(2).reply("34 06 00 01 'a' 00 01 00", "34 06 00 01 'b' 00 02 00").expect("50 02 00 01", "50 02 00 02").told("a QoS 2: ", "b QoS 2: ");
  broker.reply("34 06 00 01 'c' 00 03 00").expect("E0 01 93").told("closed peer 0x93");
});

test("[MQTT-3.3.4-9] QoS 1 messages that the application has not yet acknowledged count, and one more is answered with 0x93", () => {
  for (const third of ["32", "34"]) {
    const broker = announcing(2);
    broker.take = (): number => Take.LATER;
    broker.reply("32 06 00 01 'a' 00 01 00", "34 06 00 01 'b' 00 02 00").expectNothing().told("a QoS 1: ", "b QoS 2: ");
    broker.reply(third, "06 00 01 'c' 00 03 00").expect("E0 01 93").told("closed peer 0x93");
  }
});

test("[MQTT-3.3.4-9] PUBACK, PUBCOMP and a PUBREC that refuses make room again", () => {
  const broker = announcing(1);
  for (let i = 0; i < 3; i++) {
    broker.take = (): number => Take.TAKEN;
    broker.reply("32 06 00 01 'a' 00 01 00").expect("40 02 00 01");
    broker.reply("34 06 00 01 'a' 00 02 00").expect("50 02 00 02").reply("62 02 00 02").expect("70 02 00 02");
    broker.take = (): number => 0x97;
    broker.reply("34 06 00 01 'a' 00 03 00").expect("50 03 00 03 97");
  }
  equal(broker.client.state, ConnectionState.CONNECTED);
});

test("[MQTT-3.3.4-9] QoS 0 does not count, and a message that comes again counts once", () => {
  const broker = announcing(1).reply("34 06 00 01 'a' 00 01 00", "3C 06 00 01 'a' 00 01 00", "30 04 00 01 'b' 00");
  broker.expect("50 02 00 01", "50 02 00 01").told("a QoS 2: ", "b QoS 0: ");
});

test("[MQTT-3.3.4-9] what a resumed session has not finished comes again without exceeding it", () => {
  const broker = announcing(2, { ...LASTING, properties: { ...LASTING.properties, receiveMaximum: 2 } });
  broker.reply("34 06 00 01 'a' 00 01 00", "34 06 00 01 'b' 00 02 00").cut().connect().accept(true);
  broker.reply("3C 06 00 01 'a' 00 01 00", "3C 06 00 01 'b' 00 02 00").expect("50 02 00 01", "50 02 00 02").reply("34 06 00 01 'c' 00 03 00").expect("E0 01 93");
});

test("[MQTT-3.3.4-9] a client announces its Receive Maximum and ends the connection with the broker that exceeds it", async (t) => {
  const { client, link, disconnections } = await connected(t, { properties: { receiveMaximum: 2 }, reconnect: false });
  let calls = 0;
  const call = client.subscribe("a", () => {
    calls++;
    return new Promise(() => undefined);
  });
  await link.nextIs("subscribe");
  link.send("90 04 00 01 00 01");
  await call;
  link.send("32 06 00 01 'a' 00 01 00", "32 06 00 01 'a' 00 02 00", "32 06 00 01 'a' 00 03 00");
  await link.expect("E0 01 93");
  const { error } = await disconnections.next();
  deepEqual([error.kind, error.reasonCode, calls], ["peer", 0x93, 2]);
});
