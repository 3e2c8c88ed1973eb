/** What only MQTT 5.0 has, against mosquitto. */
import { deepEqual, equal, match } from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { startBroker, type Broker } from "../../boards/simulator/tools/broker.js";
import type { Properties } from "../../src/index.js";
import { bytes } from "../protocol/support/bytes.js";
import { startTLSBroker } from "../broker/tls-broker.js";
import { EventQueue } from "./event-queue.js";
import { peer } from "./mqtt-js.js";
import { subject } from "./network.js";

async function mosquitto(t: TestContext): Promise<Broker> {
  const broker = await startBroker({ kind: "mosquitto" });
  t.after(() => broker.stop());
  return broker;
}

test("properties pass in both directions", async (t) => {
  const { url } = await mosquitto(t);
  const { client } = subject(t, url);
  const other = await peer(t, url, { protocolVersion: 5 });
  const got = new EventQueue<Properties>();
  await client.subscribe("in", { qos: 1, properties: { subscriptionIdentifier: 7 } }, ({ properties }) => got.push(properties));
  await other.client.publishAsync("in", "x", { qos: 1, properties: { contentType: "text/plain", userProperties: { a: "1" }, correlationData: Buffer.of(9) } });
  deepEqual(await got.next(), { contentType: "text/plain", userProperty: [["a", "1"]], correlationData: Uint8Array.of(9), subscriptionIdentifier: 7 });
  await other.client.subscribeAsync("out", { qos: 1 });
  await client.publish("out", "x", { qos: 1, properties: { contentType: "text/plain", userProperty: [["a", "1"], ["b", "2"]], payloadFormatIndicator: 1 } });
  const { properties } = await other.messages.next();
  deepEqual([properties?.contentType, { ...properties?.userProperties }, properties?.payloadFormatIndicator], ["text/plain", { a: "1", b: "2" }, true]);
});

test("a request is answered by MQTT.js", async (t) => {
  const { url } = await mosquitto(t);
  const { client } = subject(t, url);
  const other = await peer(t, url, { protocolVersion: 5 });
  await other.client.subscribeAsync("upper", { qos: 1 });
  other.client.on("message", (_topic, payload, { properties }) => {
    if (properties?.responseTopic !== undefined && properties.correlationData !== undefined)
      other.client.publish(properties.responseTopic, payload.toString().toUpperCase(), { properties: { correlationData: properties.correlationData } });
  });
  const responses = await Promise.all(["one", "two", "three"].map((text) => client.request("upper", text, { qos: 1 })));
  deepEqual(responses.map(({ payload }) => new TextDecoder().decode(payload)), ["ONE", "TWO", "THREE"]);
});

test("prepared topics arrive under their names, by alias", async (t) => {
  const { url } = await mosquitto(t);
  const { client } = subject(t, url, { queue: 100 });
  const other = await peer(t, url, { protocolVersion: 5 });
  await other.client.subscribeAsync("p/#", { qos: 1 });
  const { properties } = await client.ready();
  equal((properties.topicAliasMaximum ?? 0) > 0, true);
  // More topics than mosquitto takes aliases, so that some change hands.
  const topics = Array.from({ length: 12 }, (_, i) => client.topic(`p/${i}`, { qos: 1 }));
  const names: string[] = [];
  for (let round = 0; round < 3; round++)
    for (const topic of topics) {
      equal(topic.publish(bytes("'x'")), true);
      names.push(topic.name);
    }
  const got: string[] = [];
  while (got.length < names.length) got.push((await other.messages.next()).topic);
  deepEqual(got, names);
});

test("publishing to nobody resolves with No matching subscribers", async (t) => {
  const { url } = await mosquitto(t);
  const { client } = subject(t, url);
  equal(await client.publish("nobody", "x", { qos: 1 }), 0x10);
});

test("the session ends after its Session Expiry Interval of 0", async (t) => {
  const { url } = await mosquitto(t);
  const first = subject(t, url, { id: "short", clean: false, properties: { sessionExpiryInterval: 0 } });
  await first.client.subscribe("a", { qos: 1 }, () => undefined);
  await first.client.close();
  const second = subject(t, url, { id: "short", clean: false });
  equal((await second.client.ready()).resumed, false);
});

test("the session of an earlier client is taken up with clean: false", async (t) => {
  const { url } = await mosquitto(t);
  const first = subject(t, url, { id: "long" });
  await first.client.subscribe("a", { qos: 1 }, () => undefined);
  await first.client.close();
  const other = await peer(t, url, { protocolVersion: 5 });
  await other.client.publishAsync("a", "kept", { qos: 1 });
  const got = new EventQueue<string>();
  const second = subject(t, url, { id: "long", clean: false });
  const subscribed = second.client.subscribe("a", { qos: 1 }, (message) => got.push(message.text()));
  equal((await second.client.ready()).resumed, true);
  equal(await got.next(), "kept");
  equal(await subscribed, 1);
});

test("TLS: mqtt:// to a broker that wants mqtts:// asks for the right thing", async (t) => {
  const { broker } = await startTLSBroker(t);
  const { disconnections } = subject(t, `mqtt://127.0.0.1:${broker.port}`, { reconnect: false, version: 5 });
  const { error } = await disconnections.next();
  match(error.message, /is it an MQTT broker, and with TLS|broker sent a wrong/);
});
