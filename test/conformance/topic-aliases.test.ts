/** Topic Aliases in both directions (MQTT 5.0, 3.3.2.3.4). */
import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { test } from "node:test";
import { connected, sentNothing } from "../client/network.js";
import { hex } from "../protocol/support/bytes.js";
import { mqttError } from "../protocol/support/encoding.js";
import { LASTING, ScriptedBroker } from "../protocol/support/scripted-broker.js";
import { Publication } from "../../src/protocol/session/publication.js";

/** A connection of a client that takes so many Topic Aliases, whose session lasts. */
const allowing = (topicAliasMaximum: number): ScriptedBroker =>
  ScriptedBroker.connected({ ...LASTING, properties: { ...LASTING.properties, topicAliasMaximum } });

/** An alias in two bytes. */
const word = (alias: number): string => hex(Uint8Array.of(alias >> 8, alias));

/** A QoS 0 PUBLISH to a topic of one character that has an alias. */
const named = (topic: string, alias: number): string => `30 07 00 01 '${topic}' 03 23 ${word(alias)}`;

/** A QoS 0 PUBLISH whose alias stands for the topic. */
const bare = (alias: number): string => `30 06 00 00 03 23 ${word(alias)}`;

/** Publications that are used again, to topics of one character. */
const prepared = (topics: string): Publication[] => Array.from(topics, (topic) => new Publication(topic, 0, false));

/** Announces that so many aliases are taken. */
const maximum = (count: number): string => `22 ${word(count)}`;

test("[MQTT-3.3.2-7] an alias that was given is given anew, with its topic, on the next connection", () => {
  const broker = ScriptedBroker.connected(LASTING, maximum(5));
  const [a] = prepared("a") as [Publication];
  for (let i = 0; i < 2; i++) broker.publish(a);
  broker.expect(named("a", 1), bare(1)).cut().connect().accept(true, maximum(5));
  for (let i = 0; i < 2; i++) broker.publish(a);
  broker.expect(named("a", 1), bare(1));
});

test("[MQTT-3.3.2-7] what is resent has its whole topic and no alias of the last connection", () => {
  const broker = ScriptedBroker.connected(LASTING, maximum(5));
  const again = new Publication("a", 1, false);
  for (let i = 0; i < 2; i++) broker.publish(again);
  broker.expect("32 09 00 01 'a' 00 01 03 23 00 01", "32 08 00 00 00 02 03 23 00 01");
  broker.cut().connect().accept(true, maximum(5)).expect("3A 06 00 01 'a' 00 01 00", "3A 06 00 01 'a' 00 02 00");
});

test("[MQTT-3.3.2-7] a client's prepared topic is sent whole again on the next connection", async (t) => {
  const { client, broker, link } = await connected(t, {}, { properties: maximum(2) });
  const topic = client.topic("a");
  for (let i = 0; i < 2; i++) equal(topic.publish(Uint8Array.of(7)), true);
  await link.expect("30 08 00 01 'a' 03 23 00 01 07");
  await link.expect("30 07 00 00 03 23 00 01 07");
  link.cut();
  const again = await broker.welcome({ sessionPresent: true, properties: maximum(2) });
  await client.ready();
  for (let i = 0; i < 2; i++) equal(topic.publish(Uint8Array.of(7)), true);
  await again.expect("30 08 00 01 'a' 03 23 00 01 07");
  await again.expect("30 07 00 00 03 23 00 01 07");
});

test("[MQTT-3.3.2-7] an alias that the broker gave on the last connection stands for nothing on the next: 0x82", () => {
  for (const sessionPresent of [true, false]) {
    const broker = allowing(2).reply(named("a", 1), bare(1)).told("a QoS 0: ", "a QoS 0: ").cut().connect().accept(sessionPresent);
    broker.reply(named("b", 2), bare(2), bare(1)).expect("E0 01 82").told("b QoS 0: ", "b QoS 0: ", "closed peer 0x82");
  }
});

test("[MQTT-3.3.2-8] the alias 0 is refused, and nothing is sent", async (t) => {
  const properties = { topicAlias: 0 };
  const bench = await connected(t, {}, { properties: maximum(5) });
  const { client } = bench;
  await rejects(client.publish("a", "", { properties }), { name: "MqttError", kind: "configuration" });
  throws(() => client.topic("a", { properties }), { name: "MqttError", kind: "configuration" });
  await sentNothing(bench);
});

test("[MQTT-3.3.2-8] no alias that is given is 0", () => {
  const broker = ScriptedBroker.connected({}, maximum(2));
  for (const publication of prepared("abcab")) broker.publish(publication);
  broker.expect(named("a", 1), named("b", 2), named("c", 1), named("a", 2), named("b", 1));
});

test("[MQTT-3.3.2-8] the alias 0 is answered with 0x94, with a topic and without, whether aliases were allowed or not", () => {
  for (const announced of [5, 0])
    for (const packet of [named("a", 0), bare(0), "32 09 00 01 'a' 00 01 03 23 00 00", "34 09 00 01 'a' 00 01 03 23 00 00"])
      allowing(announced).reply(packet).expect("E0 01 94").told("closed peer 0x94");
});

test("[MQTT-3.3.2-9] aliases stay within the maximum of this connection's CONNACK, also when the last one's was larger", () => {
  const broker = ScriptedBroker.connected({ ...LASTING, topicAliases: 10 }, maximum(10));
  const topics = prepared("abcdefghij");
  for (const topic of topics) broker.publish(topic);
  broker.expect(...Array.from("abcdefghij", (topic, i) => named(topic, i + 1)));
  broker.cut().connect().accept(true, maximum(2));
  for (const topic of topics) broker.publish(topic);
  broker.expect(...Array.from("abcdefghij", (topic, i) => named(topic, 1 + (i % 2))));
});

test("[MQTT-3.3.2-9] no alias is sent where the CONNACK allows none, or says nothing", () => {
  for (const connack of [maximum(0), ""]) {
    const broker = ScriptedBroker.connected(LASTING, maximum(10));
    const [a] = prepared("a") as [Publication];
    broker.publish(a);
    broker.expect(named("a", 1)).cut().connect().accept(true, connack);
    for (let i = 0; i < 2; i++) broker.publish(a);
    broker.expect("30 04 00 01 'a' 00", "30 04 00 01 'a' 00");
  }
});

test("[MQTT-3.3.2-9] an alias of the application's own choice above the maximum is refused, and nothing is sent", () => {
  const broker = ScriptedBroker.connected(LASTING, maximum(10));
  broker.publish("a", 0, "", { topicAlias: 10 });
  broker.expect(named("a", 10)).cut().connect().accept(true, maximum(2));
  for (const topicAlias of [3, 10]) equal(mqttError(() => broker.publish("a", 0, "", { topicAlias })).reasonCode, 0x94);
  broker.expectNothing().publish("a", 0, "", { topicAlias: 2 });
  broker.expect(named("a", 2));
});

test("[MQTT-3.3.2-9] what waits to be resent with an alias above the new maximum is settled with 0x94, not sent", () => {
  const broker = ScriptedBroker.connected(LASTING, maximum(10));
  broker.publish("a", 1, "", { topicAlias: 10 });
  broker.expect("32 09 00 01 'a' 00 01 03 23 00 0A").cut().connect().accept(true, maximum(2)).expectNothing().told("settled a 0x94");
});

test("[MQTT-3.3.2-10] every alias from 1 to the announced maximum is accepted", () => {
  const broker = allowing(10);
  const topics = Array.from("abcdefghij");
  broker.reply(...topics.map((topic, i) => named(topic, i + 1))).told(...topics.map((topic) => `${topic} QoS 0: `));
  broker.reply(...topics.map((_, i) => bare(i + 1))).told(...topics.map((topic) => `${topic} QoS 0: `));
});

test("[MQTT-3.3.2-10] an alias stands for its topic at each QoS, and for another once it was given that", () => {
  const broker = allowing(1).reply(named("a", 1), "32 08 00 00 00 01 03 23 00 01", "34 08 00 00 00 02 03 23 00 01", named("b", 1), bare(1));
  broker.told("a QoS 0: ", "a QoS 1: ", "a QoS 2: ", "b QoS 0: ", "b QoS 0: ");
});

test("[MQTT-3.3.2-10] handlers get the topic that an alias stands for", async (t) => {
  const { client, link } = await connected(t, { properties: { topicAliasMaximum: 2 } });
  const got: string[] = [];
  for (const filter of ["a/b", "+/c"]) {
    const call = client.subscribe(filter, (message) => void got.push(`${filter}: ${message.topic}`));
    const { messageId } = await link.nextIs("subscribe");
    link.sendBytes(Uint8Array.of(0x90, 4, 0, Number(messageId), 0, 0));
    await call;
  }
  link.send("30 09 00 03 'a/b' 03 23 00 01", "30 09 00 03 'a/c' 03 23 00 02", bare(1), bare(2), "32 06 00 01 'x' 00 01 00");
  await link.expect("40 02 00 01");
  deepEqual(got, ["a/b: a/b", "+/c: a/c", "a/b: a/b", "+/c: a/c"]);
});

test("[MQTT-3.3.2-11] an alias above the announced maximum is answered with 0x94, with a topic and without", () => {
  for (const [announced, alias] of [[65_534, 65_535], [10, 11], [1, 2], [1, 256], [255, 256]] as const)
    for (const packet of [named("a", alias), bare(alias), `32 09 00 01 'a' 00 01 03 23 ${word(alias)}`])
      allowing(announced).reply(packet).expect("E0 01 94").told("closed peer 0x94");
});

test("[MQTT-3.3.2-11] the largest maximum takes the largest alias", () => {
  allowing(65_535).reply(named("a", 65_535), bare(65_535)).told("a QoS 0: ", "a QoS 0: ");
});

test("[MQTT-3.3.2-11] a client that announced no maximum takes no alias: 0x94", async (t) => {
  const { link, disconnections } = await connected(t, { reconnect: false });
  link.send(named("a", 1));
  await link.expect("E0 01 94");
  equal((await disconnections.next()).error.reasonCode, 0x94);
});
