/** What the broker announced in its CONNACK refuses a call before a byte is written, naming the limit (MQTT 5.0, 3.2.2.3). */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { Client } from "../../src/client/options.js";
import { connected, granted, type Connected } from "./network.js";

const ignore = (): void => undefined;

const limits: readonly (readonly [name: string, announced: string, call: (client: Client) => Promise<unknown>, reasonCode: number, message: string])[] = [
  ["Maximum QoS", "24 01", (client) => client.publish("a", "", { qos: 2 }), 0x9b, "QoS not supported (0x9b): the broker's limit is 1, this has 2"],
  ["Retain Available", "25 00", (client) => client.publish("a", "", { retain: true }), 0x9a, "Retain not supported (0x9a): the broker's limit is 0, this has 1"],
  ["Maximum Packet Size", "27 00 00 00 08", (client) => client.publish("a", "12345"), 0x95, "Packet too large (0x95): the broker's limit is 8, this has 11"],
  ["Topic Alias Maximum", "22 00 02", (client) => client.publish("a", "", { properties: { topicAlias: 3 } }), 0x94, "Topic Alias invalid (0x94): the broker's limit is 2, this has 3"],
  ["Wildcard Subscription Available, with +", "28 00", (client) => client.subscribe("a/+", ignore), 0xa2, "Wildcard Subscriptions not supported (0xa2): the broker's limit is 0, this has 1"],
  ["Wildcard Subscription Available, with #", "28 00", (client) => client.subscribe("#", ignore), 0xa2, "Wildcard Subscriptions not supported (0xa2): the broker's limit is 0, this has 1"],
  ["Shared Subscription Available", "2A 00", (client) => client.subscribe("$share/g/a", ignore), 0x9e, "Shared Subscriptions not supported (0x9e): the broker's limit is 0, this has 1"],
  ["Subscription Identifier Available", "29 00", (client) => client.subscribe("a", { properties: { subscriptionIdentifier: 1 } }, ignore), 0xa1,
    "Subscription Identifiers not supported (0xa1): the broker's limit is 0, this has 1"],
];

for (const [name, properties, call, reasonCode, message] of limits)
  test(`${name} refuses a call`, async (t) => {
    const { client, link } = await connected(t, {}, { properties });
    await rejects(call(client), { name: "MqttError", kind: "configuration", reasonCode, message });
    await client.close();
    deepEqual((await link.next()).cmd, "disconnect");
  });

test("what is available is not refused", async (t) => {
  const { client, link } = await connected(t, {}, { properties: "28 01 29 01 2A 01" });
  const call = client.subscribe("$share/g/+", { properties: { subscriptionIdentifier: 1 } }, ignore);
  await link.expect("82 12 00 01 02 0B 01 00 0A '$share/g/+' 00");
  link.send("90 04 00 01 00 00");
  equal(await call, 0);
});

/** A client that is subscribed to "+" and has lost its connection since. */
async function subscribed(t: TestContext): Promise<Connected> {
  const made = await connected(t);
  await granted(made, "+", ignore);
  made.link.cut();
  return made;
}

test("a limit does not keep a client from unsubscribing", async (t) => {
  const { client, broker } = await subscribed(t);
  const again = await broker.welcome({ sessionPresent: true, properties: "28 00" });
  const farewell = client.unsubscribe("+");
  await again.expect("A2 06 00 02 00 00 01 '+'");
  again.send("B0 04 00 02 00 00");
  equal(await farewell, 0);
});

test("a subscription that the limits of a new connection forbid is reported", async (t) => {
  const { broker, errors } = await subscribed(t);
  await broker.welcome({ properties: "28 00" });
  const { kind, reasonCode } = await errors.next();
  deepEqual([kind, reasonCode], ["configuration", 0xa2]);
});
