/** UNSUBSCRIBE and UNSUBACK (MQTT 5.0, 3.10, 3.11). */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { MQTTClient } from "../../src/client/mqtt-client.js";
import { Bench } from "../client/mqtt-client-bench.js";
import { connected, sentNothing, type Connected } from "../client/network.js";
import { mqttError } from "../protocol/support/encoding.js";
import { ScriptedBroker, type ScriptOptions } from "../protocol/support/scripted-broker.js";
import { acceptedCodes } from "./accepted-codes.js";

/** A connection on which these filters, of one character each, were unsubscribed from with identifier 1; the UNSUBSCRIBE is taken. */
function unsubscribing(filters: string, options: ScriptOptions = {}): ScriptedBroker {
  const broker = ScriptedBroker.connected(options).unsubscribe(...Array.from(filters));
  broker.transport.take();
  return broker;
}

/** A client with subscriptions, granted with identifiers from 1 on. */
async function subscribed(t: TestContext, ...filters: readonly string[]): Promise<Connected> {
  const bench = await connected(t);
  for (let i = 1; i <= filters.length; i++) {
    const call = bench.client.subscribe(filters[i - 1] ?? "", () => undefined);
    await bench.link.nextIs("subscribe");
    bench.link.send(`90 04 00 0${i} 00 00`);
    await call;
  }
  return bench;
}

test("[MQTT-3.10.1-1] every UNSUBSCRIBE begins with 0xA2: one filter, several, properties, an identifier of one's own, 3.1.1", () => {
  const broker = ScriptedBroker.connected().unsubscribe("a").expect("A2 06 00 01 00 00 01 'a'").unsubscribe("a", "b").expect("A2 09 00 02 00 00 01 'a' 00 01 'b'");
  broker.reply("B0 04 00 01 00 00", "B0 05 00 02 00 00 00");
  broker.client.unsubscribe(["a"], { userProperty: [["k", "v"]] }, broker.now, 0x1234);
  broker.expect("A2 0D 12 34 07 26 00 01 'k' 00 01 'v' 00 01 'a'");
  ScriptedBroker.connected({ version: 4 }).unsubscribe("a").expect("A2 05 00 01 00 01 'a'");
});

test("[MQTT-3.10.1-1] a client's UNSUBSCRIBE begins with 0xA2, at once and after a reconnection", async (t) => {
  const { client, broker, link, disconnections } = await subscribed(t, "a");
  const call = client.unsubscribe("a");
  await link.expect("A2 06 00 02 00 00 01 'a'");
  link.cut();
  await disconnections.next();
  const again = await broker.welcome({ sessionPresent: true });
  await again.expect("A2 06 00 03 00 00 01 'a'");
  again.send("B0 04 00 03 00 00");
  equal(await call, 0);
});

test("[MQTT-3.10.1-1] an UNSUBSCRIBE of the ECMA-419 class begins with 0xA2", (t) => {
  const bench = new Bench(t, { version: 5 });
  bench.connect();
  bench.write(null, { operation: MQTTClient.UNSUBSCRIBE, items: [{ topic: "a" }, { topic: "b", QoS: 1 }] });
  deepEqual(bench.taken(), ["A2 09 00 01 00 00 01 61 00 01 62"]);
});

test("[MQTT-3.10.3-1] a filter is sent in UTF-8 with its length", () => {
  ScriptedBroker.connected().unsubscribe("\u00E4/\u20AC/\u{1F600}").expect("A2 10 00 01 00", "00 0B C3 A4 2F E2 82 AC 2F F0 9F 98 80");
});

test("[MQTT-3.10.3-1] a filter with NUL or a lone surrogate, alone or among good ones, is refused, and nothing is sent", (t) => {
  for (const filter of ["a\0", "\0", "\uD800", "a/\uDFFF", "\uDC00\uD800", "$share/g/\uD800"]) {
    const broker = ScriptedBroker.connected();
    equal(mqttError(() => broker.unsubscribe(filter)).kind, "configuration");
    equal(mqttError(() => broker.unsubscribe("a", filter, "b")).kind, "configuration");
    broker.expectNothing();
  }
  const bench = new Bench(t, { version: 5 });
  bench.connect();
  equal(mqttError(() => bench.write(null, { operation: MQTTClient.UNSUBSCRIBE, items: [{ topic: "a\0" }] })).kind, "configuration");
  deepEqual(bench.taken(), []);
});

test("[MQTT-3.10.3-1] a client sends nothing for a filter with NUL or a lone surrogate", async (t) => {
  const bench = await subscribed(t, "a");
  const { client } = bench;
  // It has no such subscription, and it says so.
  for (const filter of ["a\0", "\uD800"]) equal(await client.unsubscribe(filter), 0x11);
  await sentNothing(bench);
});

test("[MQTT-3.10.3-2] an UNSUBSCRIBE without a filter is refused, and nothing is sent", (t) => {
  for (const version of [5, 4] as const) {
    const broker = ScriptedBroker.connected({ version });
    equal(mqttError(() => broker.unsubscribe()).kind, "configuration");
    broker.expectNothing();
  }
  const bench = new Bench(t, { version: 5 });
  bench.connect();
  for (const options of [{ items: [] }, {}]) equal(mqttError(() => bench.write(null, { operation: MQTTClient.UNSUBSCRIBE, ...options })).kind, "configuration");
  deepEqual(bench.taken(), []);
});

test("[MQTT-3.10.4-5] an UNSUBACK that says No subscription existed completes the call without an error", async (t) => {
  const { client, link } = await subscribed(t, "a");
  const call = client.unsubscribe("a");
  await link.expect("A2 06 00 02 00 00 01 'a'");
  link.send("B0 04 00 02 00 11");
  equal(await call, 0x11);
});

test("[MQTT-3.10.4-5] an UNSUBACK with another identifier is answered with 0x82, and the call stays pending until its own UNSUBACK", async (t) => {
  const { client, broker, link, disconnections } = await subscribed(t, "a");
  let settled = false;
  const call = client.unsubscribe("a").finally(() => (settled = true));
  await link.expect("A2 06 00 02 00 00 01 'a'");
  link.send("B0 04 00 03 00 00");
  await link.expect("E0 01 82");
  equal((await disconnections.next()).error.reasonCode, 0x82);
  const again = await broker.welcome({ sessionPresent: true });
  await again.expect("A2 06 00 03 00 00 01 'a'");
  equal(settled, false);
  again.send("B0 04 00 03 00 00");
  equal(await call, 0);
});

test("[MQTT-3.10.4-5] an UNSUBACK for what awaits another answer, or for nothing any more, is answered with 0x82", () => {
  for (const identifier of [1, 2]) {
    const broker = ScriptedBroker.connected();
    broker.publish("a", 1);
    broker.subscribe("c").transport.take();
    broker.reply(`B0 04 00 0${identifier} 00 00`).expect("E0 01 82").told("closed peer 0x82");
  }
  unsubscribing("a").reply("B0 04 00 01 00 00", "B0 04 00 01 00 00").expect("E0 01 82").told("UNSUBACK 1", "closed peer 0x82");
});

for (const [id, what, over, whole] of [
  ["MQTT-3.11.2-1", "Reason String", "19 1F 00 16 'xxxxxxxxxxxxxxxxxxxxxx'", "18 1F 00 15 'xxxxxxxxxxxxxxxxxxxxx'"],
  ["MQTT-3.11.2-2", "user property", "19 26 00 01 'k' 00 13 'vvvvvvvvvvvvvvvvvvv'", "18 26 00 01 'k' 00 12 'vvvvvvvvvvvvvvvvvv'"],
] as const)
  test(`[${id}] an UNSUBACK whose ${what} makes it larger than the client's Maximum Packet Size is answered with 0x95`, () => {
    const options = { properties: { maximumPacketSize: 30 } };
    unsubscribing("a", options).reply("B0 1D 00 01", over, "00").expect("E0 01 95").told("closed peer 0x95");
    unsubscribing("a", options).reply("B0 1C 00 01", whole, "00").expectNothing().told("UNSUBACK 1");
  });

test("[MQTT-3.11.3-1] the codes of one UNSUBACK reach the application in the order of its filters", (t) => {
  const bench = new Bench(t, { version: 5 });
  bench.connect();
  bench.write(null, { operation: MQTTClient.UNSUBSCRIBE, items: [{ topic: "a" }, { topic: "b" }, { topic: "c" }] });
  bench.taken();
  bench.socket.receive("B0 0C 00 01", "06 1F 00 03 'why'", "11 87 00");
  deepEqual(bench.only("control").map(({ message }) => message.payload), [[0x11, 0x87, 0]]);
});

test("[MQTT-3.11.3-1] each call of a client gets the code of its own filter, in whatever order UNSUBACKs come", async (t) => {
  const { client, link } = await subscribed(t, "a", "b", "c");
  const calls = ["a", "b"].map((filter) => client.unsubscribe(filter));
  const refused = rejects(client.unsubscribe("c"), { kind: "peer", reasonCode: 0x87 });
  for (let i = 0; i < 3; i++) await link.nextIs("unsubscribe");
  link.send("B0 04 00 06 00 87", "B0 04 00 05 00 11", "B0 04 00 04 00 00");
  deepEqual(await Promise.all(calls), [0, 0x11]);
  await refused;
});

test("[MQTT-3.11.3-2] an UNSUBACK with a code that it has is taken, with any other it is answered with 0x81 or 0x82, wherever it stands", () => {
  const codes = [0, 0x11, 0x80, 0x83, 0x87, 0x8f, 0x91];
  deepEqual(acceptedCodes((code) => unsubscribing("a").reply("B0 04 00 01 00", code)), codes);
  deepEqual(acceptedCodes((code) => unsubscribing("abc").reply("B0 06 00 01 00 00", code, "00")), codes);
  deepEqual(acceptedCodes((code) => unsubscribing("abc").reply("B0 06 00 01 00 00 00", code)), codes);
});

test("[MQTT-3.11.3-2] an UNSUBACK for three filters needs three codes: with two or four it is answered with 0x82, with none with 0x81", () => {
  unsubscribing("abc").reply("B0 05 00 01 00 00 00").expect("E0 01 82").told("closed peer 0x82");
  unsubscribing("abc").reply("B0 07 00 01 00 00 00 00 00").expect("E0 01 82").told("closed peer 0x82");
  unsubscribing("abc").reply("B0 03 00 01 00").expect("E0 01 81").told("closed peer 0x81");
  unsubscribing("abc").reply("B0 06 00 01 00 00 00 00").expectNothing().told("UNSUBACK 1");
});
