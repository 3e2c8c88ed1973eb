/** MQTT 3.1.1, where it differs from 5.0: PUBLISH, acknowledgements, subscriptions, limits, errors. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { test } from "node:test";
import { Published } from "../../src/protocol/connection/publishing.js";
import { Take } from "../../src/protocol/connection/handler.js";
import { EventQueue } from "../client/event-queue.js";
import { mqttError } from "../protocol/support/encoding.js";
import { ScriptedBroker, type ScriptOptions } from "../protocol/support/scripted-broker.js";
import { established } from "./established.js";

const OLD = { version: 4 } as const;
const old = (options: ScriptOptions = {}): ScriptedBroker => ScriptedBroker.connected({ ...OLD, ...options });

/** The connection is closed without a word. */
function closedSilently(broker: ScriptedBroker): void {
  broker.expectNothing();
  equal(broker.error?.kind, "peer");
}

test("[3.1.1 PUBLISH] a PUBLISH is topic, identifier and payload: properties and alias are left out", () => {
  const broker = old();
  broker.publish("a", 0, "07");
  broker.publish("a", 1, "07", { contentType: "t", messageExpiryInterval: 1, topicAlias: 3, responseTopic: "r" });
  broker.publish("a", 2, "07");
  broker.expect("30 04 00 01 'a' 07", "32 06 00 01 'a' 00 01 07", "34 06 00 01 'a' 00 02 07");
});

test("[3.1.1 PUBLISH] a prepared topic gets no alias", async (t) => {
  const { client, link } = await established(t, OLD);
  const topic = client.topic("a", { properties: { contentType: "t" } });
  for (let i = 0; i < 3; i++) topic.publish(Uint8Array.of(7));
  for (let i = 0; i < 3; i++) await link.expect("30 04 00 01 'a' 07");
});

test("[3.1.1 PUBLISH] a received payload begins behind topic and identifier", () => {
  old().reply("30 05 00 01 'a' 00 07", "32 07 00 01 'a' 00 09 00 07").told("a QoS 0: 00 07", "a QoS 1: 00 07").expect("40 02 00 09");
});

test("[3.1.1 PUBLISH] an empty topic closes the connection: there are no aliases", () => {
  for (const options of [{}, { properties: { topicAliasMaximum: 5 } }]) closedSilently(old(options).reply("30 02 00 00").told("closed peer 0x82"));
});

test("[3.1.1 MQTT-3.3.1-8] a handler is told RETAIN as it came", async (t) => {
  const { client, link } = await established(t, OLD);
  const got = new EventQueue<boolean>();
  void client.subscribe("a", (message) => got.push(message.retain));
  await link.expect("82 06 00 01 00 01 'a' 00");
  link.send("90 03 00 01 00", "31 04 00 01 'a' 07", "30 04 00 01 'a' 08");
  deepEqual([await got.next(), await got.next()], [true, false]);
});

test("[3.1.1 Acks] PUBACK, PUBREC, PUBREL and PUBCOMP are sent as an identifier alone, whatever the handler made of the message", () => {
  for (const take of [Take.TAKEN, 0x80, 0x97]) {
    const broker = old();
    broker.take = (): number => take;
    broker.reply("32 05 00 01 'a' 00 07").expect("40 02 00 07").reply("34 05 00 01 'a' 00 08").expect("50 02 00 08");
    // Received for good: a repeat is not delivered.
    broker.told("a QoS 1: ", "a QoS 2: ").reply("3C 05 00 01 'a' 00 08").expect("50 02 00 08").told().reply("62 02 00 08").expect("70 02 00 08");
    broker.reply("62 02 00 08").expect("70 02 00 08").reply("50 02 00 09").expect("62 02 00 09");
  }
});

test("[3.1.1 Acks] a handler's late refusal is success too", () => {
  const broker = old();
  broker.take = (): number => Take.LATER;
  broker.reply("34 05 00 01 'a' 00 08").acknowledge(8, 0x80).expect("50 02 00 08").reply("3C 05 00 01 'a' 00 08").expect("50 02 00 08").told("a QoS 2: ");
  broker.reply("62 02 00 08").expect("70 02 00 08");
});

test("[3.1.1 Acks] what is received is success", () => {
  const broker = old();
  broker.publish("a", 1);
  broker.publish("b", 2);
  broker.transport.take();
  broker.reply("40 02 00 01", "50 02 00 02").expect("62 02 00 02").reply("70 02 00 02").told("settled a", "PUBACK 1", "PUBREC 2", "settled b", "PUBCOMP 2");
});

test("[3.1.1 Acks] a Reason Code behind the identifier closes the connection", () => {
  for (const packet of ["40 03 00 01 00", "40 04 00 01 00 00", "50 03 00 01 80", "62 03 00 01 92", "70 03 00 01 00"]) {
    const broker = old();
    broker.publish("a", packet.startsWith("4") ? 1 : 2);
    broker.transport.take();
    closedSilently(broker.reply(packet));
  }
});

test("[3.1.1 MQTT-3.3.5-2] a server that cannot say no acknowledges, which is success, or closes: then the message goes out again", async (t) => {
  const { client, link, broker } = await established(t, { ...OLD, clean: false });
  const call = client.publish("a", "x", { qos: 1 });
  await link.expect("32 06 00 01 'a' 00 01 'x'");
  link.end();
  const again = await broker.welcome({ ...OLD, sessionPresent: true });
  await again.expect("3A 06 00 01 'a' 00 01 'x'");
  again.send("40 02 00 01");
  equal(await call, 0);
});

test("[3.1.1 SUBSCRIBE] behind each filter stands its QoS and nothing else", () => {
  const broker = old();
  const options = { noLocal: true, retainAsPublished: true, retainHandling: 2 } as const;
  broker.client.subscribe([{ filter: "a", qos: 1, ...options }, { filter: "b", qos: 2 }, { filter: "c" }], { subscriptionIdentifier: 5 }, broker.now);
  broker.client.unsubscribe(["a"], { userProperty: [["a", "b"]] }, broker.now);
  broker.expect("82 0E 00 01 00 01 'a' 01 00 01 'b' 02 00 01 'c' 00", "A2 05 00 02 00 01 'a'");
});

/** SUBSCRIBE of two filters and UNSUBSCRIBE are out. */
function asked(): ScriptedBroker {
  const broker = old();
  broker.client.subscribe([{ filter: "a" }, { filter: "b" }], undefined, broker.now);
  broker.client.unsubscribe(["c"], undefined, broker.now);
  broker.transport.take();
  return broker;
}

test("[3.1.1 SUBACK] SUBACK has a return code for each filter, UNSUBACK has none", () => {
  for (const codes of ["00 01", "02 80", "80 00"]) asked().reply("90 04 00 01", codes, "B0 02 00 02").told("SUBACK 1", "UNSUBACK 2");
});

for (const [name, packet] of [
  ["a SUBACK with another code", "90 04 00 01 00 03"], ["a SUBACK with a Reason Code of 5.0", "90 04 00 01 00 87"], ["a SUBACK with properties", "90 05 00 01 00 00 00"],
  ["a SUBACK with a code too few", "90 03 00 01 00"], ["a SUBACK without codes", "90 02 00 01"], ["an UNSUBACK with a code", "B0 03 00 02 00"],
  ["an UNSUBACK with properties", "B0 04 00 02 00 00"],
] as const)
  test(`[3.1.1 SUBACK] ${name} closes the connection`, () => closedSilently(asked().reply(packet)));

test("[3.1.1 MQTT-3.8.3-2] a filter that the server refuses with 0x80 fails to its caller, and is not asked for again", async (t) => {
  const { client, link, broker } = await established(t, OLD);
  const call = client.subscribe("a/#", () => undefined);
  await link.expect("82 08 00 01 00 03 'a/#' 00");
  link.send("90 03 00 01 80");
  await rejects(call, { name: "MqttError", kind: "peer", reasonCode: 0x80, message: /^the broker refused to subscribe "a\/#"/ });
  link.cut();
  const again = await broker.welcome(OLD);
  await client.publish("b", "");
  await again.expect("30 03 00 01 'b'");
});

test("[3.1.1 Flow control] the client sends as much as it may by itself: no Receive Maximum binds it", () => {
  const broker = old({ inFlight: 255, properties: { receiveMaximum: 1 } });
  for (let i = 0; i < 255; i++) equal(broker.publish("a", 1 + (i % 2)), Published.ACCEPTED);
  equal(broker.publish("a", 1), Published.BLOCKED);
});

test("[3.1.1 Flow control] a server may send as much as it likes: what the handlers have no room for waits unread, and is taken in its turn", () => {
  const broker = old({ receiveMaximum: 2, keepAlive: 60 });
  broker.take = (): number => Take.LATER;
  for (const identifier of ["01", "02", "03", "04"]) broker.reply("32 05 00 01 'a' 00", identifier);
  broker.told("a QoS 1: ", "a QoS 1: ").expectNothing();
  equal(broker.client.paused, true);
  broker.acknowledge(1).expect("40 02 00 01").told("a QoS 1: ").acknowledge(2).expect("40 02 00 02").told("a QoS 1: ");
  broker.acknowledge(3).acknowledge(4).expect("40 02 00 03", "40 02 00 04");
  equal(broker.client.paused, false);
});

test("[3.1.1 Packet size] a Maximum Packet Size of 5.0 binds nobody", () => {
  const broker = old({ properties: { maximumPacketSize: 10 }, sendBuffer: 256 });
  broker.reply("30 10 00 01 'a'", "07 ".repeat(13)).told(`a QoS 0: ${"07 ".repeat(13).trimEnd()}`);
  equal(broker.publish("a", 0, "07 ".repeat(100)), Published.DONE);
});

test("[3.1.1 Packet size] a packet has at most 268435455 bytes behind its fixed header", () => {
  const broker = old({ window: 100 });
  const source = (byteLength: number): { byteLength: number; read: () => Uint8Array } => ({ byteLength, read: () => new Uint8Array(1) });
  equal(mqttError(() => broker.publish("a", 1, source(268_435_455 - 4))).reasonCode, 0x95);
  broker.expectNothing();
  equal(broker.publish("a", 1, source(268_435_455 - 5)), Published.ACCEPTED);
  equal(broker.transport.take().subarray(0, 10).join(" "), "50 255 255 255 127 0 1 97 0 2");
});

test("[3.1.1 Packet size] a received packet may be as large: its payload comes in pieces", () => {
  const broker = old().reply("30 FF FF FF 7F 00 01 'a'", "07 ".repeat(10));
  broker.told("a QoS 0: 0 to 10 of 268435452");
  closedSilently(old().reply("30 FF FF FF FF 01"));
});

/** All that a server may send but PUBLISH, right when everything was asked for. */
const PACKETS = [[0x40, "02 00 03"], [0x50, "02 00 04"], [0x62, "02 00 09"], [0x70, "02 00 05"], [0x90, "04 00 01 00 00"], [0xb0, "02 00 02"], [0xd0, "00"]] as const;

for (const [right, rest] of PACKETS)
  test(`[3.1.1 MQTT-2.2.2-2] wrong flags of 0x${right.toString(16)} close the connection`, () => {
    for (let flags = 0; flags < 16; flags++) {
      const broker = asked();
      for (const qos of [1, 2, 2]) broker.publish("a", qos);
      broker.reply("50 02 00 05").transport.take();
      const first = (right & 0xf0) | flags;
      broker.reply(first.toString(16), rest);
      if (first === right) equal(broker.error, undefined);
      else closedSilently(broker);
    }
  });

test("[3.1.1 MQTT-2.2.2-2] wrong flags of a PUBLISH or a CONNACK close the connection", () => {
  for (const first of ["36", "37", "3E", "3F", "38", "39"]) closedSilently(old().reply(first, "05 00 01 'a' 00 01"));
  for (let flags = 1; flags < 16; flags++) {
    const broker = new ScriptedBroker(OLD).connect();
    broker.transport.take();
    closedSilently(broker.reply((0x20 | flags).toString(16), "02 00 00"));
  }
});

for (const [name, packet] of [
  ["a packet that only a client sends", "10 00"], ["a second CONNACK", "20 02 00 00"], ["an acknowledgement of nothing", "40 02 00 09"], ["an identifier of 0", "32 05 00 01 'a' 00 00"],
  ["a topic that is no UTF-8", "30 03 00 01 FF"], ["a topic with a wildcard", "30 03 00 01 '#'"], ["a Remaining Length of five bytes", "30 FF FF FF FF"], ["packet type 0", "00 00"],
] as const)
  test(`[3.1.1 Errors][3.1.1 MQTT-4.8.0-1] ${name} closes the connection without a word`, async (t) => {
    closedSilently(old().reply(packet));
    const { link, disconnections } = await established(t, OLD);
    link.send(packet);
    deepEqual(await link.closed(), []);
    equal((await disconnections.next()).error.kind, "peer");
  });

test("[3.1.1 MQTT-4.8.0-2] a packet that does not fit the receive buffer closes the connection, the client comes back", async (t) => {
  const { broker, link, disconnections } = await established(t, { ...OLD, receiveBuffer: 64 });
  link.send("32 68 00 64", `'${"t".repeat(100)}'`, "00 01");
  deepEqual(await link.closed(), []);
  const { error, final } = await disconnections.next();
  deepEqual([error.kind, error.reasonCode, final], ["peer", 0x95, false]);
  await broker.welcome(OLD);
});
