/** MQTT 3.1.1, where it differs from 5.0: how long a session lasts, what is resent, what a minimal server is. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { test } from "node:test";
import { Published } from "../../src/protocol/connection/publishing.js";
import { ScriptedBroker } from "../protocol/support/scripted-broker.js";
import { established } from "./established.js";

const OLD = { version: 4 } as const;
const KEPT = { version: 4, cleanStart: false } as const;
const YEAR = 31_536_000_000;

/** In flight: `a` at QoS 1, `b` at QoS 2, and a received QoS 2 message with identifier 9. */
function inFlight(options: typeof OLD | typeof KEPT): ScriptedBroker {
  const broker = ScriptedBroker.connected(options);
  broker.publish("a", 1);
  broker.publish("b", 2);
  broker.expect("32 05 00 01 'a' 00 01", "34 05 00 01 'b' 00 02");
  return broker.reply("34 05 00 01 'x' 00 09").expect("50 02 00 09").told("x QoS 2: ");
}

test("[3.1.1 Session lifetime] with Clean Session 0 the session lasts as long as it takes, in both directions", () => {
  const broker = inFlight(KEPT).cut().after(10 * YEAR).connect().accept(true).expect("3A 05 00 01 'a' 00 01", "3C 05 00 01 'b' 00 02");
  broker.reply("3C 05 00 01 'x' 00 09").expect("50 02 00 09").reply("62 02 00 09", "40 02 00 01").expect("70 02 00 09").told("PUBREL 9", "settled a", "PUBACK 1");
});

test("[3.1.1 Session lifetime][3.1.1 MQTT-3.1.2-6] with Clean Session 1 it ends with the connection: identifiers received before mean nothing, nothing is resent", () => {
  const broker = inFlight(OLD).cut().connect().accept(false).expectNothing().told("lost b", "lost a");
  equal(broker.session.outgoing.count, 0);
  broker.reply("3C 05 00 01 'x' 00 09").expect("50 02 00 09").told("x QoS 2 DUP: ");
});

test("[3.1.1 MQTT-3.1.2-6] the client publishes what was in flight at QoS 1 as a new message, and gives QoS 2 back", async (t) => {
  const { client, link, broker } = await established(t, OLD);
  const one = client.publish("a", "", { qos: 1 });
  const two = rejects(client.publish("b", "", { qos: 2 }), { kind: "peer", message: /lost the session/ });
  await link.expect("32 05 00 01 'a' 00 01");
  await link.expect("34 05 00 01 'b' 00 02");
  link.cut();
  const again = await broker.accept();
  await again.expect("10 0D 00 04 'MQTT' 04 02 00 3C 00 01 'c'");
  again.greet(OLD);
  await again.expect("32 05 00 01 'a' 00 03");
  again.send("40 02 00 03");
  equal(await one, 0);
  await two;
});

test("[3.1.1 MQTT-3.1.2-6] Session Present after Clean Session 1 closes the connection", () => {
  const broker = inFlight(OLD).cut().connect();
  broker.transport.take();
  broker.reply("20 02 01 00").told("closed peer 0x82").expectNothing();
});

test("[3.1.1 MQTT-3.1.2-5] what the server stored meanwhile is taken right behind CONNACK, nothing is subscribed again", async (t) => {
  const { client, link, broker } = await established(t, { ...OLD, clean: false });
  const got: string[] = [];
  const call = client.subscribe("a", { qos: 1 }, (message) => void got.push(message.text()));
  await link.expect("82 06 00 01 00 01 'a' 01");
  link.send("90 03 00 01 01");
  equal(await call, 1);
  link.cut();
  const again = await broker.accept();
  await again.expect("10 0D 00 04 'MQTT' 04 00 00 3C 00 01 'c'");
  again.send("20 02 01 00 32 06 00 01 'a' 00 05 '1' 34 06 00 01 'a' 00 06 '2'");
  await again.expect("40 02 00 05");
  await again.expect("50 02 00 06");
  deepEqual([got, again.left], [["1", "2"], []]);
});

test("[3.1.1 Resending] what was not acknowledged is resent when the session is resumed: PUBLISH with DUP, PUBREL", () => {
  const broker = inFlight(KEPT).reply("50 02 00 02").expect("62 02 00 02").cut().connect().accept(true);
  broker.expect("3A 05 00 01 'a' 00 01", "62 02 00 02");
});

test("[3.1.1 Resending] a server may resend while the connection lasts: QoS 2 is delivered once, QoS 1 once more after its PUBACK", () => {
  const broker = inFlight(KEPT).reply("3C 05 00 01 'x' 00 09", "3C 05 00 01 'x' 00 09").expect("50 02 00 09", "50 02 00 09").told();
  broker.reply("62 02 00 09", "62 02 00 09").expect("70 02 00 09", "70 02 00 09").told("PUBREL 9", "PUBREL 9");
  broker.reply("32 05 00 01 'y' 00 07", "3A 05 00 01 'y' 00 07").expect("40 02 00 07", "40 02 00 07").told("y QoS 1: ", "y QoS 1 DUP: ");
});

test("[3.1.1 Resending] a repeat of a QoS 1 message that the handler still has is no error, and is answered once with it", () => {
  const broker = ScriptedBroker.connected(KEPT);
  broker.take = (): number => 2;
  broker.reply("32 05 00 01 'y' 00 07", "3A 05 00 01 'y' 00 07").told("y QoS 1: ").expectNothing().acknowledge(7).expect("40 02 00 07");
});

test("[3.1.1 MQTT-2.3.1-3] what is resent keeps its identifier, each time", () => {
  const broker = inFlight(KEPT);
  for (let i = 0; i < 3; i++) broker.cut().connect().accept(true).expect("3A 05 00 01 'a' 00 01", "3C 05 00 01 'b' 00 02");
});

test("[3.1.1 MQTT-2.3.1-3] an identifier is used again once its acknowledgement was processed, and not before", () => {
  const broker = inFlight(KEPT);
  const next = (): void => {
    for (let i = 1; i < 0xffff; i++) if (broker.session.outgoing.nextIdentifier() === 0xffff) return;
  };
  next();
  equal(broker.publish("c", 1), Published.ACCEPTED);
  broker.expect("32 05 00 01 'c' 00 03").reply("40 02 00 01", "50 02 00 02").expect("62 02 00 02");
  next();
  equal(broker.publish("d", 1), Published.ACCEPTED);
  broker.expect("32 05 00 01 'd' 00 01").reply("70 02 00 02");
  equal(broker.publish("e", 1), Published.ACCEPTED);
  broker.expect("32 05 00 01 'e' 00 02");
});

test("[3.1.1 Lost session] a session that the server has and this run never saw is taken as it is", () => {
  const broker = new ScriptedBroker(KEPT).connect().accept(true);
  broker.reply("34 05 00 01 'x' 00 09", "62 02 00 08").expect("50 02 00 09", "70 02 00 08").told("x QoS 2: ", "PUBREL 8");
});

test("[3.1.1 Lost session] a session that the server has lost is no error: what was in flight is told, the connection stands", () => {
  const broker = inFlight(KEPT).cut().connect().accept(false).expectNothing().told("lost b", "lost a");
  equal(broker.publish("c", 1), Published.ACCEPTED);
  broker.expect("32 05 00 01 'c' 00 03");
});

test("[3.1.1 MQTT-7.0.0-2] a server that knows the standard and nothing else is enough, from CONNECT to DISCONNECT", async (t) => {
  const { client, link } = await established(t, { ...OLD, keepAlive: 0 });
  const got: string[] = [];
  const subscribed = client.subscribe("a", { qos: 2 }, (message) => void got.push(`${message.qos} ${message.text()}`));
  await link.expect("82 06 00 01 00 01 'a' 02");
  link.send("90 03 00 01 02");
  equal(await subscribed, 2);
  const published = ([0, 1, 2] as const).map((qos) => client.publish("b", "x", { qos }));
  await link.expect("30 04 00 01 'b' 'x'");
  await link.expect("32 06 00 01 'b' 00 02 'x'");
  await link.expect("34 06 00 01 'b' 00 03 'x'");
  link.send("40 02 00 02", "50 02 00 03");
  await link.expect("62 02 00 03");
  link.send("70 02 00 03", "30 04 00 01 'a' '0'", "32 06 00 01 'a' 00 01 '1'", "34 06 00 01 'a' 00 02 '2'");
  deepEqual(await Promise.all(published), [0, 0, 0]);
  await link.expect("40 02 00 01");
  await link.expect("50 02 00 02");
  link.send("62 02 00 02");
  await link.expect("70 02 00 02");
  const ended = client.unsubscribe("a");
  await link.expect("A2 05 00 04 00 01 'a'");
  link.send("B0 02 00 04");
  equal(await ended, 0);
  await client.close();
  await link.expect("E0 00");
  deepEqual([got, await link.closed()], [["0 0", "1 1", "2 2"], []]);
});
