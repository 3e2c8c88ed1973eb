/** What outlives a connection, and what becomes of it when the broker has lost the session. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { test } from "node:test";
import { subject, type Subject } from "./network.js";
import { ScriptedBroker, type ScriptedLink } from "./scripted-broker.js";

/** Publishes at QoS 1 and 2, then loses the connection before any answer. */
async function inFlight(broker: ScriptedBroker, { client, disconnections }: Subject): Promise<{ one: Promise<number>; two: Promise<number> }> {
  const link = await broker.welcome();
  await client.ready();
  const one = client.publish("one", "x", { qos: 1 });
  const two = client.publish("two", "y", { qos: 2 });
  await link.nextIs("publish");
  await link.nextIs("publish");
  link.cut();
  await disconnections.next();
  return { one, two };
}

test("connected tells version, name and whether the session was resumed", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client, connections, disconnections } = subject(t, broker.url, { id: "" });
  equal(client.connected, undefined);
  // Assigned Client Identifier "xyz".
  const link = await broker.welcome({ properties: "12 00 03 'xyz'" });
  const info = await client.ready();
  deepEqual(info, { version: 5, resumed: false, id: "xyz", properties: { assignedClientIdentifier: "xyz" } });
  const told = await connections.next();
  deepEqual(told, info);
  equal(told.properties, info.properties, "of the same connection");
  link.cut();
  await disconnections.next();
  equal(client.connected, undefined);
  // It comes back under the name that it was given, to its session.
  const again = await broker.accept();
  const connect = await again.nextIs("connect");
  deepEqual([connect["clientId"], connect["clean"]], ["xyz", false]);
  again.greet({ sessionPresent: true });
  deepEqual(await connections.next(), { version: 5, resumed: true, id: "xyz", properties: {} });
});

test("a resumed session: QoS 1 and 2 go on as duplicates under their identifiers, nothing is subscribed again", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const all = subject(t, broker.url);
  const first = await broker.welcome();
  const subscribed = all.client.subscribe("s", () => undefined);
  await first.expect("82 07 00 01 00 00 01 's' 00");
  first.send("90 04 00 01 00 00");
  await subscribed;
  const one = all.client.publish("one", "x", { qos: 1 });
  const two = all.client.publish("two", "y", { qos: 2 });
  await first.expect("32 09 00 03 'one' 00 02 00 'x'");
  await first.expect("34 09 00 03 'two' 00 03 00 'y'");
  first.cut();
  const second = await broker.welcome({ sessionPresent: true });
  await second.expect("3A 09 00 03 'one' 00 02 00 'x'");
  await second.expect("3C 09 00 03 'two' 00 03 00 'y'");
  second.send("40 02 00 02", "50 02 00 03");
  await second.expect("62 02 00 03");
  second.send("70 02 00 03");
  deepEqual([await one, await two], [0, 0]);
  deepEqual(second.left, []);
});

test("a resumed session: a publication that got as far as PUBREC goes on with PUBREL", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const first = await broker.welcome();
  const two = client.publish("two", "y", { qos: 2 });
  await first.nextIs("publish");
  first.send("50 02 00 01");
  await first.expect("62 02 00 01");
  first.cut();
  const second = await broker.welcome({ sessionPresent: true });
  await second.expect("62 02 00 01");
  second.send("70 02 00 01");
  equal(await two, 0);
});

test("a lost session: QoS 1 is published anew, QoS 2 rejects because its fate is unknown", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { one, two } = await inFlight(broker, subject(t, broker.url));
  const link = await broker.welcome({ sessionPresent: false });
  await rejects(two, { name: "MqttError", kind: "peer", message: /lost the session, perhaps with this QoS 2 message/ });
  // No duplicate: the broker knows nothing of the first (MQTT 5.0, 3.2.2-5).
  const packet = await link.nextIs("publish");
  deepEqual([packet["topic"], packet["dup"] ?? false, packet["qos"]], ["one", false, 1]);
  link.send("40 02 00", String(packet["messageId"]).padStart(2, "0"));
  equal(await one, 0);
  deepEqual(link.left, []);
});

test("a lost session: a QoS 2 publication that got as far as PUBREC has arrived", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const first = await broker.welcome();
  const two = client.publish("two", "y", { qos: 2 });
  await first.nextIs("publish");
  first.send("50 02 00 01");
  await first.nextIs("pubrel");
  first.cut();
  const second = await broker.welcome();
  equal(await two, 0);
  deepEqual(second.left, []);
});

test("a lost session: what was in flight goes out before what was queued meanwhile", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const all = subject(t, broker.url);
  const { one, two } = await inFlight(broker, all);
  const later = all.client.publish("later", "", { qos: 1 });
  const link = await broker.welcome();
  await rejects(two);
  deepEqual([(await link.nextIs("publish"))["topic"], (await link.nextIs("publish"))["topic"]], ["one", "later"]);
  link.send("40 02 00 03", "40 02 00 04");
  deepEqual(await Promise.all([one, later]), [0, 0]);
});

test("a lost session: every subscription is asked for again with its options", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const first = await broker.welcome();
  const calls = [client.subscribe("a", { qos: 1, noLocal: true }, () => undefined), client.subscribe("b", () => undefined)];
  await first.nextIs("subscribe");
  await first.nextIs("subscribe");
  first.send("90 04 00 01 00 01", "90 04 00 02 00 00");
  deepEqual(await Promise.all(calls), [1, 0]);
  first.cut();
  const second = await broker.welcome();
  await second.expect("82 07 00 03 00 00 01 'a' 05");
  await second.expect("82 07 00 04 00 00 01 'b' 00");
});

test("a subscription without answer is asked for again, and the call resolves then", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const first = await broker.welcome();
  const subscribed = client.subscribe("a", { qos: 2 }, () => undefined);
  await first.nextIs("subscribe");
  first.cut();
  const second = await broker.welcome({ sessionPresent: true });
  await second.expect("82 07 00 02 00 00 01 'a' 02");
  second.send("90 04 00 02 00 02");
  equal(await subscribed, 2);
});

test("received QoS 2: the same message again over a resumed session is not delivered again", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const first = await broker.welcome();
  const payloads: string[] = [];
  const subscribed = client.subscribe("a", { qos: 2 }, (message) => void payloads.push(message.text()));
  await first.nextIs("subscribe");
  first.send("90 04 00 01 00 02", "34 07 00 01 'a' 00 07 00 'x'");
  await subscribed;
  await first.expect("50 02 00 07");
  first.cut();
  const second = await broker.welcome({ sessionPresent: true });
  second.send("3C 07 00 01 'a' 00 07 00 'x'");
  await second.expect("50 02 00 07");
  second.send("62 02 00 07", "34 07 00 01 'a' 00 07 00 'y'");
  await second.expect("70 02 00 07");
  await second.expect("50 02 00 07");
  deepEqual(payloads, ["x", "y"]);
});

test("clean: false takes up the session of an earlier run", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, { clean: false });
  const payloads: string[] = [];
  const subscribed = client.subscribe("a", { qos: 1 }, (message) => void payloads.push(message.text()));
  const link = await broker.accept();
  equal((await link.nextIs("connect"))["clean"], false);
  link.greet({ sessionPresent: true });
  // What the broker kept comes at once.
  link.send("32 07 00 01 'a' 00 09 00 'x'");
  equal((await client.ready()).resumed, true);
  await link.nextIs("subscribe");
  await link.expect("40 02 00 09");
  link.send("90 04 00 01 00 01");
  equal(await subscribed, 1);
  deepEqual(payloads, ["x"]);
});

test("Session Present after a clean start is a protocol error, and the client starts clean again", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client, disconnections } = subject(t, broker.url, { version: 5 });
  (await broker.welcome({ sessionPresent: true })) satisfies ScriptedLink;
  equal((await disconnections.next()).error.reasonCode, 0x82);
  const link = await broker.accept();
  equal((await link.nextIs("connect"))["clean"], true);
  link.greet();
  equal((await client.ready()).resumed, false);
});

test("in 3.1.1 clean holds for every connection", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { disconnections } = subject(t, broker.url, { version: 4 });
  (await broker.welcome({ version: 4 })).cut();
  await disconnections.next();
  equal((await (await broker.accept()).nextIs("connect"))["clean"], true);
});

test("in 3.1.1 a session is kept with clean: false", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, { version: 4, clean: false });
  const first = await broker.welcome({ version: 4 });
  const one = client.publish("one", "x", { qos: 1 });
  await first.nextIs("publish");
  first.cut();
  const second = await broker.welcome({ version: 4, sessionPresent: true });
  await second.expect("3A 08 00 03 'one' 00 01 'x'");
  second.send("40 02 00 01");
  equal(await one, 0);
});

test("a message too large for the receive buffer does not come again with its session for ever", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { disconnections } = subject(t, broker.url, { receiveBuffer: 64 });
  const link = await broker.welcome();
  link.send("32 80 01 00 50", "61 ".repeat(80));
  equal((await disconnections.next()).error.reasonCode, 0x95);
  const next = await broker.accept();
  equal((await next.nextIs("connect"))["clean"], true);
});
