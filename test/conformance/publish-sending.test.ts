/** PUBLISH as this side sends it (MQTT 5.0, 3.3). */
import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { test } from "node:test";
import { Publication } from "../../src/protocol/session/publication.js";
import { EventQueue } from "../client/event-queue.js";
import { Bench, buffer } from "../client/mqtt-client-bench.js";
import { connected, sentNothing } from "../client/network.js";
import { hex, pattern } from "../protocol/support/bytes.js";
import { mqttError, refused } from "../protocol/support/encoding.js";
import { LASTING, ScriptedBroker } from "../protocol/support/scripted-broker.js";

const REFUSED = { name: "MqttError", kind: "configuration" };

/** What MQTT has no UTF-8 for. */
const ILL_FORMED = ["\0", "a\0b", "\uD800", "\uDC00", "a\uDBFF", "\uDC00\uD800"];

test("[MQTT-3.3.1-1] a QoS 1 PUBLISH is resent with DUP 1 and otherwise the same", () => {
  const broker = ScriptedBroker.connected(LASTING);
  broker.publish("a", 1, "07 08", { contentType: "x" });
  broker.expect("32 0C", "00 01 'a'", "00 01", "04 03 00 01 'x'", "07 08").cut().connect().accept(true);
  broker.expect("3A 0C", "00 01 'a'", "00 01", "04 03 00 01 'x'", "07 08");
});

test("[MQTT-3.3.1-1] a QoS 2 PUBLISH is resent with DUP 1 and otherwise the same", () => {
  const broker = ScriptedBroker.connected(LASTING);
  broker.publish("a", 2, "07");
  broker.expect("34 07 00 01 'a' 00 01 00 07").cut().connect().accept(true).expect("3C 07 00 01 'a' 00 01 00 07");
});

test("[MQTT-3.3.1-1] RETAIN stays as it was in what is resent", () => {
  const broker = ScriptedBroker.connected(LASTING);
  broker.publish(new Publication("a", 1, true));
  broker.expect("33 06 00 01 'a' 00 01 00").cut().connect().accept(true).expect("3B 06 00 01 'a' 00 01 00");
});

test("[MQTT-3.3.1-1] what is resent a second time has DUP 1 too", () => {
  const broker = ScriptedBroker.connected(LASTING);
  broker.publish("a", 1);
  broker.cut().connect().accept(true).expect("3A 06 00 01 'a' 00 01 00").cut().connect().accept(true).expect("3A 06 00 01 'a' 00 01 00");
});

test("[MQTT-3.3.1-1] a PUBLISH that was cut off in its payload is resent whole, with DUP 1", () => {
  const payload = pattern(30);
  const broker = ScriptedBroker.connected({ ...LASTING, window: 16, sendBuffer: 32 });
  broker.publish("a", 1, payload);
  broker.expect("32 24 00 01 'a' 00 01 00", hex(payload.subarray(0, 8))).cut().connect({ window: 100 }).accept(true);
  broker.expect("3A 24 00 01 'a' 00 01 00", hex(payload));
});

test("[MQTT-3.3.1-1] a client that comes back resends with DUP 1 what was not acknowledged, and only that", async (t) => {
  const { client, broker, link } = await connected(t);
  const calls = ["a", "b"].map((topic) => client.publish(topic, "x", { qos: 1 }));
  await link.expect("32 07 00 01 'a' 00 01 00 'x'");
  await link.expect("32 07 00 01 'b' 00 02 00 'x'");
  link.send("40 02 00 01");
  await calls[0];
  link.cut();
  const again = await broker.welcome({ sessionPresent: true });
  await again.expect("3A 07 00 01 'b' 00 02 00 'x'");
  again.send("40 02 00 02");
  equal(await calls[1], 0);
});

test("[MQTT-3.3.1-2] a QoS 0 PUBLISH has DUP 0, once, prepared or in parts", () => {
  const broker = ScriptedBroker.connected({ window: 20, sendBuffer: 32 });
  broker.publish("a");
  broker.expect("30 04 00 01 'a' 00");
  broker.publish(new Publication("a", 0, true));
  broker.expect("31 04 00 01 'a' 00");
  broker.publish("a", 0, pattern(30));
  equal(hex(broker.transport.take()).slice(0, 5), "30 22");
});

test("[MQTT-3.3.1-2] a QoS 0 PUBLISH that waited for the next connection has DUP 0", async (t) => {
  const { client, broker, link, disconnections } = await connected(t);
  link.cut();
  await disconnections.next();
  void client.publish("a", "");
  await (await broker.welcome({ sessionPresent: true })).expect("30 04 00 01 'a' 00");
});

test("[MQTT-3.3.1-2] a QoS 0 PUBLISH has DUP 0 although it was asked for, with an identifier or without", (t) => {
  const bench = new Bench(t, { version: 5 });
  bench.connect();
  bench.write(buffer("'x'"), { topic: "a", duplicate: true });
  bench.write(buffer("'x'"), { topic: "a", duplicate: true, id: 7 });
  deepEqual(bench.taken(), ["30 05 00 01 61 00 78", "30 05 00 01 61 00 78"]);
});

test("[MQTT-3.3.1-3] a received message with DUP 1 is forwarded with DUP 0", async (t) => {
  const { client, link } = await connected(t);
  const forwarded = new EventQueue<Promise<number>>();
  const subscribed = client.subscribe("a", { qos: 1 }, (message) => {
    forwarded.push(client.publish("b", message.payload.slice(), { qos: message.qos, retain: message.retain, properties: message.properties }));
  });
  await link.nextIs("subscribe");
  link.send("90 04 00 01 00 01");
  await subscribed;
  link.send("3B 07 00 01 'a' 00 01 00 'x'");
  await link.expect("40 02 00 01");
  await link.expect("33 07 00 01 'b' 00 02 00 'x'");
  link.send("40 02 00 02");
  equal(await forwarded.next(), 0);
});

test("[MQTT-3.3.1-3] DUP is no option of a publication", async (t) => {
  const bench = await connected(t);
  const { client } = bench;
  const given = { qos: 1, duplicate: true } as const;
  await rejects(client.publish("a", "", given), REFUSED);
  throws(() => client.topic("a", given), REFUSED);
  await sentNothing(bench);
});

test("[MQTT-3.3.1-3] a received message with DUP 1 that is written as it came is forwarded with DUP 0", (t) => {
  const bench = new Bench(t, { version: 5 });
  bench.connect();
  bench.socket.receive("3A 07 00 01 'a' 00 01 00 'x'");
  const [readable] = bench.only("readable");
  equal(readable?.options.duplicate, true);
  bench.taken();
  bench.write(buffer("'x'"), { ...readable.options, topic: "b" });
  deepEqual(bench.taken(), ["32 07 00 01 62 00 01 00 78"]);
});

test("[MQTT-3.3.1-3] what the server's lost session made a new message goes out with DUP 0", async (t) => {
  const { client, broker, link } = await connected(t);
  const call = client.publish("a", "x", { qos: 1 });
  await link.nextIs("publish");
  link.cut();
  const again = await broker.welcome({ sessionPresent: false });
  await again.expect("32 07 00 01 'a' 00 02 00 'x'");
  again.send("40 02 00 02");
  equal(await call, 0);
});

for (const qos of [3, 4, -1, 0.5, NaN]) {
  test(`[MQTT-3.3.1-4] QoS ${qos} is refused and nothing is sent`, async (t) => {
    const wrong = { qos: qos as 0 };
    const bench = await connected(t);
    const { client } = bench;
    await rejects(client.publish("a", "", wrong), REFUSED);
    throws(() => client.topic("a", wrong), REFUSED);
    await rejects(client.request("a", "", wrong), REFUSED);
    await sentNothing(bench);
  });

  test(`[MQTT-3.3.1-4] the ECMA-419 class refuses QoS ${qos}, and nothing is sent`, (t) => {
    const bench = new Bench(t, { version: 5 });
    bench.connect();
    refused(() => bench.write(null, { topic: "a", QoS: qos as 0 }), /^qos must be a whole number from 0 to 2$/);
    deepEqual(bench.taken(), []);
  });
}

test("[MQTT-3.3.2-1] the Topic Name is the first field, in UTF-8 with its length", () => {
  const broker = ScriptedBroker.connected();
  broker.publish("a\u00E4/\u20AC/\u{1F600}", 1, "07");
  broker.expect("32 12", "00 0C 'a' C3 A4 2F E2 82 AC 2F F0 9F 98 80", "00 01", "00", "07");
  broker.publish("\uFEFFa", 0);
  broker.expect("30 07", "00 04 EF BB BF 'a'", "00");
});

test("[MQTT-3.3.2-1] a topic that has no UTF-8 is refused and nothing is sent", async (t) => {
  const bench = await connected(t);
  const { client } = bench;
  for (const topic of ILL_FORMED) {
    await rejects(client.publish(topic, ""), REFUSED);
    await rejects(client.request(topic, ""), REFUSED);
    throws(() => client.topic(topic), REFUSED);
  }
  await sentNothing(bench);
});

test("[MQTT-3.3.2-2] a topic with a wildcard is refused and nothing is sent", async (t) => {
  const bench = await connected(t);
  const { client } = bench;
  for (const topic of ["a/#", "#", "+", "a/+", "a/+/b", "a#", "+a", "$share/g/+"]) {
    await rejects(client.publish(topic, ""), REFUSED);
    await rejects(client.request(topic, ""), REFUSED);
    throws(() => client.topic(topic), REFUSED);
  }
  await sentNothing(bench);
});

for (const [id, name] of [["13", "responseTopic"], ["19", "contentType"]] as const)
  test(`[MQTT-3.3.2-${id}] a ${name} that has no UTF-8 is refused and nothing is sent`, async (t) => {
    const bench = await connected(t);
    const { client } = bench;
    for (const text of ILL_FORMED) {
      const given = { properties: { [name]: text } };
      await rejects(client.publish("a", "", given), REFUSED);
      throws(() => client.topic("a", given), REFUSED);
      if (name === "responseTopic") await rejects(client.request("a", "", { responseTopic: text }), REFUSED);
    }
    await sentNothing(bench);
  });

test("[MQTT-3.3.2-13][MQTT-3.3.2-19] Response Topic and Content Type are sent in UTF-8 with their lengths", () => {
  const broker = ScriptedBroker.connected();
  broker.publish("a", 0, "", { responseTopic: "r/\u00E4", contentType: "\u20AC" });
  broker.expect("30 11", "00 01 'a'", "0D", "08 00 04 'r/' C3 A4", "03 00 03 E2 82 AC");
});

test("[MQTT-3.3.2-14] a Response Topic with a wildcard is refused, and nothing is sent or subscribed to", async (t) => {
  const bench = await connected(t);
  const { client } = bench;
  for (const responseTopic of ["r/#", "#", "+/r", "r/+", "r+"]) {
    await rejects(client.publish("a", "", { properties: { responseTopic } }), REFUSED);
    throws(() => client.topic("a", { properties: { responseTopic } }), REFUSED);
    await rejects(client.request("a", "", { responseTopic }), REFUSED);
  }
  await sentNothing(bench);
});

test("[MQTT-3.3.4-6] a Subscription Identifier in a publication is refused and nothing is sent", async (t) => {
  const bench = await connected(t);
  const { client } = bench;
  const received: object = { contentType: "x", subscriptionIdentifier: 5 };
  for (const each of [received, { subscriptionIdentifier: [5, 6] }]) {
    await rejects(client.publish("a", "", { properties: each }), REFUSED);
    throws(() => client.topic("a", { properties: each }), REFUSED);
  }
  await sentNothing(bench);
});

test("[MQTT-3.3.4-6] a message is sent on with all its properties but the Subscription Identifier", async (t) => {
  const { client, link } = await connected(t);
  const subscribed = client.subscribe("a", { properties: { subscriptionIdentifier: 5 } }, (message) => {
    void client.publish("b", message.payload.slice(), { properties: { ...message.properties, ...{ subscriptionIdentifier: undefined } } });
  });
  await link.nextIs("subscribe");
  link.send("90 04 00 01 00 00");
  await subscribed;
  const rest = "01 01 02 00 00 00 09 03 00 01 'c' 08 00 01 'r' 09 00 01 07 26 00 01 'k' 00 01 'v'";
  link.send("30 22 00 01 'a' 1C 0B 05", rest, "'xy'");
  await link.expect("30 20 00 01 'b' 1A", rest, "'xy'");
});

test("[MQTT-3.3.4-6] the ECMA-419 class refuses a Subscription Identifier in a PUBLISH", (t) => {
  const bench = new Bench(t, { version: 5 });
  bench.connect();
  equal(mqttError(() => bench.write(null, { topic: "a", properties: { subscriptionIdentifier: 5 } })).kind, "configuration");
  deepEqual(bench.taken(), []);
});
