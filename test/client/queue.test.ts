/** What becomes of publications while they cannot be sent. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { test } from "node:test";
import type { ConnectOptions } from "../../src/client/options.js";
import { subject } from "./network.js";
import { ScriptedBroker, type ScriptedLink } from "./scripted-broker.js";

/** How a call ended. */
async function outcome(call: Promise<number>): Promise<string> {
  try {
    return `resolved ${await call}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function topics(link: ScriptedLink, count: number): Promise<string[]> {
  const list: string[] = [];
  while (list.length < count) list.push(String((await link.nextIs("publish"))["topic"]));
  return list;
}

/** Publishes offline, then connects. @returns how each call ended and what was sent. */
async function offline(t: import("node:test").TestContext, options: ConnectOptions, names: readonly string[], sent: number): Promise<{ outcomes: string[]; sent: string[] }> {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, options);
  const calls = names.map((name) => outcome(client.publish(name, "")));
  const link = await broker.welcome();
  const result = { outcomes: await Promise.all(calls), sent: await topics(link, sent) };
  deepEqual(link.left, []);
  return result;
}

const FULL = "the queue is full: publish less, or set queue or queuePolicy";
const OLDEST = "dropped for a newer publication: queuePolicy is drop-oldest";
const NEWER = "dropped for a newer publication: queuePolicy is newest-per-topic";

test("what was published before the connection goes out in order", async (t) => {
  deepEqual(await offline(t, {}, ["a", "b", "a", "c"], 4), { outcomes: Array<string>(4).fill("resolved 0"), sent: ["a", "b", "a", "c"] });
});

test("reject, the default: the newest is refused when the queue is full", async (t) => {
  deepEqual(await offline(t, { queue: 2 }, ["a", "b", "c"], 2), { outcomes: ["resolved 0", "resolved 0", FULL], sent: ["a", "b"] });
});

test("drop-oldest: the oldest gives way", async (t) => {
  deepEqual(await offline(t, { queue: 2, queuePolicy: "drop-oldest" }, ["a", "b", "c"], 2), { outcomes: [OLDEST, "resolved 0", "resolved 0"], sent: ["b", "c"] });
});

test("newest-per-topic: of each topic the newest stays, also before the queue is full", async (t) => {
  deepEqual(await offline(t, { queue: 3, queuePolicy: "newest-per-topic" }, ["a", "b", "a", "ab"], 3), {
    outcomes: [NEWER, "resolved 0", "resolved 0", "resolved 0"],
    sent: ["b", "a", "ab"],
  });
});

test("newest-per-topic: other topics are refused when the queue is full", async (t) => {
  deepEqual(await offline(t, { queue: 2, queuePolicy: "newest-per-topic" }, ["a", "b", "c", "b"], 2), {
    outcomes: ["resolved 0", NEWER, FULL, "resolved 0"],
    sent: ["a", "b"],
  });
});

for (const queuePolicy of ["reject", "drop-oldest", "newest-per-topic"] as const)
  test(`a queue of 0 keeps nothing with ${queuePolicy}`, async (t) => {
    const broker = await ScriptedBroker.start(t);
    const { client } = subject(t, broker.url, { queue: 0, queuePolicy });
    await rejects(client.publish("a", ""), { name: "MqttError", kind: "resource", reasonCode: 0x97, message: /^the queue is full/ });
    const link = await broker.welcome();
    await client.ready();
    equal(await client.publish("b", ""), 0);
    deepEqual(await topics(link, 1), ["b"]);
  });

test("a dropped publication rejects as resource with Quota exceeded", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, { queue: 1, queuePolicy: "drop-oldest" });
  const first = client.publish("a", "", { qos: 2 });
  const second = client.publish("b", "");
  await rejects(first, { name: "MqttError", kind: "resource", reasonCode: 0x97 });
  await broker.welcome();
  equal(await second, 0);
});

test("QoS 0 does not overtake a queued QoS 0", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  await client.ready();
  // The first fills the socket, so that the others queue.
  const calls = [client.publish("a", new Uint8Array(40_000)), client.publish("b", ""), client.publish("c", "")];
  deepEqual(await topics(link, 3), ["a", "b", "c"]);
  await Promise.all(calls);
});

test("what was queued in one outage goes out before what was queued in the next", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client, disconnections } = subject(t, broker.url);
  const first = await broker.welcome();
  await client.ready();
  first.cut();
  await disconnections.next();
  const calls = [client.publish("a", "", { qos: 1 }), client.publish("b", "", { qos: 1 })];
  const second = await broker.accept();
  await second.nextIs("connect");
  second.cut();
  await disconnections.next();
  calls.push(client.publish("c", "", { qos: 1 }));
  const third = await broker.welcome();
  deepEqual(await topics(third, 3), ["a", "b", "c"]);
  third.send("40 02 00 01", "40 02 00 02", "40 02 00 03");
  deepEqual(await Promise.all(calls), [0, 0, 0]);
});

test("what a lost session gave back keeps its order when something is published meanwhile", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client, disconnections } = subject(t, broker.url, { queuePolicy: "newest-per-topic" });
  const first = await broker.welcome();
  await client.ready();
  const calls: Promise<string>[] = [];
  const publish = (topic: string): unknown => calls.push(outcome(client.publish(topic, "", { qos: 1 })));
  publish("a");
  // Given up with the session, between what is kept.
  client.topic("x", { qos: 2, onSettled: () => publish("a") }).publish(new Uint8Array(0));
  publish("b");
  await topics(first, 3);
  first.cut();
  await disconnections.next();
  publish("c");
  const second = await broker.welcome();
  deepEqual(await topics(second, 4), ["a", "b", "c", "a"]);
  second.send("40 02 00 04", "40 02 00 05", "40 02 00 06", "40 02 00 07");
  deepEqual(await Promise.all(calls), Array<string>(4).fill("resolved 0"));
});
