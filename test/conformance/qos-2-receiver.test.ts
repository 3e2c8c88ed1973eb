/** QoS 2 from the receiver's side, and what nobody listens to (MQTT 5.0, 4.3.3, 4.5). */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { Take } from "../../src/protocol/connection/handler.js";
import { EventQueue } from "../client/event-queue.js";
import { LASTING, ScriptedBroker } from "../protocol/support/scripted-broker.js";
import { established, grant } from "./established.js";

/** A QoS 2 message with identifier 9. */
const MESSAGE = "34 07 00 01 'a' 00 09 00 55";

/** The application takes messages when it likes. */
function slow(options = {}): ScriptedBroker {
  const broker = ScriptedBroker.connected(options);
  broker.take = (): number => Take.LATER;
  return broker;
}

test("[MQTT-4.3.3-8] a QoS 2 message that its handler took is answered with PUBREC and its identifier", async (t) => {
  const { client, link } = await established(t);
  const got: string[] = [];
  void client.subscribe("a", { qos: 2 }, (message) => void got.push(message.text()));
  await grant(link);
  link.send("34 07 00 01 'a' 12 34 00 'x'");
  await link.expect("50 02 12 34");
  deepEqual(got, ["x"]);
});

test("[MQTT-4.3.3-8] PUBREC waits until the application owns the message", () => {
  slow().reply("34 07 00 01 'a' 12 34 00 55").expectNothing().after(60_000).expectNothing().acknowledge(0x1234).expect("50 02 12 34");
});

test("[MQTT-4.3.3-9] after PUBREC with 0x87 the identifier is a new message's, and no PUBREL is awaited", () => {
  const broker = ScriptedBroker.connected();
  broker.take = (): number => 0x87;
  broker.reply(MESSAGE).expect("50 03 00 09 87");
  equal(broker.session.incoming.count, 0);
  broker.take = (): number => Take.TAKEN;
  broker.reply(MESSAGE).expect("50 02 00 09").told("a QoS 2: 55", "a QoS 2: 55").reply("62 02 00 09").expect("70 02 00 09");
});

test("[MQTT-4.3.3-9] every refusal frees the identifier, at once or late", () => {
  for (const code of [0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]) {
    const broker = slow();
    const refusal = `50 03 00 09 ${code.toString(16)}`;
    broker.reply(MESSAGE).acknowledge(9, code).expect(refusal);
    broker.take = (): number => code;
    broker.reply(MESSAGE).expect(refusal).told("a QoS 2: 55", "a QoS 2: 55");
  }
});

test("[MQTT-4.3.3-10] until PUBREL a message that comes again is answered with PUBREC each time and delivered once", () => {
  const broker = ScriptedBroker.connected(LASTING).reply(MESSAGE).expect("50 02 00 09").reply(MESSAGE).expect("50 02 00 09");
  broker.cut().connect().accept(true).expectNothing().reply("3C 07 00 01 'a' 00 09 00 55").expect("50 02 00 09").told("a QoS 2: 55");
  broker.reply("62 02 00 09").expect("70 02 00 09");
});

test("[MQTT-4.3.3-10] a repeat while the handler still has the message is not delivered, and gets the one PUBREC it waits for", () => {
  slow().reply(MESSAGE, "3C 07 00 01 'a' 00 09 00 55").told("a QoS 2: 55").expectNothing().acknowledge(9).expect("50 02 00 09");
});

test("[MQTT-4.3.3-10] over a lost connection a handler is called once for a message that comes again", async (t) => {
  const { client, link, broker } = await established(t);
  const got: string[] = [];
  void client.subscribe("a", { qos: 2 }, (message) => void got.push(message.text()));
  await grant(link);
  link.send("34 07 00 01 'a' 00 09 00 'x'");
  await link.expect("50 02 00 09");
  link.cut();
  const again = await broker.welcome({ sessionPresent: true });
  again.send("3C 07 00 01 'a' 00 09 00 'x'", "62 02 00 09");
  await again.expect("50 02 00 09");
  await again.expect("70 02 00 09");
  deepEqual(got, ["x"]);
});

test("[MQTT-4.3.3-11] every PUBREL is answered with PUBCOMP and its identifier, the second with Packet Identifier not found", () => {
  ScriptedBroker.connected().reply("34 07 00 01 'a' 12 34 00 55").expect("50 02 12 34")
    .reply("62 02 12 34").expect("70 02 12 34").reply("62 02 12 34").expect("70 03 12 34 92").reply("62 03 12 34 92").expect("70 03 12 34 92");
});

test("[MQTT-4.3.3-11] PUBCOMP goes out once there is room for it", () => {
  ScriptedBroker.connected({ window: 8 }).reply(MESSAGE).expect("50 02 00 09").reply("62 02 00 09").expectNothing().drain(1).expect("70 02 00 09");
});

test("[MQTT-4.8.2-4] a QoS 2 delivery that a lost connection interrupted is finished on the next one, wherever it stood", () => {
  const broker = ScriptedBroker.connected(LASTING).reply(MESSAGE, "34 07 00 01 'b' 00 0A 00 66").expect("50 02 00 09", "50 02 00 0A").cut().connect().accept(true);
  broker.reply("62 02 00 09", "3C 07 00 01 'b' 00 0A 00 66").expect("70 02 00 09", "50 02 00 0A").reply("62 02 00 0A").expect("70 02 00 0A");
  broker.told("a QoS 2: 55", "b QoS 2: 66", "PUBREL 9", "PUBREL 10");
});

test("[MQTT-4.3.3-12] after PUBCOMP the identifier is a new message's", () => {
  const broker = ScriptedBroker.connected();
  for (let i = 0; i < 2; i++) broker.reply(MESSAGE).expect("50 02 00 09").reply("62 02 00 09").expect("70 02 00 09");
  broker.told("a QoS 2: 55", "PUBREL 9", "a QoS 2: 55", "PUBREL 9");
});

test("[MQTT-4.3.3-12] this holds with DUP, and at QoS 1", () => {
  const broker = ScriptedBroker.connected().reply(MESSAGE, "62 02 00 09").expect("50 02 00 09", "70 02 00 09");
  broker.reply("3C 07 00 01 'a' 00 09 00 55", "62 02 00 09").expect("50 02 00 09", "70 02 00 09").reply("32 07 00 01 'a' 00 09 00 55").expect("40 02 00 09");
  broker.told("a QoS 2: 55", "PUBREL 9", "a QoS 2 DUP: 55", "PUBREL 9", "a QoS 1: 55");
});

test("[MQTT-4.3.3-13] a message whose Message Expiry Interval ends in the handler's hands goes through PUBREC and PUBCOMP", () => {
  const broker = slow().reply("34 0C 00 01 'a' 00 09 05 02 00 00 00 01 55").after(3000).expectNothing().acknowledge(9).expect("50 02 00 09");
  broker.after(3000).reply("62 02 00 09").expect("70 02 00 09").told("a QoS 2: 55", "PUBREL 9");
});

test("[MQTT-4.3.3-13] over a lost connection too", () => {
  const broker = slow(LASTING).reply("34 0C 00 01 'a' 00 09 05 02 00 00 00 01 55").after(3000).cut().acknowledge(9).connect().accept(true);
  broker.reply("3C 0C 00 01 'a' 00 09 05 02 00 00 00 01 55").expect("50 02 00 09").reply("62 02 00 09").expect("70 02 00 09").told("a QoS 2: 55", "PUBREL 9");
});

test("[MQTT-4.5.0-2] without any handler every message is acknowledged by its QoS", async (t) => {
  const { link } = await established(t);
  link.send("30 05 00 01 'a' 00 'x'", "32 07 00 01 'a' 00 01 00 'x'", "34 07 00 01 'a' 00 02 00 'x'");
  await link.expect("40 02 00 01");
  await link.expect("50 02 00 02");
  link.send("62 02 00 02");
  await link.expect("70 02 00 02");
});

test("[MQTT-4.5.0-2] so is a message that no handler's filter matches, and one for a handler that is gone", async (t) => {
  const { client, link } = await established(t);
  void client.subscribe("b", { qos: 2 }, () => undefined);
  await grant(link);
  link.send("32 07 00 01 'a' 00 01 00 'x'", "34 07 00 01 'a' 00 02 00 'x'");
  await link.expect("40 02 00 01");
  await link.expect("50 02 00 02");
  const end = client.unsubscribe("b");
  await link.nextIs("unsubscribe");
  link.send("B0 04 00 02 00 00");
  equal(await end, 0);
  link.send("32 07 00 01 'b' 00 03 00 'x'");
  await link.expect("40 02 00 03");
});

test("[MQTT-4.5.0-2] a message larger than the receive buffer that nobody asked for is read through and acknowledged", async (t) => {
  const { link } = await established(t, { receiveBuffer: 64 });
  link.send("32 86 01 00 01 'a' 00 01 00", "61 ".repeat(128), "34 86 01 00 01 'a' 00 02 00", "61 ".repeat(128));
  await link.expect("40 02 00 01");
  await link.expect("50 02 00 02");
});

test("[MQTT-4.5.0-2] a handler that is slow at QoS 0 keeps no acknowledgement back", async (t) => {
  const { client, link } = await established(t);
  const taken = new EventQueue<string>();
  void client.subscribe("a", (message) => {
    taken.push(message.text());
    return new Promise(() => undefined);
  });
  await grant(link, 0);
  link.send("30 05 00 01 'a' 00 'x'", "32 07 00 01 'b' 00 01 00 'y'");
  equal(await taken.next(), "x");
  await link.expect("40 02 00 01");
});
