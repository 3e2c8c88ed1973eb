/** What the client does when a server breaks a statement that is the server's to keep, where it can tell. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { test } from "node:test";
import { EventQueue } from "../client/event-queue.js";
import { subject } from "../client/network.js";
import { ScriptedBroker as Broker, type ScriptedLink } from "../client/scripted-broker.js";
import { CONNECT_TIMEOUT, LASTING, PING_TIMEOUT, ScriptedBroker } from "../protocol/support/scripted-broker.js";
import { field, packet } from "./packets.js";

const ignore = (): void => undefined;

/** Subscribes, and is granted QoS 0. @returns topics as the handler gets them. */
async function subscribed(client: ReturnType<typeof subject>["client"], link: ScriptedLink, filter: string): Promise<EventQueue<string>> {
  const topics = new EventQueue<string>();
  const answer = client.subscribe(filter, ({ topic }) => topics.push(topic));
  const { messageId } = await link.nextIs("subscribe");
  link.send(packet("90", "00", String(messageId).padStart(2, "0"), "00 00"));
  equal(await answer, 0);
  return topics;
}

test("[MQTT-3.1.2-2][MQTT-3.1.4-2][MQTT-3.1.4-5][MQTT-4.12.0-4] a server that does not answer a CONNECT is given up", () => {
  const broker = new ScriptedBroker({ properties: { authenticationMethod: "m" } }).connect();
  broker.transport.take();
  broker.after(CONNECT_TIMEOUT - 1).told().after(1).expectNothing().told("closed transport 0x88");
});

test("[MQTT-3.1.2-5][MQTT-3.2.2-3] a session that the server lost shows as Session Present 0: what was in flight is given back", () => {
  const broker = ScriptedBroker.connected(LASTING);
  broker.publish("a", 1);
  broker.cut().connect().accept(false).told("lost a").expectNothing();
});

test("[MQTT-3.1.2-22][MQTT-3.3.4-10] a server that answers no PINGREQ is given up", () => {
  ScriptedBroker.connected({ keepAlive: 1 }).after(1000).expect("C0 00").after(PING_TIMEOUT - 200).told().after(200).told("closed transport 0x8d");
});

test("[MQTT-3.1.2-25] a message above Maximum Packet Size ends the connection, and the next one starts clean", async (t) => {
  const broker = await Broker.start(t);
  subject(t, broker.url, { properties: { maximumPacketSize: 40 } });
  const link = await broker.welcome();
  link.send(packet("32", field("'a'"), "00 01 00", "55 ".repeat(40)));
  await link.expect("E0 01 95");
  equal((await (await broker.accept()).nextIs("connect"))["clean"], true);
});

test("[MQTT-3.1.3-8][MQTT-3.1.4-2][MQTT-3.2.2-7][MQTT-4.12.0-4] a server that refuses and keeps the connection open: the client closes it", async (t) => {
  const broker = await Broker.start(t);
  const { disconnections } = subject(t, broker.url);
  for (const code of ["85", "86"]) {
    const link = await broker.accept();
    await link.nextIs("connect");
    link.send("20 03 00", code, "00");
    deepEqual(await link.closed(), []);
    equal((await disconnections.next()).error.reasonCode, parseInt(code, 16));
  }
});

test("[MQTT-3.1.4-4] a message for a subscription of an earlier run is acknowledged and handed to nobody", async (t) => {
  const broker = await Broker.start(t);
  const { errors } = subject(t, broker.url);
  const link = await broker.welcome();
  link.send(packet("32", field("'a'"), "00 01 00"));
  await link.expect("40 02 00 01");
  deepEqual(errors.left, []);
});

test("[MQTT-3.1.4-6] what followed a CONNECT that was refused is sent again as new", async (t) => {
  const broker = await Broker.start(t);
  const { client } = subject(t, broker.url, { early: true });
  const published = client.publish("a", "", { qos: 2 });
  const first = await broker.accept();
  await first.nextIs("connect");
  await first.nextIs("publish");
  first.send("20 03 00 88 00");
  const second = await broker.welcome();
  await second.expect("34 06", field("'a'"), "00 02 00");
  second.send("50 02 00 02", "70 02 00 02");
  equal(await published, 0);
});

test("[MQTT-3.2.2-9] a server that refuses a publication at a QoS that it did not exclude: the call rejects", async (t) => {
  const broker = await Broker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  const refused = rejects(client.publish("a", "", { qos: 2 }), { kind: "peer", reasonCode: 0x83 });
  await link.nextIs("publish");
  link.send("50 03 00 01 83");
  await refused;
});

test("[MQTT-3.2.2-10] a server that refuses a subscription: the call rejects", async (t) => {
  const broker = await Broker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  const refused = rejects(client.subscribe("a", { qos: 2 }, ignore), { kind: "peer", reasonCode: 0x83 });
  await link.nextIs("subscribe");
  link.send("90 04 00 01 00 83");
  await refused;
});

test("[MQTT-3.3.2-3][MQTT-4.7.3-4] a message that no filter matches is acknowledged and handed to nobody", async (t) => {
  const broker = await Broker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  const topics = await subscribed(client, link, "a/+");
  link.send(packet("32", field("'A/b'"), "00 07 00"), packet("32", field("'a/b'"), "00 08 00"));
  await link.expect("40 02 00 07");
  equal(await topics.next(), "a/b");
});

test("[MQTT-3.3.2-4] a Payload Format Indicator that is neither 0 nor 1 is a Protocol Error", () => {
  ScriptedBroker.connected().reply(packet("30", field("'a'"), "02 01 02")).expect("E0 01 82").told("closed peer 0x82");
});

test("[MQTT-3.8.4-1] a SUBSCRIBE without answer: the next connection asks again, and the call resolves then", async (t) => {
  const broker = await Broker.start(t);
  const { client } = subject(t, broker.url);
  const first = await broker.welcome();
  const answer = client.subscribe("a", { qos: 1 }, ignore);
  await first.nextIs("subscribe");
  first.cut();
  const second = await broker.welcome({ sessionPresent: true });
  await second.expect("82 07 00 02 00", field("'a'"), "01");
  second.send("90 04 00 02 00 01");
  equal(await answer, 1);
});

test("[MQTT-3.8.4-5][MQTT-3.10.4-6] a second answer, or one with another number of codes, is a Protocol Error", () => {
  for (const line of ["90 04 00 01 00 00 90 04 00 01 00 00", "90 05 00 01 00 00 00", "B0 04 00 02 00 00 B0 04 00 02 00 00", "B0 05 00 02 00 00 00"]) {
    const broker = ScriptedBroker.connected();
    broker.client.subscribe([{ filter: "a" }], undefined, broker.now);
    broker.client.unsubscribe(["b"], undefined, broker.now);
    broker.transport.take();
    broker.reply(line).expect("E0 01 82");
    equal(broker.error?.reasonCode, 0x82);
  }
});

test("[MQTT-3.10.4-2] a message for a filter that was removed is acknowledged and handed to nobody", async (t) => {
  const broker = await Broker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  const topics = await subscribed(client, link, "a");
  const answer = client.unsubscribe("a");
  await link.nextIs("unsubscribe");
  link.send("B0 04 00 02 00 00", packet("32", field("'a'"), "00 07 00"));
  await link.expect("40 02 00 07");
  equal(await answer, 0);
  deepEqual(topics.left, []);
});

test("[MQTT-3.10.4-4] an UNSUBSCRIBE without answer: the next connection asks again, and the call resolves then", async (t) => {
  const broker = await Broker.start(t);
  const { client } = subject(t, broker.url);
  const first = await broker.welcome();
  await subscribed(client, first, "a");
  const answer = client.unsubscribe("a");
  await first.nextIs("unsubscribe");
  first.cut();
  const second = await broker.welcome({ sessionPresent: true });
  await second.expect("A2 06 00 03 00", field("'a'"));
  second.send("B0 04 00 03 00 11");
  equal(await answer, 0x11);
});

test("[MQTT-4.7.2-1] a topic that begins with $ is handed to no filter that begins with a wildcard", async (t) => {
  const broker = await Broker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  const all = await subscribed(client, link, "#");
  link.send(packet("32", field("'$SYS/a'"), "00 07 00"), packet("32", field("'b'"), "00 08 00"));
  await link.expect("40 02 00 07");
  equal(await all.next(), "b");
});

test("[MQTT-4.12.0-1] a CONNACK without the Authentication Method that was asked for is a Protocol Error", () => {
  for (const connack of ["20 03 00 00 00", "20 07 00 00 04 15 00 01 'n'"]) {
    const broker = new ScriptedBroker({ properties: { authenticationMethod: "m" } }).connect();
    broker.transport.take();
    broker.reply(connack).expect("E0 01 82").told("closed peer 0x82");
  }
});
