/** Topics that are encoded once and published to often. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { connect } from "../../src/client/client.js";
import type { PreparedTopic } from "../../src/client/options.js";
import { bytes, hex, pattern } from "../protocol/support/bytes.js";
import { refused } from "../protocol/support/encoding.js";
import { EventQueue } from "./event-queue.js";
import { FakeClock } from "./fake-clock.js";
import { FakeNetwork } from "./fake-network.js";
import { subject } from "./network.js";
import { ScriptedBroker, type ScriptedLink } from "./scripted-broker.js";

test("a prepared topic publishes with its QoS, retain and properties", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const topic = client.topic("a", { qos: 1, retain: true, properties: { payloadFormatIndicator: 1 } });
  equal(topic.name, "a");
  const link = await broker.welcome();
  await client.ready();
  equal(topic.publish(bytes("'x'")), true);
  equal(topic.publish(bytes("'y'")), true);
  await link.expect("33 09 00 01 'a' 00 01 02 01 01 'x'");
  await link.expect("33 09 00 01 'a' 00 02 02 01 01 'y'");
});

/** A topic at QoS 1 on a connection that stands, with what its publications were settled with. */
async function acknowledged(t: TestContext): Promise<{ topic: PreparedTopic; link: ScriptedLink; settled: EventQueue<readonly [number, Uint8Array]> }> {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const settled = new EventQueue<readonly [number, Uint8Array]>();
  const topic = client.topic("a", { qos: 1, onSettled: (reasonCode, payload) => settled.push([reasonCode, payload]) });
  const link = await broker.welcome();
  await client.ready();
  return { topic, link, settled };
}

test("onSettled tells the Reason Code and the payload", async (t) => {
  const { topic, link, settled } = await acknowledged(t);
  const [x, y] = [bytes("'x'"), bytes("'y'")];
  topic.publish(x);
  topic.publish(y);
  await link.nextIs("publish");
  await link.nextIs("publish");
  link.send("40 03 00 01 97", "40 02 00 02");
  deepEqual(await settled.next(), [0x97, x]);
  // The payload itself, so that its owner can use it again.
  equal((await settled.next())[1], y);
});

test("offline it is queued, and false says that there is no room", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, { queue: 2 });
  const topic = client.topic("a");
  deepEqual([topic.publish(bytes("'1'")), topic.publish(bytes("'2'")), topic.publish(bytes("'3'"))], [true, true, false]);
  const link = await broker.welcome();
  await link.expect("30 05 00 01 'a' 00 '1'");
  await link.expect("30 05 00 01 'a' 00 '2'");
});

test("a publication that the queue dropped is settled with Quota exceeded", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, { queue: 1, queuePolicy: "newest-per-topic" });
  const settled: unknown[] = [];
  const topic = client.topic("a", { onSettled: (reasonCode, payload) => settled.push([reasonCode, hex(payload)]) });
  topic.publish(bytes("'1'"));
  topic.publish(bytes("'2'"));
  deepEqual(settled, [[0x97, "31"]]);
  const link = await broker.welcome();
  await link.expect("30 05 00 01 'a' 00 '2'");
});

test("where the broker takes Topic Aliases, the topic is sent once", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client, disconnections } = subject(t, broker.url);
  const [a, b, c] = [client.topic("a"), client.topic("b"), client.topic("c")];
  // Topic Alias Maximum 2.
  const link = await broker.welcome({ properties: "22 00 02" });
  await client.ready();
  for (const topic of [a, a, b, a, c, b]) topic.publish(bytes("'x'"));
  await link.expect("30 08 00 01 'a' 03 23 00 01 'x'");
  await link.expect("30 07 00 00 03 23 00 01 'x'");
  await link.expect("30 08 00 01 'b' 03 23 00 02 'x'");
  await link.expect("30 07 00 00 03 23 00 01 'x'");
  // c takes the place of b, which was used least recently; b takes that of a.
  await link.expect("30 08 00 01 'c' 03 23 00 02 'x'");
  await link.expect("30 08 00 01 'b' 03 23 00 01 'x'");
  link.cut();
  await disconnections.next();
  // Aliases die with the connection.
  const again = await broker.welcome({ properties: "22 00 02", sessionPresent: true });
  await client.ready();
  b.publish(bytes("'x'"));
  await again.expect("30 08 00 01 'b' 03 23 00 01 'x'");
});

test("a call of publish takes no Topic Alias", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome({ properties: "22 00 02" });
  await client.ready();
  await client.publish("a", "x");
  await link.expect("30 05 00 01 'a' 00 'x'");
});

test("what cannot be published is refused", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  refused(() => client.topic("a/#"), /^topic must be/);
  refused(() => client.topic("a").publish("text" as unknown as Uint8Array), /^payload must be a Uint8Array: prepared topics copy and convert nothing$/);
  await broker.welcome({ properties: "25 00" });
  await client.ready();
  refused(() => client.topic("a", { retain: true }).publish(bytes("'x'")), /Retain not supported/);
});

test("after close nothing is taken, and what was queued is settled", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const settled: unknown[] = [];
  const topic = client.topic("a", { onSettled: (reasonCode) => settled.push(reasonCode) });
  topic.publish(bytes("'x'"));
  await client.close();
  deepEqual(settled, [0x80]);
  equal(topic.publish(bytes("'x'")), false);
});

test("onSettled gives the buffer back at QoS 0 too, queued or not", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const settled = new EventQueue<readonly [number, Uint8Array]>();
  const topic = client.topic("a", { onSettled: (reasonCode, payload) => settled.push([reasonCode, payload]) });
  const [queued, direct] = [bytes("'x'"), bytes("'y'")];
  topic.publish(queued);
  deepEqual(settled.left, []);
  await broker.welcome();
  deepEqual(await settled.next(), [0, queued]);
  topic.publish(direct);
  deepEqual(settled.left, [[0, direct]]);
});

test("onSettled that publishes again does not keep close from settling all", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  let told = 0;
  const topic = client.topic("a", { qos: 1, onSettled: (_, payload) => told++ < 100 && topic.publish(payload) });
  topic.publish(bytes("'x'"));
  const call = client.publish("b", "", { qos: 1 });
  const refusal = rejects(call, { message: "the client was closed" });
  await client.close();
  await refusal;
  equal(told, 1);
});

test("onSettled that publishes again does not drop the whole queue", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, { queue: 2, queuePolicy: "drop-oldest" });
  const answers: boolean[] = [];
  const topic = client.topic("a", { qos: 1, onSettled: (_, payload) => answers.push(topic.publish(payload)) });
  for (const text of ["'1'", "'2'", "'3'", "'4'"]) equal(topic.publish(bytes(text)), true);
  deepEqual(answers, [false, false]);
});

test("onSettled that throws is reported, and what follows it goes on", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client, errors } = subject(t, broker.url);
  const topic = client.topic("a", {
    onSettled: () => {
      throw new Error("mine");
    },
  });
  topic.publish(bytes("'x'"));
  const link = await broker.welcome();
  await link.expect("30 05 00 01 'a' 00 'x'");
  equal((await errors.next()).message, "a callback failed: mine");
  await client.publish("b", "");
  await link.expect("30 04 00 01 'b' 00");
});

test("a payload may come while it is sent", async (t) => {
  const { topic, link, settled } = await acknowledged(t);
  const source = { byteLength: 3, read: (offset: number): Uint8Array => Uint8Array.of(offset + 1) };
  for (const identifier of ["01", "02"]) {
    equal(topic.stream(source), true);
    await link.expect(`32 09 00 01 'a' 00 ${identifier} 00 01 02 03`);
    link.send(`40 02 00 ${identifier}`);
    deepEqual(await settled.next(), [0, new Uint8Array(0)]);
  }
  refused(() => topic.stream(undefined as unknown as typeof source), /^payload must be /);
  refused(() => topic.stream({ ...source, byteLength: -1 }), /^payload\.byteLength must be /);
});

/** A client on a network without time; `host` says whether the socket is of the host's own class. @returns what each `write` carries of publications on a prepared topic. */
function writes(t: TestContext, host: boolean, ...payloads: readonly Uint8Array[]): string[] {
  const clock = new FakeClock(t);
  const network = new FakeNetwork();
  const client = connect("mqtt://192.0.2.1", { ...network.provider, id: "c", sendBuffer: 64 });
  network.asHost(host, () => { clock.advance(0); });
  network.socket.writable();
  network.socket.receive("20 06 00 00 03 22 00 08");
  network.socket.taken();
  const topic = client.topic("a", { qos: 1 });
  for (const payload of payloads) topic.publish(payload);
  return network.socket.taken();
}

test("header and payload go out in two writes over the host's TCP socket, in one where each write is a record or a frame", (t) => {
  const [x, y] = [bytes("'x'"), bytes("'y'")];
  deepEqual(writes(t, true, x, y), ["32 0A 00 01 61 00 01 03 23 00 01", "78", "32 09 00 00 00 02 03 23 00 01", "79"]);
  deepEqual(writes(t, false, x, y), ["32 0A 00 01 61 00 01 03 23 00 01 78", "32 09 00 00 00 02 03 23 00 01 79"]);
});

test("what is longer than the send buffer goes out in two writes over any socket", (t) => {
  const long = pattern(60);
  deepEqual(writes(t, false, long), ["32 42 00 01 61 00 01 00", hex(long)]);
  // The longest that fits.
  equal(writes(t, false, long.subarray(0, 53)).length, 1);
});
