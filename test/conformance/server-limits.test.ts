/** What the server announced in its CONNACK, held against what the application asks for (MQTT 5.0, 3.2.2.3). */
import { deepEqual, equal, match, ok, rejects, throws } from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { Client } from "../../src/client/options.js";
import { Bench } from "../client/mqtt-client-bench.js";
import { subject } from "../client/network.js";
import { Attempt, CONNECT } from "../client/report-attempt.js";
import { ScriptedBroker as Broker, type ScriptedLink } from "../client/scripted-broker.js";
import { mqttError } from "../protocol/support/encoding.js";
import { field, packet, properties } from "./packets.js";

/** A limit, and publications that it forbids and allows. */
interface Limit {
  readonly id: string;
  readonly announced: string;
  readonly limit: string;
  readonly reasonCode: number;
  readonly message: RegExp;
  readonly forbidden: readonly { readonly qos?: 0 | 1 | 2; readonly retain?: boolean }[];
  readonly allowed: { readonly qos?: 0 | 1 | 2; readonly retain?: boolean };
}

const LIMITS: readonly Limit[] = [
  { id: "MQTT-3.2.2-11", announced: "24 00", limit: "Maximum QoS is 0", reasonCode: 0x9b, message: /^QoS not supported .* limit is 0,/, forbidden: [{ qos: 1 }, { qos: 2 }], allowed: { qos: 0 } },
  { id: "MQTT-3.2.2-11", announced: "24 01", limit: "Maximum QoS is 1", reasonCode: 0x9b, message: /^QoS not supported .* limit is 1,/, forbidden: [{ qos: 2 }], allowed: { qos: 1 } },
  { id: "MQTT-3.2.2-14", announced: "25 00", limit: "Retain Available is 0", reasonCode: 0x9a, message: /^Retain not supported .* limit is 0,/, forbidden: [{ retain: true }, { qos: 2, retain: true }], allowed: { qos: 2 } },
];

/** A client of the application, connected to a server with limits. */
async function connected(t: TestContext, announced: string): Promise<{ client: Client; link: ScriptedLink }> {
  const broker = await Broker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome({ properties: announced });
  await client.ready();
  return { client, link };
}

/** Nothing has been sent before this. */
async function nothingSent(client: Client, link: ScriptedLink): Promise<void> {
  await client.publish("marker", "");
  await link.expect("30 09", field("'marker'"), "00");
}

for (const { id, announced, limit, reasonCode, message, forbidden, allowed } of LIMITS) {
  const error = { name: "MqttError", kind: "configuration", reasonCode, message };

  test(`[${id}] ${limit}: what it forbids is refused by its name, and nothing is sent`, async (t) => {
    const { client, link } = await connected(t, announced);
    await Promise.all([...forbidden.map((options) => rejects(client.publish("a", "x", options), error)), nothingSent(client, link)]);
  });

  test(`[${id}] ${limit}: what was queued before the CONNACK is refused, and nothing is sent`, async (t) => {
    const broker = await Broker.start(t);
    const { client } = subject(t, broker.url);
    const calls = forbidden.map((options) => rejects(client.publish("a", "x", options), error));
    const link = await broker.welcome({ properties: announced });
    await Promise.all([...calls, nothingSent(client, link)]);
  });

  test(`[${id}] ${limit}: a prepared topic is refused, and nothing is sent`, async (t) => {
    const { client, link } = await connected(t, announced);
    for (const topic of forbidden.map((options) => client.topic("a", options)))
      for (let time = 0; time < 2; time++) throws(() => topic.publish(Uint8Array.of(1)), error);
    await nothingSent(client, link);
  });

  test(`[${id}] ${limit}: a topic that was prepared and used on a connection without limits is refused on the next one`, async (t) => {
    const broker = await Broker.start(t);
    const { client, disconnections } = subject(t, broker.url);
    const topics = forbidden.map((options) => client.topic("a", options));
    const first = await broker.welcome();
    await client.ready();
    for (const topic of topics) equal(topic.publish(Uint8Array.of(1)), true);
    for (const options of forbidden) equal((await first.nextIs("publish"))["qos"], options.qos ?? 0);
    first.cut();
    await disconnections.next();
    const link = await broker.welcome({ properties: announced, sessionPresent: true });
    await client.ready();
    for (const topic of topics) throws(() => topic.publish(Uint8Array.of(1)), error);
    // Nor is anything sent again.
    await nothingSent(client, link);
  });

  test(`[${id}] ${limit}: a payload that comes while it is sent is refused, and not asked for`, async (t) => {
    const { client, link } = await connected(t, announced);
    const read = (): Uint8Array => {
      throw new Error("asked for");
    };
    await Promise.all([...forbidden.map((options) => rejects(client.publish("a", { byteLength: 9, read }, options), error)), nothingSent(client, link)]);
  });

  test(`[${id}] ${limit}: the MQTT client class refuses it, and nothing is sent`, (t) => {
    const bench = new Bench(t, { version: 5 });
    bench.open();
    bench.socket.receive(packet("20", "00 00", properties(announced)));
    bench.socket.taken();
    for (const { qos = 0, retain = false } of forbidden)
      match(mqttError(() => bench.inside(() => bench.client.write(new ArrayBuffer(1), { topic: "a", QoS: qos, retain }))).message, message);
    deepEqual(bench.socket.taken(), []);
  });

  test(`[${id}] ${limit}: what it allows goes out`, async (t) => {
    const { client, link } = await connected(t, announced);
    client.publish("a", "x", allowed).catch(() => undefined);
    equal((await link.nextIs("publish"))["qos"], allowed.qos ?? 0);
  });
}

test("[MQTT-3.2.2-11] a publication at QoS 2 of the last connection is not sent again below Maximum QoS 1, and rejects", async (t) => {
  const broker = await Broker.start(t);
  const { client } = subject(t, broker.url);
  const first = await broker.welcome();
  const published = client.publish("a", "x", { qos: 2 });
  await first.nextIs("publish");
  first.cut();
  const second = await broker.welcome({ properties: "24 01", sessionPresent: true });
  await Promise.all([rejects(published, { kind: "configuration", reasonCode: 0x9b }), nothingSent(client, second)]);
});

test("[MQTT-3.2.2-11] report sends nothing at QoS 1 behind a CONNACK with Maximum QoS 0", async (t) => {
  // The ninth is beyond what goes out before the CONNACK.
  const attempt = new Attempt(t, Array.from({ length: 9 }, () => ({ topic: "a", payload: "", qos: 1 }) as const));
  attempt.socket.writable();
  match(attempt.written(), /00 08 00$/);
  attempt.socket.receive("20 05 00 00 02 24 00");
  equal((await attempt.fails()).reasonCode, 0x9b);
  attempt.wrote();
});

test("[MQTT-3.2.2-14] report sends nothing with RETAIN behind a CONNACK with Retain Available 0", async (t) => {
  const attempt = new Attempt(t, [{ topic: "a", payload: "", retain: true }]);
  attempt.socket.writable();
  attempt.wrote(CONNECT);
  attempt.socket.receive("20 05 00 00 02 25 00");
  equal((await attempt.fails()).reasonCode, 0x9a);
  attempt.wrote();
});

test("[MQTT-3.2.2-17] a Topic Alias above the server's maximum is refused by its name, and nothing is sent", async (t) => {
  const { client, link } = await connected(t, "22 00 03");
  const error = { kind: "configuration", reasonCode: 0x94, message: /^Topic Alias invalid .* limit is 3,/ };
  const topic = client.topic("a", { properties: { topicAlias: 4 } });
  await rejects(client.publish("a", "x", { properties: { topicAlias: 4 } }), error);
  for (let time = 0; time < 2; time++) throws(() => topic.publish(Uint8Array.of(1)), error);
  await nothingSent(client, link);
});

test("[MQTT-3.2.2-17] the server's maximum itself is sent", async (t) => {
  const { client, link } = await connected(t, "22 00 03");
  await client.publish("a", "x", { properties: { topicAlias: 3 } });
  await link.expect(packet("30", field("'a'"), properties("23 00 03"), "'x'"));
});

/** Publishes on more topics than there are aliases, again and again. @returns the aliases that the server saw. */
async function aliasesUsed(client: Client, link: ScriptedLink): Promise<Set<unknown>> {
  const topics = Array.from({ length: 5 }, (_, i) => client.topic(`topic/${i}`));
  const aliases = new Set<unknown>();
  for (let time = 0; time < 20; time++) {
    ok(topics[time % 5]?.publish(Uint8Array.of(time)));
    const { properties } = (await link.nextIs("publish")) as { properties?: { topicAlias?: number } };
    aliases.add(properties?.topicAlias);
  }
  return aliases;
}

test("[MQTT-3.2.2-17] aliases that are given automatically are 1 to the server's maximum", async (t) => {
  const { client, link } = await connected(t, "22 00 03");
  deepEqual([...(await aliasesUsed(client, link))].sort(), [1, 2, 3]);
});

for (const [what, announced] of [["without a Topic Alias Maximum", ""], ["with a Topic Alias Maximum of 0", "22 00 00"]] as const) {
  test(`[MQTT-3.2.2-18] ${what} in the CONNACK an alias is refused, and nothing is sent`, async (t) => {
    const { client, link } = await connected(t, announced);
    await rejects(client.publish("a", "x", { properties: { topicAlias: 1 } }), { kind: "configuration", reasonCode: 0x94, message: /^Topic Alias invalid .* limit is 0,/ });
    await nothingSent(client, link);
  });

  test(`[MQTT-3.2.2-18] ${what} in the CONNACK no alias is given automatically`, async (t) => {
    const { client, link } = await connected(t, announced);
    deepEqual([...(await aliasesUsed(client, link))], [undefined]);
  });
}
