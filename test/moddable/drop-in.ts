/** Programs of the SDK's that use its MQTT client, unmodified, run on ours. */
import assert from "node:assert/strict";
import { observing, type Proof } from "./proofs.js";
import { sdkExample } from "./programs.js";

/** Its options, control messages, and a payload in parts as the socket takes it. */
export const mqttClientExampleRuns: Proof = async (bench) => {
  const program = sdkExample("mqttclient", { "mqttclient/config": "mqttclient/config" }, bench.broker.port);
  await observing(bench, "mqttclient", program, async (see) => {
    assert.equal(await see("foo/bar/small"), "SMALL\n");
    const long = await see("foo/bar/xxl");
    assert.equal(long.length, 3 + 16 * 1024);
    assert.match(long, /^XXLA+B/);
  });
  return "the SDK's example `examples/io/tcp/mqttclient` on our `MQTTClient`: publishes, and streams 16 KiB";
};

/** The wrapper gives topics as bytes, identifiers of its own, and null for options; it publishes when the subscription was granted. */
export const mqttJsExampleRuns: Proof = async (bench) => {
  const program = sdkExample("mqtt", { config: "mqtt/config", "mqttclient/config": "mqttclient/config" }, bench.broker.port);
  await observing(bench, "mqtt", program, async (see) => {
    for (const text of ["zero", "one", "two"]) await see("xs/test", (seen) => seen === text);
    await see("xs/test", (seen) => seen === "0123456789ABCDEF".repeat(1024));
  });
  return "the SDK's example `examples/io/tcp/mqtt` with its wrapper like MQTT.js on our `MQTTClient`: publishes at QoS 0, 1 and 2, and 16 KiB in parts";
};
