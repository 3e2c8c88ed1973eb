/** When and how a call of `publish` settles, and what it takes. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { test } from "node:test";
import type { PayloadSource } from "../../src/client/options.js";
import { hex, pattern } from "../protocol/support/bytes.js";
import { subject } from "./network.js";
import { ScriptedBroker } from "./scripted-broker.js";

/** Whether a promise has settled by now. */
function watch(promise: Promise<unknown>): { settled: boolean } {
  const state = { settled: false };
  const note = (): void => {
    state.settled = true;
  };
  promise.then(note, note);
  return state;
}

test("QoS 0 resolves with 0 once the socket has it", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  equal(await client.publish("a", "x"), 0);
  await link.expect("30 05 00 01 'a' 00 'x'");
});

test("QoS 1 resolves with the Reason Code of the PUBACK, not before", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const publish = client.publish("a", "x", { qos: 1 });
  const state = watch(publish);
  const link = await broker.welcome();
  await link.expect("32 07 00 01 'a' 00 01 00 'x'");
  equal(state.settled, false);
  link.send("40 03 00 01 10");
  equal(await publish, 0x10);
});

test("QoS 2 resolves with the PUBCOMP, not with the PUBREC", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const publish = client.publish("a", "x", { qos: 2, retain: true });
  const state = watch(publish);
  const link = await broker.welcome();
  await link.expect("35 07 00 01 'a' 00 01 00 'x'");
  link.send("50 02 00 01");
  await link.expect("62 02 00 01");
  equal(state.settled, false);
  link.send("70 02 00 01");
  equal(await publish, 0);
});

test("a PUBACK or PUBREC that refuses rejects with its Reason Code", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  await client.ready();
  const refused = [client.publish("a", "", { qos: 1 }), client.publish("b", "", { qos: 2 })];
  await link.nextIs("publish");
  await link.nextIs("publish");
  link.send("40 03 00 01 87", "50 03 00 02 97");
  await rejects(refused[0] ?? Promise.resolve(), { name: "MqttError", kind: "peer", reasonCode: 0x87, message: "the broker refused the publication: Not authorized (0x87)" });
  await rejects(refused[1] ?? Promise.resolve(), { kind: "peer", reasonCode: 0x97 });
  // Both identifiers are free: the connection goes on.
  equal(await client.publish("c", ""), 0);
});

test("a payload may be a string, bytes, an ArrayBuffer, or empty", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  await client.publish("a", "ä€");
  await client.publish("a", Uint8Array.of(0, 1));
  await client.publish("a", Uint8Array.of(2, 3).buffer);
  await client.publish("a", "");
  await link.expect("30 09 00 01 'a' 00 C3 A4 E2 82 AC");
  await link.expect("30 06 00 01 'a' 00 00 01");
  await link.expect("30 06 00 01 'a' 00 02 03");
  await link.expect("30 04 00 01 'a' 00");
});

test("properties are sent in version 5 and left out in 3.1.1", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const options = { properties: { payloadFormatIndicator: 1 } } as const;
  const five = subject(t, broker.url);
  const fifth = await broker.welcome();
  await five.client.publish("a", "x", options);
  await fifth.expect("30 07 00 01 'a' 02 01 01 'x'");
  const four = subject(t, broker.url, { version: 4 });
  const fourth = await broker.welcome({ version: 4 });
  await four.client.publish("a", "x", options);
  await fourth.expect("30 04 00 01 'a' 'x'");
});

test("a source is asked for what the socket takes and is sent under one header", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  const payload = pattern(100_000);
  const offsets: number[] = [];
  const source: PayloadSource = {
    byteLength: payload.length,
    read(offset, count) {
      offsets.push(offset);
      return payload.subarray(offset, offset + Math.min(count, 5000));
    },
  };
  const publish = client.publish("a", source, { qos: 1 });
  const packet = await link.nextIs("publish");
  equal(hex(packet["payload"] as Uint8Array), hex(payload));
  deepEqual(offsets, [...offsets].sort((a, b) => a - b));
  equal(offsets[0], 0);
  link.send("40 02 00 01");
  equal(await publish, 0);
});

for (const [name, read] of [
  ["throws", () => { throw new Error("the card is gone"); }],
  ["gives no bytes", () => new Uint8Array(0)],
  ["gives too many bytes", () => new Uint8Array(1001)],
] as const)
  for (const qos of [0, 1] as const)
    test(`a source that ${name} rejects at QoS ${qos} as the caller's fault, and the client comes back`, async (t) => {
      const broker = await ScriptedBroker.start(t);
      const { client, disconnections } = subject(t, broker.url);
      await broker.welcome();
      await client.ready();
      await rejects(client.publish("a", { byteLength: 1000, read }, { qos }), { name: "MqttError", kind: "configuration", message: /payload source/ });
      const { error, final } = await disconnections.next();
      deepEqual([error.kind, final], ["configuration", false]);
      const link = await broker.welcome({ sessionPresent: true });
      equal(await client.publish("b", "x"), 0);
      // The failed message is not sent again.
      await link.expect("30 05 00 01 'b' 00 'x'");
    });

test("a subscription waits while a payload is on its way, and follows it", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  await client.ready();
  const publish = client.publish("a", new Uint8Array(50_000));
  const subscribe = client.subscribe("b", () => undefined);
  await link.nextIs("publish");
  await link.nextIs("subscribe");
  link.send("90 04 00 01 00 00");
  deepEqual([await publish, await subscribe], [0, 0]);
});

test("other publications wait while a payload is on its way, and follow it", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  await client.ready();
  const all = Promise.all([client.publish("a", new Uint8Array(50_000)), client.publish("b", "x"), client.publish("c", "y", { qos: 1 })]);
  deepEqual([(await link.nextIs("publish"))["topic"], (await link.nextIs("publish"))["topic"], (await link.nextIs("publish"))["topic"]], ["a", "b", "c"]);
  link.send("40 02 00 01");
  deepEqual(await all, [0, 0, 0]);
});

test("no more QoS 1 and 2 publications go out than the broker's Receive Maximum; QoS 0 passes them", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome({ properties: "21 00 01" });
  await client.ready();
  const first = client.publish("a", "", { qos: 1 });
  const second = client.publish("b", "", { qos: 2 });
  await client.publish("c", "");
  deepEqual([(await link.nextIs("publish"))["topic"], (await link.nextIs("publish"))["topic"]], ["a", "c"]);
  link.send("40 02 00 01");
  equal(await first, 0);
  await link.expect("34 06 00 01 'b' 00 02 00");
  link.send("50 02 00 02", "70 02 00 02");
  equal(await second, 0);
});

test("no more QoS 1 and 2 publications go out than the option inFlight", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, { inFlight: 2 });
  const link = await broker.welcome();
  await client.ready();
  const all = ["a", "b", "c"].map((topic) => client.publish(topic, "", { qos: 1 }));
  await link.nextIs("publish");
  await link.nextIs("publish");
  deepEqual(link.left, []);
  link.send("40 02 00 02");
  equal((await link.nextIs("publish"))["topic"], "c");
  link.send("40 02 00 01", "40 02 00 03");
  deepEqual(await Promise.all(all), [0, 0, 0]);
});

test("what the broker's limits forbid rejects, naming the limit, and nothing is sent", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  // Maximum QoS 0, Retain Available is 0, Maximum Packet Size 30, no Topic Aliases.
  const link = await broker.welcome({ properties: "24 00 25 00 27 00 00 00 1E" });
  await client.ready();
  const kind = "configuration";
  await rejects(client.publish("a", "", { qos: 1 }), { kind, reasonCode: 0x9b, message: "QoS not supported (0x9b): the broker's limit is 0, this has 1" });
  await rejects(client.publish("a", "", { retain: true }), { kind, reasonCode: 0x9a, message: /Retain not supported .*limit is 0/ });
  await rejects(client.publish("a", "x".repeat(30)), { kind, reasonCode: 0x95, message: /Packet too large .* limit is 30, this has 36/ });
  await rejects(client.publish("a", "", { properties: { topicAlias: 1 } }), { kind, reasonCode: 0x94, message: /Topic Alias invalid .* limit is 0/ });
  equal(await client.publish("a", "x"), 0);
  await link.expect("30 05 00 01 'a' 00 'x'");
});

test("a queued publication that the broker's limits forbid rejects, the next goes out", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const forbidden = client.publish("a", "", { retain: true });
  const allowed = client.publish("b", "");
  const link = await broker.welcome({ properties: "25 00" });
  await rejects(forbidden, { kind: "configuration", reasonCode: 0x9a });
  equal(await allowed, 0);
  await link.expect("30 04 00 01 'b' 00");
});

const wrong: readonly (readonly [string, readonly unknown[], RegExp])[] = [
  ["an empty topic", ["", "x"], /^topic must be at least one character, without \+ and #$/],
  ["a topic with a wildcard", ["a/+", "x"], /^topic must be/],
  ["QoS 3", ["a", "x", { qos: 3 }], /^qos must be a whole number from 0 to 2$/],
  ["a number as payload", ["a", 5], /^payload must be a string, a Uint8Array or an ArrayBuffer$/],
  ["text with NUL", ["a", "x\0"], /^payload must be free of NUL characters and lone surrogates/],
  ["text that is no Unicode", ["a", "\ud800"], /^payload must be free of NUL characters and lone surrogates/],
  ["no payload", ["a", null], /^payload must be/],
  ["a source without length", ["a", { read: () => new Uint8Array(1) }], /^payload\.byteLength must be a whole number from 0 to 268435455$/],
  ["a source that is too long", ["a", { byteLength: 0x10000000, read: () => new Uint8Array(1) }], /^payload\.byteLength must be/],
  ["a wrong property", ["a", "x", { properties: { messageExpiryInterval: -1 } }], /messageExpiryInterval must be/],
];
for (const [name, args, message] of wrong)
  test(`${name} is refused before anything is sent`, async (t) => {
    const broker = await ScriptedBroker.start(t);
    const { client } = subject(t, broker.url);
    const publish = client.publish.bind(client) as (...any: readonly unknown[]) => Promise<number>;
    await rejects(publish(...args), { name: "MqttError", kind: "configuration", message });
  });

test("topic and properties that do not fit the send buffer reject with the size they need", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  await broker.welcome();
  await client.ready();
  await rejects(client.publish("t".repeat(300), "x"), { kind: "resource", message: /takes 306 bytes: set sendBuffer to that or more/ });
});

test("the last topic is used again as it was encoded, whatever else is published in between", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  await client.publish("a", "1");
  await client.publish("a", "22", { retain: true });
  await client.publish("b", "3");
  await client.publish("a", "4", { properties: { contentType: "t" } });
  await client.publish("a", "5");
  for (const packet of ["30 05 00 01 'a' 00 '1'", "31 06 00 01 'a' 00 '22'", "30 05 00 01 'b' 00 '3'", "30 09 00 01 'a' 04 03 00 01 't' '4'", "30 05 00 01 'a' 00 '5'"])
    await link.expect(packet);
});

test("a topic that was refused is refused again", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url);
  await broker.welcome();
  for (let i = 0; i < 2; i++) await rejects(client.publish("a/#", "x"), { kind: "configuration" });
});
