/** QoS 0 and QoS 1 in both directions (MQTT 5.0, 4.3.1, 4.3.2). */
import { deepEqual, equal, notEqual } from "node:assert/strict";
import { test } from "node:test";
import { Published } from "../../src/protocol/connection/publishing.js";
import { Take } from "../../src/protocol/connection/handler.js";
import { Publication } from "../../src/protocol/session/publication.js";
import { EventQueue } from "../client/event-queue.js";
import { bytes } from "../protocol/support/bytes.js";
import { LASTING, ScriptedBroker } from "../protocol/support/scripted-broker.js";
import { established, grant } from "./established.js";

test("[MQTT-4.3.1-1] a QoS 0 PUBLISH begins with 0x30, retained with 0x31: no QoS bit, no DUP, no Packet Identifier", () => {
  const broker = ScriptedBroker.connected();
  equal(broker.publish("a", 0, "07"), Published.DONE);
  broker.expect("30 05 00 01 'a' 00 07");
  broker.client.publish(new Publication("a", 0, true), bytes("07"), false, broker.now);
  broker.expect("31 05 00 01 'a' 00 07");
});

test("[MQTT-4.3.1-1] a topic that was prepared for QoS 0 says so at every use", () => {
  const broker = ScriptedBroker.connected();
  const prepared = new Publication("a", 0, false);
  for (let i = 0; i < 3; i++) broker.publish(prepared, 0, "07");
  broker.expect("30 05 00 01 'a' 00 07", "30 05 00 01 'a' 00 07", "30 05 00 01 'a' 00 07");
});

test("[MQTT-4.3.2-1] two QoS 1 publications without PUBACK have different Packet Identifiers", () => {
  const broker = ScriptedBroker.connected();
  broker.publish("a", 1);
  broker.publish("a", 1);
  broker.expect("32 06 00 01 'a' 00 01 00", "32 06 00 01 'a' 00 02 00");
});

test("[MQTT-4.3.2-1] an identifier that comes round again is left out while anything has it: PUBLISH, SUBSCRIBE, UNSUBSCRIBE", () => {
  const broker = ScriptedBroker.connected();
  const { client, session: { outgoing } } = broker;
  broker.publish("a", 1);
  client.subscribe([{ filter: "b" }], undefined, broker.now);
  client.unsubscribe(["b"], undefined, broker.now);
  broker.transport.take();
  for (let identifier = outgoing.nextIdentifier(); identifier !== 0xffff; identifier = outgoing.nextIdentifier()) notEqual(identifier, 0);
  broker.publish("a", 1);
  broker.expect("32 06 00 01 'a' 00 04 00");
});

test("[MQTT-4.3.2-1] an identifier is free again once its PUBACK came", () => {
  const broker = ScriptedBroker.connected();
  broker.publish("a", 1);
  broker.expect("32 06 00 01 'a' 00 01 00").reply("40 02 00 01");
  for (let i = 1; i < 0xffff; i++) broker.session.outgoing.nextIdentifier();
  broker.publish("a", 1);
  broker.expect("32 06 00 01 'a' 00 01 00");
});

test("[MQTT-4.3.2-2] the first copy at QoS 1 begins with 0x32 and has its identifier behind the topic", () => {
  const broker = ScriptedBroker.connected();
  broker.publish("a/b", 1, "07");
  broker.expect("32 09 00 03 'a/b' 00 01 00 07");
  broker.client.publish(new Publication("a/b", 1, true), bytes("07"), false, broker.now);
  broker.expect("33 09 00 03 'a/b' 00 02 00 07");
});

test("[MQTT-4.3.2-2] a prepared topic's second message at QoS 1 is a first copy too", () => {
  const broker = ScriptedBroker.connected();
  const prepared = new Publication("a", 1, false);
  broker.publish(prepared, 1, "07");
  broker.publish(prepared, 1, "07");
  broker.expect("32 07 00 01 'a' 00 01 00 07", "32 07 00 01 'a' 00 02 00 07");
});

test("[MQTT-4.3.2-3] without its PUBACK a call of publish stays pending and its message survives a lost connection", async (t) => {
  const { client, link, broker } = await established(t);
  const settled: string[] = [];
  const call = client.publish("a", "x", { qos: 1 });
  void call.then(() => settled.push("published"));
  await link.expect("32 07 00 01 'a' 00 01 00 'x'");
  // A round trip later nothing has changed.
  const other = client.publish("b", "", { qos: 1 });
  await link.expect("32 06 00 01 'b' 00 02 00");
  link.send("40 02 00 02");
  await other;
  deepEqual(settled, []);
  link.cut();
  const again = await broker.welcome({ sessionPresent: true });
  await again.expect("3A 07 00 01 'a' 00 01 00 'x'");
  deepEqual(settled, []);
  again.send("40 02 00 01");
  equal(await call, 0);
});

test("[MQTT-4.3.2-3] a QoS 1 message counts as in flight until its own PUBACK, not another's", () => {
  const broker = ScriptedBroker.connected(LASTING);
  broker.publish("a", 1);
  broker.publish("b", 1);
  broker.reply("40 02 00 02").told("settled b", "PUBACK 2").cut().connect().accept(true).expect("3A 06 00 01 'a' 00 01 00");
});

for (const answer of ["50 02 00 01", "70 02 00 01", "90 04 00 01 00 00"])
  test(`[MQTT-4.3.2-3] ${answer} is no answer to a QoS 1 message: it stays in flight`, () => {
    const broker = ScriptedBroker.connected(LASTING);
    broker.publish("a", 1);
    broker.expect("32 06 00 01 'a' 00 01 00").reply(answer).expect("E0 01 82").told("closed peer 0x82");
    broker.connect().accept(true).expect("3A 06 00 01 'a' 00 01 00");
  });

test("[MQTT-4.3.2-4] a QoS 1 message that its handler took is answered with PUBACK and its identifier", async (t) => {
  const { client, link } = await established(t);
  const got: string[] = [];
  void client.subscribe("a", { qos: 1 }, (message) => void got.push(message.text()));
  await grant(link);
  link.send("32 07 00 01 'a' 12 34 00 'x'");
  await link.expect("40 02 12 34");
  deepEqual(got, ["x"]);
});

test("[MQTT-4.3.2-4] a handler's promise puts off PUBACK until it is done with the message", async (t) => {
  const { client, link } = await established(t);
  const taken = new EventQueue<() => void>();
  void client.subscribe("a", { qos: 1 }, () => new Promise<void>((done) => taken.push(done)));
  await grant(link);
  link.send("32 07 00 01 'a' 12 34 00 'x'");
  const done = await taken.next();
  // A round trip later PUBACK has not gone out.
  await client.publish("b", "");
  await link.expect("30 04 00 01 'b' 00");
  deepEqual(link.left, []);
  done();
  await link.expect("40 02 12 34");
});

test("[MQTT-4.3.2-4] an acknowledgement by hand sends PUBACK with the message's identifier, none before", () => {
  const broker = ScriptedBroker.connected();
  broker.take = (): number => Take.LATER;
  broker.reply("32 06 00 01 'a' 12 34 00").expectNothing().after(60_000).expectNothing().acknowledge(0x1234).expect("40 02 12 34");
});

test("[MQTT-4.3.2-4] a message that comes again after a lost connection gets its PUBACK there", () => {
  const broker = ScriptedBroker.connected(LASTING);
  broker.take = (): number => Take.LATER;
  broker.reply("32 07 00 01 'a' 00 07 00 01").cut().connect().accept(true).reply("3A 07 00 01 'a' 00 07 00 01").expectNothing();
  broker.told("a QoS 1: 01", "a QoS 1 DUP: 01").acknowledge(7).expect("40 02 00 07");
});

test("[MQTT-4.3.2-5] after PUBACK the same identifier is a new message, whatever DUP says", () => {
  const broker = ScriptedBroker.connected().reply("32 07 00 01 'a' 00 07 00 01").expect("40 02 00 07");
  broker.reply("3A 07 00 01 'a' 00 07 00 01").expect("40 02 00 07").reply("32 07 00 01 'a' 00 07 00 02").expect("40 02 00 07");
  broker.told("a QoS 1: 01", "a QoS 1 DUP: 01", "a QoS 1: 02");
});

test("[MQTT-4.3.2-5] this holds for a message that was acknowledged late, and at QoS 2 behind QoS 1", () => {
  const broker = ScriptedBroker.connected();
  broker.take = (): number => Take.LATER;
  broker.reply("32 07 00 01 'a' 00 07 00 01").acknowledge(7).expect("40 02 00 07");
  broker.reply("3A 07 00 01 'a' 00 07 00 01").acknowledge(7).expect("40 02 00 07").reply("34 07 00 01 'a' 00 07 00 02").acknowledge(7).expect("50 02 00 07");
  broker.told("a QoS 1: 01", "a QoS 1 DUP: 01", "a QoS 2: 02");
});
