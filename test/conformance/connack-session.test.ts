/** Session state and Client Identifier over connections (MQTT 5.0, 3.1.2.4, 3.1.2.11.2, 3.1.3.1, 3.2.2.1.1). */
import { deepEqual, equal, notEqual, rejects } from "node:assert/strict";
import { test } from "node:test";
import { subject } from "../client/network.js";
import { ScriptedBroker as Broker } from "../client/scripted-broker.js";
import { LASTING, ScriptedBroker, type ScriptOptions } from "../protocol/support/scripted-broker.js";
import { field } from "./packets.js";

const FRESH: ScriptOptions = { ...LASTING, cleanStart: true };

/** A connection that is lost with exchanges of every kind open: QoS 1, QoS 2, QoS 2 after PUBREC, and a received QoS 2. */
function interrupted(options = LASTING): ScriptedBroker {
  const broker = ScriptedBroker.connected(options);
  broker.publish("a", 1);
  broker.publish("b", 2);
  broker.publish("c", 2);
  broker.reply("50 02 00 03").reply("34 06 00 01 'd' 00 07 00").told("PUBREC 3", "d QoS 2: ");
  broker.transport.take();
  return broker.cut();
}

/** A new connection, whose CONNECT is out. */
function again(broker: ScriptedBroker, options?: ScriptOptions): ScriptedBroker {
  broker.connect(options).transport.take();
  return broker;
}

/** The exchanges of {@link interrupted} go on. */
function goesOn(broker: ScriptedBroker): void {
  broker.expect("3A 06", field("'a'"), "00 01 00", "3C 06", field("'b'"), "00 02 00", "62 02 00 03");
  broker.reply("3C 06 00 01 'd' 00 07 00").expect("50 02 00 07").told();
}

/** Nothing is known of them any more. */
function forgotten(broker: ScriptedBroker): void {
  broker.expectNothing().told("lost c released", "lost b", "lost a");
  broker.reply("34 06 00 01 'd' 00 07 00").expect("50 02 00 07").told("d QoS 2: ");
}

test("[MQTT-3.1.2-4] after a Clean Start nothing is resent, and a received Packet Identifier is new again", () => {
  forgotten(interrupted().connect({ cleanStart: true }).accept(false));
});

test("[MQTT-3.1.2-4] after a Clean Start nothing is resent on a later connection either", () => {
  const broker = interrupted().connect({ cleanStart: true }).accept(false).told("lost c released", "lost b", "lost a").cut();
  broker.connect({ cleanStart: false }).accept(true).expectNothing().told();
});

test("[MQTT-3.1.2-23] with a Session Expiry Interval above 0 all that was open goes on after the connection was lost", () => {
  goesOn(interrupted().connect().accept(true));
});

test("[MQTT-3.1.2-23] the server's Session Expiry Interval counts in place of the client's", () => {
  const broker = ScriptedBroker.connected({ cleanStart: true }, "11 00 00 00 3C");
  broker.publish("a", 1);
  broker.transport.take();
  broker.cut().connect({ cleanStart: false }).accept(true).expect("3A 06", field("'a'"), "00 01 00");
});

test("[MQTT-3.1.2-23] the application's publication survives the loss of its connection", async (t) => {
  const broker = await Broker.start(t);
  const { client } = subject(t, broker.url, { properties: { sessionExpiryInterval: 60 } });
  const first = await broker.accept();
  deepEqual((await first.nextIs("connect"))["properties"], { sessionExpiryInterval: 60, receiveMaximum: 20 });
  first.greet();
  const published = client.publish("a", "x", { qos: 1 });
  await first.nextIs("publish");
  first.cut();
  const second = await broker.accept();
  equal((await second.nextIs("connect"))["clean"], false);
  second.greet({ sessionPresent: true });
  await second.expect("3A 07", field("'a'"), "00 01 00 'x'");
  second.send("40 02 00 01");
  equal(await published, 0);
});

test("[MQTT-3.1.3-2] two clients in one program keep their sessions apart", async (t) => {
  const brokers = [await Broker.start(t), await Broker.start(t)];
  const clients = brokers.map(({ url }, i) => subject(t, url, { id: `client-${i}` }).client);
  const calls = clients.map((client, i) => client.publish(`topic-${i}`, "", { qos: 1 }));
  for (const broker of brokers) {
    const link = await broker.welcome();
    await link.nextIs("publish");
    link.cut();
  }
  for (const [i, broker] of brokers.entries()) {
    const link = await broker.accept();
    equal((await link.nextIs("connect"))["clientId"], `client-${i}`);
    link.greet({ sessionPresent: true });
    await link.expect("3A 0C", field(`'topic-${i}'`), "00 01 00");
    link.send("40 02 00 01");
    equal(await calls[i], 0);
    deepEqual(link.left, []);
  }
});

test("[MQTT-3.1.3-2][MQTT-3.1.3-7] a session goes on under the Client Identifier that the server assigned", async (t) => {
  const broker = await Broker.start(t);
  const { client } = subject(t, broker.url, { id: "" });
  const first = await broker.accept();
  equal((await first.nextIs("connect"))["clientId"], "");
  first.greet({ properties: "12 00 03 'abc'" });
  equal((await client.ready()).id, "abc");
  const published = client.publish("a", "", { qos: 1 });
  await first.nextIs("publish");
  for (let link = first, time = 0; time < 2; time++) {
    link.cut();
    link = await broker.accept();
    const { clientId, clean } = await link.nextIs("connect");
    deepEqual([clientId, clean], ["abc", false]);
    link.greet({ sessionPresent: true });
    await link.expect("3A 06", field("'a'"), "00 01 00");
    if (time === 1) link.send("40 02 00 01");
  }
  equal(await published, 0);
  equal(client.connected?.id, "abc");
});

test("[MQTT-3.2.2-16] a CONNACK that assigns no Client Identifier to a client without one is a Protocol Error", () => {
  again(new ScriptedBroker({ clientId: "" })).reply("20 03 00 00 00").expect("E0 01 82").told("closed peer 0x82");
});

test("[MQTT-3.2.2-16] a refusal need not assign one", () => {
  again(new ScriptedBroker({ clientId: "" })).reply("20 03 00 85 00").expectNothing().told("CONNACK 0x85", "closed peer 0x85");
});

test("[MQTT-3.2.2-2] Session Present 1 after Clean Start 1 ends the connection", () => {
  again(new ScriptedBroker(FRESH)).reply("20 03 01 00 00").expect("E0 01 82").told("closed peer 0x82");
});

test("[MQTT-3.2.2-2] it does when the client has a session too", () => {
  again(interrupted(), { cleanStart: true }).reply("20 03 01 00 00").expect("E0 01 82").told("closed peer 0x82");
});

test("[MQTT-3.2.2-2] the application's first connection is closed when the server has a session in spite of Clean Start", async (t) => {
  const broker = await Broker.start(t);
  const { disconnections } = subject(t, broker.url, { version: 5 });
  const link = await broker.welcome({ sessionPresent: true });
  await link.expect("E0 01 82");
  deepEqual(await link.closed(), []);
  equal((await disconnections.next()).error.reasonCode, 0x82);
});

test("[MQTT-3.2.2-4] Session Present 1 ends the connection where this side has no session", () => {
  again(new ScriptedBroker(LASTING)).reply("20 03 01 00 00").expect("E0 01 82").told("closed peer 0x82");
});

test("[MQTT-3.2.2-4] it does where the session ended with the last connection", () => {
  const broker = ScriptedBroker.connected({ cleanStart: true }).cut();
  again(broker, { cleanStart: false }).reply("20 03 01 00 00").expect("E0 01 82").told("closed peer 0x82");
});

test("[MQTT-3.2.2-4] the client that closed begins with Clean Start 1", async (t) => {
  const broker = await Broker.start(t);
  subject(t, broker.url, { version: 5, properties: { sessionExpiryInterval: 0 } });
  (await broker.welcome()).cut();
  const second = await broker.accept();
  equal((await second.nextIs("connect"))["clean"], false);
  second.greet({ sessionPresent: true });
  await second.expect("E0 01 82");
  equal((await (await broker.accept()).nextIs("connect"))["clean"], true);
});

test("[MQTT-3.2.2-5] after Session Present 0 nothing is resent, and a received Packet Identifier is new again", () => {
  forgotten(interrupted().connect().accept(false));
});

test("[MQTT-3.2.2-5] after Session Present 0 the application's publication at QoS 1 goes out as a new one, at QoS 2 it rejects", async (t) => {
  const broker = await Broker.start(t);
  const { client } = subject(t, broker.url);
  const first = await broker.welcome();
  const one = client.publish("a", "x", { qos: 1 });
  const two = rejects(client.publish("b", "y", { qos: 2 }), { kind: "peer", message: /lost the session/ });
  const { messageId } = await first.nextIs("publish");
  await first.nextIs("publish");
  first.cut();
  const second = await broker.welcome();
  const anew = await second.nextIs("publish");
  deepEqual([anew["topic"], anew["dup"]], ["a", false]);
  notEqual(anew["messageId"], messageId);
  second.send("40 02 00", String(anew["messageId"]).padStart(2, "0"));
  equal(await one, 0);
  await two;
  deepEqual(second.left, []);
});

test("[MQTT-3.2.2-6] a refusal with Session Present 1 is a Protocol Error, and the session stays as it was", () => {
  const broker = again(interrupted()).reply("20 03 01 87 00").expect("E0 01 82").told("closed peer 0x82");
  goesOn(broker.connect().accept(true));
});

test("[MQTT-3.2.2-6] a refusal with Session Present 0 leaves the session as it was", () => {
  const broker = again(interrupted()).reply("20 03 00 87 00").expectNothing().told("CONNACK 0x87", "closed peer 0x87");
  goesOn(broker.connect().accept(true));
});

for (const connack of ["20 03 01 87 00", "20 03 00 87 00"])
  test(`[MQTT-3.2.2-6] after the refusal ${connack} the application's publication goes on with its session`, async (t) => {
    const broker = await Broker.start(t);
    const { client, disconnections } = subject(t, broker.url);
    const first = await broker.welcome();
    const published = client.publish("a", "", { qos: 2 });
    await first.nextIs("publish");
    first.cut();
    await disconnections.next();
    const second = await broker.accept();
    await second.nextIs("connect");
    second.send(connack);
    equal((await disconnections.next()).error.kind, "peer");
    const third = await broker.accept();
    equal((await third.nextIs("connect"))["clean"], false);
    third.greet({ sessionPresent: true });
    await third.expect("3C 06", field("'a'"), "00 01 00");
    third.send("50 02 00 01");
    await third.expect("62 02 00 01");
    third.send("70 02 00 01");
    equal(await published, 0);
  });
