/** Subscribing, its options, its refusals, and its end. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { test } from "node:test";
import type { Message } from "../../src/client/options.js";
import { connected, granted, subject } from "./network.js";
import { ScriptedBroker } from "./scripted-broker.js";

const ignore = (): void => undefined;

/** Notes what a handler got, as "topic payload". */
function noting(list: string[], prefix = ""): (message: Message) => void {
  return (message) => void list.push(`${prefix}${message.topic} ${message.text()}`);
}

test("subscribe resolves with the granted QoS", async (t) => {
  const { client, link } = await connected(t);
  const call = client.subscribe("a/+", { qos: 2 }, ignore);
  await link.expect("82 09 00 01 00 00 03 'a/+' 02");
  link.send("90 04 00 01 00 01");
  equal(await call, 1);
});

test("all options of MQTT 5.0 are sent", async (t) => {
  const { client, link } = await connected(t);
  const call = client.subscribe("a", { qos: 1, noLocal: true, retainAsPublished: true, retainHandling: 2, properties: { subscriptionIdentifier: 5 } }, ignore);
  await link.expect("82 09 00 01 02 0B 05 00 01 'a' 2D");
  link.send("90 04 00 01 00 01");
  await call;
});

test("in 3.1.1 only the QoS is sent", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, { version: 4 });
  const call = client.subscribe("a", { qos: 1, noLocal: true, retainHandling: 2, properties: { subscriptionIdentifier: 5 } }, ignore);
  const link = await broker.welcome({ version: 4 });
  await link.expect("82 06 00 01 00 01 'a' 01");
  link.send("90 03 00 01 01");
  equal(await call, 1);
});

test("what was subscribed to before the connection is asked for in the order of calls", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const calls = ["a", "b", "c"].map((filter) => client.subscribe(filter, ignore));
  const link = await broker.welcome();
  const filters: unknown[] = [];
  for (let i = 1; i <= 3; i++) {
    filters.push((await link.nextIs("subscribe"))["subscriptions"]);
    link.send("90 04 00", `0${i}`, "00 00");
  }
  deepEqual(filters.flat().map((each) => (each as { topic: string }).topic), ["a", "b", "c"]);
  deepEqual(await Promise.all(calls), [0, 0, 0]);
});

test("more subscriptions than fit the table follow as answers come", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, { inFlight: 1 });
  const calls = Array.from({ length: 10 }, (_, i) => client.subscribe(`f${i}`, ignore));
  const link = await broker.welcome();
  for (let i = 1; i <= 10; i++) {
    equal((await link.nextIs("subscribe"))["messageId"], i);
    link.send("90 04 00", i.toString(16).padStart(2, "0"), "00 00");
  }
  deepEqual(await Promise.all(calls), Array(10).fill(0));
});

test("a refusal rejects with its Reason Code and the subscription is forgotten", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client, disconnections } = subject(t, broker.url);
  const link = await broker.welcome();
  const call = client.subscribe("a", ignore);
  await link.nextIs("subscribe");
  link.send("90 04 00 01 00 87");
  await rejects(call, { name: "MqttError", kind: "peer", reasonCode: 0x87, message: 'the broker refused to subscribe "a": Not authorized (0x87)' });
  link.cut();
  await disconnections.next();
  const again = await broker.welcome();
  await client.publish("b", "");
  await again.nextIs("publish");
});

test("a refusal after a lost session goes to onError", async (t) => {
  const { broker, client, link, errors } = await connected(t);
  await granted({ client, link }, "a", ignore);
  link.cut();
  const again = await broker.welcome();
  await again.nextIs("subscribe");
  again.send("90 04 00 02 00 97");
  const error = await errors.next();
  deepEqual([error.kind, error.reasonCode], ["peer", 0x97]);
});

test("a session that is resumed after a CONNECT without an answer may be one that began with it: the broker is asked again", async (t) => {
  const { broker, client, link } = await connected(t);
  await granted({ client, link }, "a", ignore);
  link.cut();
  const unheard = await broker.accept();
  await unheard.nextIs("connect");
  unheard.cut();
  const again = await broker.welcome({ sessionPresent: true });
  await again.expect("82 07 00 02 00 00 01 'a' 00");
});

test("a session that is resumed is not asked again", async (t) => {
  const { broker, client, link, disconnections } = await connected(t);
  await granted({ client, link }, "a", ignore);
  link.cut();
  await disconnections.next();
  const again = await broker.welcome({ sessionPresent: true });
  await client.ready();
  await client.publish("b", "");
  await again.nextIs("publish");
});

const wrong: readonly (readonly [string, readonly unknown[], RegExp])[] = [
  ["an empty filter", ["", ignore], /^topic filter/],
  ["a misplaced #", ["a/#/b", ignore], /^topic filter "a\/#\/b" must be a string with .* # in the last/],
  ["a misplaced +", ["a+", ignore], /^topic filter/],
  ["a shared subscription without name", ["$share//a", ignore], /^topic filter/],
  ["no handler", ["a"], /^handler must be a function, the last argument$/],
  ["options without handler", ["a", { qos: 1 }], /^handler must be a function/],
];
for (const [name, args, message] of wrong)
  test(`subscribing with ${name} is refused at once`, async (t) => {
    const { client, link } = await connected(t);
    const subscribe = client.subscribe.bind(client) as (...any: readonly unknown[]) => Promise<number>;
    await rejects(subscribe(...args), { name: "MqttError", kind: "configuration", message });
    deepEqual(link.left, []);
  });

for (const [name, options, message] of [
  ["QoS 3", { qos: 3 as 2 }, /^qos must be a whole number from 0 to 2$/],
  ["Retain Handling 3", { retainHandling: 3 as 2 }, /^retainHandling must be/],
  ["a property out of range", { properties: { subscriptionIdentifier: 0 } }, /subscriptionIdentifier must be/],
] as const)
  test(`subscribing with ${name} is refused, the next subscription goes on`, async (t) => {
    const { client, link } = await connected(t);
    await rejects(client.subscribe("a", options, ignore), { name: "MqttError", kind: "configuration", message });
    const call = client.subscribe("b", ignore);
    const { messageId } = (await link.nextIs("subscribe")) as unknown as { messageId: number };
    link.send("90 04 00", `0${messageId}`, "00 00");
    equal(await call, 0);
  });

test("subscribing again replaces the handler and asks the broker again", async (t) => {
  const { client, link } = await connected(t);
  const got: string[] = [];
  const first = client.subscribe("a", noting(got, "first "));
  await link.nextIs("subscribe");
  link.send("90 04 00 01 00 00", "30 05 00 01 'a' 00 'x'");
  await first;
  const second = client.subscribe("a", { qos: 1 }, noting(got, "second "));
  await link.expect("82 07 00 02 00 00 01 'a' 01");
  link.send("90 04 00 02 00 01", "30 05 00 01 'a' 00 'y'");
  equal(await second, 1);
  deepEqual(got, ["first a x", "second a y"]);
});

test("a call whose place another took before the answer rejects", async (t) => {
  const { client, link } = await connected(t);
  const first = client.subscribe("a", ignore);
  const second = client.subscribe("a", { qos: 1 }, ignore);
  await rejects(first, { kind: "configuration", message: 'another call for "a" took the place of this one' });
  await link.nextIs("subscribe");
  await link.nextIs("subscribe");
  link.send("90 04 00 01 00 00", "90 04 00 02 00 01");
  equal(await second, 1);
});

test("unsubscribe resolves with the Reason Code, and no handler is called any more", async (t) => {
  const { client, link } = await connected(t);
  const got: string[] = [];
  await granted({ client, link }, "a", noting(got));
  const end = client.unsubscribe("a");
  await link.expect("A2 06 00 02 00 00 01 'a'");
  link.send("B0 04 00 02 00 00", "32 07 00 01 'a' 00 01 00 'x'");
  equal(await end, 0);
  // Acknowledged all the same: the broker may have sent it before.
  await link.expect("40 02 00 01");
  deepEqual(got, []);
});

test("unsubscribe from what nobody subscribed to resolves with No subscription existed", async (t) => {
  const { client, link } = await connected(t);
  equal(await client.unsubscribe("a"), 0x11);
  deepEqual(link.left, []);
});

test("a refused unsubscribe rejects, and the subscription stays", async (t) => {
  const { client, link } = await connected(t);
  const got: string[] = [];
  await granted({ client, link }, "a", noting(got));
  const end = client.unsubscribe("a");
  await link.nextIs("unsubscribe");
  link.send("B0 04 00 02 00 87", "32 07 00 01 'a' 00 01 00 'x'");
  await rejects(end, { kind: "peer", reasonCode: 0x87, message: /^the broker refused to unsubscribe "a"/ });
  await link.expect("40 02 00 01");
  deepEqual(got, ["a x"]);
});

test("unsubscribing before the answer rejects the call and sends both", async (t) => {
  const { client, link } = await connected(t);
  const call = client.subscribe("a", ignore);
  const end = client.unsubscribe("a");
  await rejects(call, { kind: "configuration", message: 'another call for "a" took the place of this one' });
  await link.nextIs("subscribe");
  await link.nextIs("unsubscribe");
  link.send("90 04 00 01 00 00", "B0 04 00 02 00 00");
  equal(await end, 0);
});

test("unsubscribing offline: nothing is sent to a broker that knows nothing", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const call = client.subscribe("a", ignore);
  const end = client.unsubscribe("a");
  await rejects(call, { kind: "configuration" });
  const link = await broker.welcome();
  equal(await end, 0x11);
  await client.publish("b", "");
  await link.nextIs("publish");
});

test("unsubscribing offline: a resumed session is told", async (t) => {
  const { broker, client, link, disconnections } = await connected(t);
  await granted({ client, link }, "a", ignore);
  link.cut();
  await disconnections.next();
  const end = client.unsubscribe("a");
  const again = await broker.welcome({ sessionPresent: true });
  await again.expect("A2 06 00 02 00 00 01 'a'");
  again.send("B0 04 00 02 00 00");
  equal(await end, 0);
});
