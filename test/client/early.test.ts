/** The option `early`: publications right behind CONNECT, and what becomes of them when the broker answers otherwise than hoped. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { test } from "node:test";
import { subject } from "./network.js";
import { ScriptedBroker } from "./scripted-broker.js";

const EARLY = { early: true, id: "c" };
const AGAIN = { ...EARLY, reconnect: { minimum: 0, maximum: 0 } };

test("QoS 1 and 2 follow CONNECT before the CONNACK, and are settled by their acknowledgements", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, EARLY);
  const one = client.publish("a", "x", { qos: 1 });
  const two = client.publish("b", "y", { qos: 2 });
  const link = await broker.accept();
  await link.nextIs("connect");
  await link.expect("32 07 00 01 'a' 00 01 00 'x'");
  await link.expect("34 07 00 01 'b' 00 02 00 'y'");
  // All answers in one segment.
  link.send("20 03 00 00 00", "40 02 00 01", "50 02 00 02");
  equal(await one, 0);
  await link.expect("62 02 00 02");
  link.send("70 02 00 02");
  equal(await two, 0);
});

test("what is published between CONNECT and CONNACK goes out at once too", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, EARLY);
  const first = client.publish("a", "x", { qos: 1 });
  const link = await broker.accept();
  await link.nextIs("connect");
  await link.nextIs("publish");
  const topic = client.topic("b", { qos: 1 });
  equal(topic.publish(Uint8Array.of(7)), true);
  await link.expect("32 07 00 01 'b' 00 02 00 07");
  link.greet();
  link.send("40 02 00 01", "40 02 00 02");
  equal(await first, 0);
});

test("QoS 0 waits for the CONNACK: nobody acknowledges it", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, EARLY);
  const zero = client.publish("z", "0");
  const one = client.publish("a", "x", { qos: 1 });
  const link = await broker.accept();
  await link.nextIs("connect");
  await link.expect("32 07 00 01 'a' 00 01 00 'x'");
  link.greet();
  await link.expect("30 05 00 01 'z' 00 '0'");
  link.send("40 02 00 01");
  deepEqual(await Promise.all([zero, one]), [0, 0]);
});

test("without the option nothing is sent before the CONNACK", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, { id: "c" });
  const one = client.publish("a", "x", { qos: 1 });
  const link = await broker.accept();
  await link.nextIs("connect");
  // Anything sent early would have come with the CONNECT.
  link.send("F0 00");
  await link.expect("E0 01 82");
  deepEqual(await link.closed(), []);
  await rejects(Promise.all([one, client.close()]), { kind: "transport" });
});

test("what a broker refused with the CONNECT was not looked at: it goes out again as new, at QoS 2 as well", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, AGAIN);
  const calls = [client.publish("a", "x", { qos: 1 }), client.publish("b", "y", { qos: 2 })];
  const first = await broker.accept();
  await first.nextIs("connect");
  await first.nextIs("publish");
  await first.nextIs("publish");
  first.send("20 03 00 88 00");
  // This time nothing is sent before the answer.
  const second = await broker.accept();
  await second.nextIs("connect");
  second.greet();
  equal((await second.nextIs("publish"))["dup"], false);
  const two = await second.nextIs("publish");
  deepEqual([two["topic"], two["qos"], two["dup"]], ["b", 2, false]);
  second.send("40 02 00 03", "50 02 00 04");
  await second.expect("62 02 00 04");
  second.send("70 02 00 04");
  deepEqual(await Promise.all(calls), [0, 0]);
});

test("a link that is cut before the CONNACK: QoS 1 goes out again, of QoS 2 nobody knows", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, { ...AGAIN, version: 5 });
  const one = client.publish("a", "x", { qos: 1 });
  const two = rejects(client.publish("b", "y", { qos: 2 }), { kind: "peer", message: /lost the session, perhaps with this QoS 2 message/ });
  const first = await broker.accept();
  await first.nextIs("connect");
  await first.nextIs("publish");
  await first.nextIs("publish");
  first.cut();
  const second = await broker.welcome();
  await second.expect("32 07 00 01 'a' 00 03 00 'x'");
  second.send("40 02 00 03");
  equal(await one, 0);
  await two;
});

test("a session that the broker still has: what was sent early is not sent twice", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, { ...EARLY, clean: false });
  const one = client.publish("a", "x", { qos: 1 });
  const link = await broker.accept();
  await link.nextIs("connect");
  await link.nextIs("publish");
  link.greet({ sessionPresent: true });
  link.send("40 02 00 01");
  equal(await one, 0);
  equal(await client.publish("z", "0"), 0);
  await link.expect("30 05 00 01 'z' 00 '0'");
  deepEqual(link.left, []);
});

test("with something in flight from before, all waits for the CONNACK: order is kept", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client, disconnections } = subject(t, broker.url, AGAIN);
  const first = await broker.welcome();
  await client.ready();
  const one = client.publish("a", "x", { qos: 1 });
  await first.nextIs("publish");
  first.cut();
  await disconnections.next();
  const two = client.publish("a", "y", { qos: 1 });
  const second = await broker.accept();
  await second.nextIs("connect");
  second.greet({ sessionPresent: true });
  await second.expect("3A 07 00 01 'a' 00 01 00 'x'");
  await second.expect("32 07 00 01 'a' 00 02 00 'y'");
  second.send("40 02 00 01", "40 02 00 02");
  deepEqual(await Promise.all([one, two]), [0, 0]);
});

test("a broker of MQTT 3.1.1: the publication goes out in that version", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, AGAIN);
  const one = client.publish("a", "x", { qos: 1 });
  const first = await broker.accept();
  await first.nextIs("connect");
  await first.nextIs("publish");
  first.send("20 02 00 01");
  const second = await broker.welcome({ version: 4 });
  await second.expect("32 06 00 01 'a' 00 02 'x'");
  second.send("40 02 00 02");
  equal(await one, 0);
});

test("a Receive Maximum that is learnt too late counts what was sent early", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, EARLY);
  const calls = ["x", "y"].map((payload) => client.publish("a", payload, { qos: 1 }));
  const link = await broker.accept();
  await link.nextIs("connect");
  await link.nextIs("publish");
  await link.nextIs("publish");
  // Receive Maximum 2.
  link.greet({ properties: "21 00 02" });
  await client.ready();
  calls.push(client.publish("a", "z", { qos: 1 }));
  await client.publish("marker", "");
  await link.expect("30 09 00 06 'marker' 00");
  link.send("40 02 00 01");
  await link.expect("32 07 00 01 'a' 00 03 00 'z'");
  link.send("40 02 00 02", "40 02 00 03");
  deepEqual(await Promise.all(calls), [0, 0, 0]);
});

test("an acknowledgement before the CONNACK is a Protocol Error: nothing is settled by it", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client, disconnections } = subject(t, broker.url, { ...AGAIN, version: 5 });
  const one = client.publish("a", "x", { qos: 1 });
  const first = await broker.accept();
  await first.nextIs("connect");
  await first.nextIs("publish");
  first.send("40 02 00 01");
  await first.expect("E0 01 82");
  equal((await disconnections.next()).error.reasonCode, 0x82);
  const second = await broker.welcome();
  await second.expect("32 07 00 01 'a' 00 02 00 'x'");
  second.send("40 02 00 02");
  equal(await one, 0);
});
