/** SUBSCRIBE and SUBACK (MQTT 5.0, 3.8, 3.9). */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { MQTTClient } from "../../src/client/mqtt-client.js";
import type { SubscribeOptions } from "../../src/client/options.js";
import { Bench } from "../client/mqtt-client-bench.js";
import { connected, sentNothing } from "../client/network.js";
import { hex } from "../protocol/support/bytes.js";
import { mqttError } from "../protocol/support/encoding.js";
import { ScriptedBroker, type ScriptOptions } from "../protocol/support/scripted-broker.js";
import { acceptedCodes } from "./accepted-codes.js";

const REFUSED = { name: "MqttError", kind: "configuration" };
const ignore = (): void => undefined;

/** A connection on which these filters, of one character each, were subscribed to with identifier 1; the SUBSCRIBE is taken. */
function subscribing(filters: string, options: ScriptOptions = {}): ScriptedBroker {
  const broker = ScriptedBroker.connected(options).subscribe(...Array.from(filters));
  broker.transport.take();
  return broker;
}

/** An {@link MQTTClient} of version 5 whose connection stands. */
function classBench(t: TestContext): Bench {
  const bench = new Bench(t, { version: 5 });
  bench.connect();
  return bench;
}

test("[MQTT-3.8.1-1] every SUBSCRIBE begins with 0x82: one filter, several, options, properties, an identifier of one's own, 3.1.1", () => {
  const broker = ScriptedBroker.connected().subscribe("a").expect("82 07 00 01 00 00 01 'a' 00").subscribe("a", "b").expect("82 0B 00 02 00 00 01 'a' 00 00 01 'b' 00");
  broker.reply("90 04 00 01 00 00", "90 05 00 02 00 00 00");
  broker.client.subscribe([{ filter: "a", qos: 2, noLocal: true, retainAsPublished: true, retainHandling: 2 }], { subscriptionIdentifier: 5 }, broker.now, 0x1234);
  broker.expect("82 09 12 34 02 0B 05 00 01 'a' 2E");
  ScriptedBroker.connected({ version: 4 }).subscribe("a").expect("82 06 00 01 00 01 'a' 00");
});

test("[MQTT-3.8.1-1] a client's SUBSCRIBE begins with 0x82: its own, that of a request, the one after a lost session", async (t) => {
  const { client, broker, link } = await connected(t);
  const call = client.subscribe("$share/g/a", { qos: 1 }, ignore);
  await link.expect("82 10 00 01 00 00 0A '$share/g/a' 01");
  link.send("90 04 00 01 00 01");
  await call;
  const request = rejects(client.request("q", "", { responseTopic: "r" }));
  await link.expect("82 07 00 02 00 00 01 'r' 01");
  link.send("90 04 00 02 00 87");
  await request;
  link.cut();
  await (await broker.welcome()).expect("82 10 00 03 00 00 0A '$share/g/a' 01");
});

test("[MQTT-3.8.1-1] a SUBSCRIBE of the ECMA-419 class begins with 0x82", (t) => {
  const bench = classBench(t);
  bench.write(null, { operation: MQTTClient.SUBSCRIBE, items: [{ topic: "a" }, { topic: "b", QoS: 1 }] });
  deepEqual(bench.taken(), ["82 0B 00 01 00 00 01 61 00 00 01 62 01"]);
});

test("[MQTT-3.8.3-1] a filter is sent in UTF-8 with its length", () => {
  ScriptedBroker.connected().subscribe("\u00E4/\u20AC/\u{1F600}").expect("82 11 00 01 00", "00 0B C3 A4 2F E2 82 AC 2F F0 9F 98 80 00");
});

for (const [what, filter] of [["NUL", "a\0"], ["a high surrogate", "\uD800/a"], ["a low surrogate", "a/\uDFFF"], ["surrogates in the wrong order", "\uDC00\uD800"]] as const) {
  test(`[MQTT-3.8.3-1] a filter with ${what} is refused, and nothing is sent`, async (t) => {
    const bench = await connected(t);
    const { client } = bench;
    const filters = [filter, `$share/g/${filter}`, `$share/${filter.replace("/", "")}/t`, `+/${filter}`, `${filter}/#`];
    await Promise.all([...filters.map((each) => rejects(client.subscribe(each, ignore), REFUSED)), sentNothing(bench)]);
  });

  test(`[MQTT-3.8.3-1] a filter with ${what} among good ones is refused, and nothing is sent`, () => {
    const broker = ScriptedBroker.connected();
    equal(mqttError(() => broker.subscribe("a", filter, "b")).kind, "configuration");
    broker.expectNothing();
  });
}

test("[MQTT-3.8.3-2] a SUBSCRIBE without a filter is refused, and nothing is sent", () => {
  for (const version of [5, 4] as const) {
    const broker = ScriptedBroker.connected({ version });
    equal(mqttError(() => broker.subscribe()).kind, "configuration");
    broker.expectNothing();
  }
});

test("[MQTT-3.8.3-2] a SUBSCRIBE of the ECMA-419 class without items is refused, and nothing is sent", (t) => {
  const bench = classBench(t);
  for (const options of [{ items: [] }, {}]) equal(mqttError(() => bench.write(null, { operation: MQTTClient.SUBSCRIBE, ...options })).kind, "configuration");
  deepEqual(bench.taken(), []);
});

test("[MQTT-3.8.3-4] No Local with a shared subscription is refused, and nothing is sent", async (t) => {
  const bench = await connected(t);
  const { client } = bench;
  const filters = ["$share/g/t", "$share/g/#", "$share/\u00E4/+/b"];
  await Promise.all([...filters.map((filter) => rejects(client.subscribe(filter, { noLocal: true }, ignore), REFUSED)), sentNothing(bench)]);
});

test("[MQTT-3.8.3-4] No Local with a shared subscription among others is refused, and nothing is sent", (t) => {
  const broker = ScriptedBroker.connected();
  equal(mqttError(() => broker.client.subscribe([{ filter: "a", noLocal: true }, { filter: "$share/g/t", noLocal: true }], undefined, broker.now)).kind, "configuration");
  broker.expectNothing();
  const bench = classBench(t);
  equal(mqttError(() => bench.write(null, { operation: MQTTClient.SUBSCRIBE, items: [{ topic: "$share/g/t", noLocal: true }] })).kind, "configuration");
  deepEqual(bench.taken(), []);
});

test("[MQTT-3.8.3-4] No Local alone and a shared subscription alone are sent", () => {
  const broker = ScriptedBroker.connected();
  broker.client.subscribe([{ filter: "share", noLocal: true }, { filter: "$share/g/t" }], undefined, broker.now);
  broker.expect("82 18 00 01 00", "00 05 'share' 04", "00 0A '$share/g/t' 00");
});

test("[MQTT-3.8.3-5] in every combination of options the byte of them has bits 6 and 7 zero", async (t) => {
  const { client, link } = await connected(t);
  let identifier = 0;
  for (const qos of [0, 1, 2] as const)
    for (const retainHandling of [0, 1, 2] as const)
      for (const noLocal of [false, true])
        for (const retainAsPublished of [false, true]) {
          const call = client.subscribe("a", { qos, noLocal, retainAsPublished, retainHandling }, ignore);
          const options = qos | (noLocal ? 0x04 : 0) | (retainAsPublished ? 0x08 : 0) | (retainHandling << 4);
          const id = hex(Uint8Array.of(++identifier));
          equal(options & 0xc0, 0);
          await link.expect(`82 07 00 ${id} 00 00 01 'a'`, hex(Uint8Array.of(options)));
          link.send(`90 04 00 ${id} 00 00`);
          await call;
        }
  equal(identifier, 36);
});

test("[MQTT-3.8.3-5] options that would reach bits 6 and 7, or are none, are refused, and nothing is sent", async (t) => {
  const wrong = [{ qos: 3 }, { qos: 0x40 }, { qos: 0x80 }, { qos: -1 }, { qos: 0.5 }, { retainHandling: 3 }, { retainHandling: 4 }, { retainHandling: 8 }, { retainHandling: -1 }];
  const bench = await connected(t);
  const { client } = bench;
  await Promise.all([...wrong.map((options, i) => rejects(client.subscribe(`f${i}`, options as SubscribeOptions, ignore), REFUSED)), sentNothing(bench)]);
});

test("[MQTT-3.8.4-2] a SUBACK with another identifier is answered with 0x82, and the call stays pending until its own SUBACK", async (t) => {
  const { client, broker, link, disconnections } = await connected(t);
  let settled = false;
  const call = client.subscribe("a", ignore).finally(() => (settled = true));
  await link.expect("82 07 00 01 00 00 01 'a' 00");
  link.send("90 04 00 02 00 00");
  await link.expect("E0 01 82");
  equal((await disconnections.next()).error.reasonCode, 0x82);
  const again = await broker.welcome({ sessionPresent: true });
  await again.expect("82 07 00 02 00 00 01 'a' 00");
  equal(settled, false);
  again.send("90 04 00 02 00 00");
  equal(await call, 0);
});

test("[MQTT-3.8.4-2] a SUBACK for what awaits another answer, or for nothing any more, is answered with 0x82", () => {
  for (const identifier of [1, 2, 3]) {
    const broker = ScriptedBroker.connected();
    broker.publish("a", 1);
    broker.publish("b", 2);
    broker.unsubscribe("c").transport.take();
    broker.reply(`90 04 00 0${identifier} 00 00`).expect("E0 01 82").told("closed peer 0x82");
  }
  subscribing("a").reply("90 04 00 01 00 00", "90 04 00 01 00 00").expect("E0 01 82").told("SUBACK 1", "closed peer 0x82");
});

test("[MQTT-3.8.4-2] SUBACKs may come in any order, each for its own SUBSCRIBE", async (t) => {
  const { client, link } = await connected(t);
  const calls = ["a", "b", "c"].map((filter) => client.subscribe(filter, { qos: 2 }, ignore));
  for (let i = 0; i < 3; i++) await link.nextIs("subscribe");
  link.send("90 04 00 03 00 02", "90 04 00 01 00 00", "90 04 00 02 00 01");
  deepEqual(await Promise.all(calls), [0, 1, 2]);
});

test("[MQTT-3.8.4-6] a SUBACK for three filters needs three codes: with two or four it is answered with 0x82", () => {
  subscribing("abc").reply("90 05 00 01 00 00 00").expect("E0 01 82").told("closed peer 0x82");
  subscribing("abc").reply("90 07 00 01 00 00 00 00 00").expect("E0 01 82").told("closed peer 0x82");
  subscribing("abc").reply("90 06 00 01 00 00 00 00").expectNothing().told("SUBACK 1");
});

test("[MQTT-3.8.4-6] a SUBACK without any code is answered with 0x81", () => {
  subscribing("a").reply("90 03 00 01 00").expect("E0 01 81").told("closed peer 0x81");
});

test("[MQTT-3.8.4-7] 00, 01 and 02 are the granted QoS, 87 is a failure: each call is told its own", async (t) => {
  const { client, link } = await connected(t);
  const calls = ["a", "b", "c"].map((filter) => client.subscribe(filter, { qos: 2 }, ignore));
  const refused = rejects(client.subscribe("d", { qos: 2 }, ignore), { kind: "peer", reasonCode: 0x87 });
  for (let i = 0; i < 4; i++) await link.nextIs("subscribe");
  link.send("90 04 00 01 00 00", "90 04 00 02 00 01", "90 04 00 03 00 02", "90 04 00 04 00 87");
  deepEqual(await Promise.all(calls), [0, 1, 2]);
  await refused;
});

test("[MQTT-3.8.4-7][MQTT-3.9.3-1] the codes of one SUBACK reach the application in the order of its filters", (t) => {
  const bench = classBench(t);
  bench.write(null, { operation: MQTTClient.SUBSCRIBE, items: ["a", "b", "c", "d"].map((topic) => ({ topic, QoS: 2 as const })) });
  bench.taken();
  bench.socket.receive("90 0D 00 01", "06 1F 00 03 'why'", "01 87 00 02");
  deepEqual(bench.only("control").map(({ message }) => message.payload), [[1, 0x87, 0, 2]]);
});

for (const [id, what, over, whole] of [
  ["MQTT-3.9.2-1", "Reason String", "19 1F 00 16 'xxxxxxxxxxxxxxxxxxxxxx'", "18 1F 00 15 'xxxxxxxxxxxxxxxxxxxxx'"],
  ["MQTT-3.9.2-2", "user property", "19 26 00 01 'k' 00 13 'vvvvvvvvvvvvvvvvvvv'", "18 26 00 01 'k' 00 12 'vvvvvvvvvvvvvvvvvv'"],
] as const)
  test(`[${id}] a SUBACK whose ${what} makes it larger than the client's Maximum Packet Size is answered with 0x95`, () => {
    const options = { properties: { maximumPacketSize: 30 } };
    subscribing("a", options).reply("90 1D 00 01", over, "00").expect("E0 01 95").told("closed peer 0x95");
    subscribing("a", options).reply("90 1C 00 01", whole, "00").expectNothing().told("SUBACK 1");
  });

test("[MQTT-3.9.3-2] a SUBACK with a code that it has is taken, with any other it is answered with 0x81 or 0x82, wherever it stands", () => {
  const codes = [0, 1, 2, 0x80, 0x83, 0x87, 0x8f, 0x91, 0x97, 0x9e, 0xa1, 0xa2];
  deepEqual(acceptedCodes((code) => subscribing("a").reply("90 04 00 01 00", code)), codes);
  deepEqual(acceptedCodes((code) => subscribing("abc").reply("90 06 00 01 00 00", code, "00")), codes);
  deepEqual(acceptedCodes((code) => subscribing("abc").reply("90 06 00 01 00 00 00", code)), codes);
});
