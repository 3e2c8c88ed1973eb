/** The server's Receive Maximum (MQTT 5.0, 3.3.4, 4.9). The client's own is in publish-receiving.test.ts. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { authenticate } from "../../src/protocol/connection/authenticating.js";
import { Published } from "../../src/protocol/connection/publishing.js";
import { Publication } from "../../src/protocol/session/publication.js";
import { connected, sentNothing, subject } from "../client/network.js";
import { ScriptedBroker as ScriptedServer } from "../client/scripted-broker.js";
import { LASTING, ScriptedBroker, type ScriptOptions } from "../protocol/support/scripted-broker.js";

const PUBLISH = (topic: string, identifier: number, first = "32"): string => `${first} 06 00 01 '${topic}' 00 0${identifier} 00`;

/** The server takes this many at once. */
const limited = (receiveMaximum: number, options: ScriptOptions = {}): ScriptedBroker => ScriptedBroker.connected(options, `21 00 0${receiveMaximum}`);

/** No publication at QoS 1 or 2 may be sent now. */
function exhausted(broker: ScriptedBroker): void {
  for (const qos of [1, 2]) {
    equal(broker.publish("x", qos), Published.BLOCKED);
    equal(broker.publish(new Publication("x", qos, false)), Published.BLOCKED);
  }
  broker.expectNothing();
}

test("[MQTT-3.3.4-7] of five publications two are sent; PUBACK, PUBCOMP and a PUBREC that refuses let the next ones out", async (t) => {
  const bench = await connected(t, {}, { properties: "21 00 02" });
  const { client, link } = bench;
  const calls = (["a", "b", "c", "d", "e"] as const).map((topic, i) => client.publish(topic, "", { qos: i % 2 === 0 ? 2 : 1 }).catch((error: unknown) => error));
  await link.expect(PUBLISH("a", 1, "34"));
  await link.expect(PUBLISH("b", 2));
  await sentNothing(bench);
  // PUBREC frees nothing.
  link.send("50 02 00 01");
  await link.expect("62 02 00 01");
  await sentNothing(bench);
  link.send("70 02 00 01");
  await link.expect(PUBLISH("c", 3, "34"));
  link.send("50 03 00 03 97");
  await link.expect(PUBLISH("d", 4));
  link.send("40 02 00 02");
  await link.expect(PUBLISH("e", 5, "34"));
  link.send("40 02 00 04", "50 02 00 05", "70 02 00 05");
  const settled = await Promise.all(calls);
  deepEqual(settled.map((each) => (each instanceof Error && "reasonCode" in each ? each.reasonCode : each)), [0, 0, 0x97, 0, 0]);
});

test("[MQTT-3.3.4-7] QoS 1 and 2 count together, prepared publications too", () => {
  const broker = limited(2);
  equal(broker.publish(new Publication("a", 1, false)), Published.ACCEPTED);
  equal(broker.publish("b", 2), Published.ACCEPTED);
  broker.expect(PUBLISH("a", 1), PUBLISH("b", 2, "34"));
  exhausted(broker);
});

test("[MQTT-3.3.4-7] a client's prepared topic is held back once its Receive Maximum is exhausted", async (t) => {
  const bench = await connected(t, {}, { properties: "21 00 02" });
  const { client, link } = bench;
  const topic = client.topic("a", { qos: 1 });
  for (let i = 0; i < 4; i++) equal(topic.publish(Uint8Array.of(i)), true);
  await link.expect("32 07 00 01 'a' 00 01 00 00");
  await link.expect("32 07 00 01 'a' 00 02 00 01");
  await sentNothing(bench);
  link.send("40 02 00 02");
  await link.expect("32 07 00 01 'a' 00 03 00 02");
  link.send("40 02 00 01");
  await link.expect("32 07 00 01 'a' 00 04 00 03");
});

test("[MQTT-3.3.4-7] a PUBACK that refuses lets the next one out", () => {
  const broker = limited(1);
  broker.publish("a", 1);
  broker.expect(PUBLISH("a", 1));
  exhausted(broker);
  broker.reply("40 03 00 01 97");
  equal(broker.publish("b", 1), Published.ACCEPTED);
});

test("[MQTT-3.3.4-7] a PUBREC that does not refuse lets nothing out, its PUBCOMP does", () => {
  for (const pubrec of ["50 02 00 01", "50 03 00 01 10"]) {
    const broker = limited(1);
    broker.publish("a", 2);
    broker.expect(PUBLISH("a", 1, "34")).reply(pubrec).expect("62 02 00 01");
    exhausted(broker);
    broker.reply("70 02 00 01");
    equal(broker.publish("b", 2), Published.ACCEPTED);
  }
});

test("[MQTT-3.3.4-7] an exchange that took nothing of it gives nothing back", () => {
  const broker = limited(1);
  broker.publish("a", 1);
  broker.expect(PUBLISH("a", 1)).reply("50 02 00 09").expect("62 03 00 09 92").reply("70 03 00 09 92");
  exhausted(broker);
});

test("[MQTT-3.3.4-7] what is resent counts: on a smaller Receive Maximum it is resent as acknowledgements come", () => {
  const broker = ScriptedBroker.connected(LASTING);
  for (const topic of ["a", "b", "c"]) broker.publish(topic, 1);
  broker.cut().connect().accept(true, "21 00 01").expect(PUBLISH("a", 1, "3A"));
  exhausted(broker);
  broker.reply("40 02 00 01").expect(PUBLISH("b", 2, "3A")).reply("40 02 00 02").expect(PUBLISH("c", 3, "3A"));
  exhausted(broker);
  broker.reply("40 02 00 03");
  equal(broker.publish("d", 1), Published.ACCEPTED);
});

test("[MQTT-3.3.4-7] what was sent before the CONNACK counts", async (t) => {
  const broker = await ScriptedServer.start(t);
  const { client } = subject(t, broker.url, { early: true });
  const calls = ["a", "b"].map((topic) => client.publish(topic, "", { qos: 1 }));
  const link = await broker.accept();
  await link.nextIs("connect");
  await link.expect(PUBLISH("a", 1));
  await link.expect(PUBLISH("b", 2));
  // Less than was sent already: two are to be acknowledged before the third.
  link.greet({ properties: "21 00 01" });
  await client.ready();
  calls.push(client.publish("c", "", { qos: 1 }));
  link.send("40 02 00 01");
  await calls[0];
  await sentNothing({ client, link });
  link.send("40 02 00 02");
  await link.expect(PUBLISH("c", 3));
  link.send("40 02 00 03");
  deepEqual(await Promise.all(calls), [0, 0, 0]);
});

test("[MQTT-3.3.4-8] an exhausted Receive Maximum holds back no other packet", () => {
  const authenticationMethod = "m";
  const broker = limited(1, { keepAlive: 10 });
  broker.publish("a", 2);
  broker.expect(PUBLISH("a", 1, "34"));
  exhausted(broker);
  equal(broker.publish("b", 0), Published.DONE);
  broker.expect("30 04 00 01 'b' 00");
  broker.subscribe("a").expect("82 07 00 02 00 00 01 'a' 00").unsubscribe("a").expect("A2 06 00 03 00 00 01 'a'");
  broker.reply("32 06 00 01 'c' 00 05 00").expect("40 02 00 05");
  broker.reply("34 06 00 01 'c' 00 06 00").expect("50 02 00 06").reply("62 02 00 06").expect("70 02 00 06");
  broker.after(9000).expect("C0 00").reply("50 02 00 01").expect("62 02 00 01");
  exhausted(broker);
  broker.disconnect();
  broker.expect("E0 00");
  const authenticating = ScriptedBroker.connected({ properties: { authenticationMethod } }, "21 00 01 15 00 01 'm'");
  authenticating.publish("a", 1);
  authenticating.expect(PUBLISH("a", 1));
  equal(authenticate(authenticating.client, 0x19, { authenticationMethod }, authenticating.now), true);
  authenticating.expect("F0 06 19 04 15 00 01 'm'");
});

test("[MQTT-3.3.4-8] a PUBREL that is due on the next connection goes out although resent publications exhaust it", () => {
  const broker = ScriptedBroker.connected(LASTING);
  for (const topic of ["a", "b", "c"]) broker.publish(topic, 2);
  broker.reply("50 02 00 03").cut().connect().accept(true, "21 00 01").expect(PUBLISH("a", 1, "3C"), "62 02 00 03");
});

test("[MQTT-3.3.4-8] a client's subscribe and unsubscribe go out behind publications that are held back", async (t) => {
  const { client, link } = await connected(t, {}, { properties: "21 00 01" });
  const calls: Promise<number>[] = ["a", "b"].map((topic) => client.publish(topic, "", { qos: 1 }));
  await link.expect(PUBLISH("a", 1));
  calls.push(client.subscribe("s", () => undefined));
  await link.expect("82 07 00 02 00 00 01 's' 00");
  link.send("90 04 00 02 00 00");
  await calls[2];
  calls.push(client.unsubscribe("s"));
  await link.expect("A2 06 00 03 00 00 01 's'");
  link.send("B0 04 00 03 00 00", "40 02 00 01");
  await link.expect(PUBLISH("b", 4));
  link.send("40 02 00 04");
  deepEqual(await Promise.all(calls), [0, 0, 0, 0]);
});
