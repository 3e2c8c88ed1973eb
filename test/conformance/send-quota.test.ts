/** Flow control by the server's Receive Maximum (MQTT 5.0, 4.9). */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { Published } from "../../src/protocol/connection/publishing.js";
import { LASTING, ScriptedBroker } from "../protocol/support/scripted-broker.js";
import { established } from "./established.js";

/** The server takes one QoS 1 or 2 publication at a time. */
const one = (options = {}): ScriptedBroker => ScriptedBroker.connected(options, "21 00 01");

/** How many QoS 1 publications go out before one is held back. */
function quota(broker: ScriptedBroker): number {
  let count = 0;
  while (broker.publish("a", 1) === Published.ACCEPTED) count++;
  return count;
}

test("[MQTT-4.9.0-1] the quota begins at the server's Receive Maximum", () => {
  for (const maximum of [1, 2, 5]) equal(quota(ScriptedBroker.connected({ inFlight: 10 }, "21 00", `0${maximum}`)), maximum);
  equal(quota(ScriptedBroker.connected({ inFlight: 200 }, "21 01 00")), 200);
});

test("[MQTT-4.9.0-1] without a Receive Maximum it is 65535: only the client's own limit holds", () => {
  equal(quota(ScriptedBroker.connected({ inFlight: 255 })), 255);
});

test("[MQTT-4.9.0-1] a Receive Maximum of 1 sends one QoS 1 message after the other", async (t) => {
  const { client, link } = await established(t, {}, { properties: "21 00 01" });
  const calls = ["a", "b", "c"].map((topic) => client.publish(topic, "", { qos: 1 }));
  for (const [topic, identifier] of [["a", "01"], ["b", "02"], ["c", "03"]] as const) {
    await link.expect(`32 06 00 01 '${topic}' 00`, identifier, "00");
    await client.publish("x", "");
    await link.expect("30 04 00 01 'x' 00");
    deepEqual(link.left, []);
    link.send("40 02 00", identifier);
  }
  deepEqual(await Promise.all(calls), [0, 0, 0]);
});

test("[MQTT-4.9.0-1] each connection begins with the Receive Maximum of its own CONNACK", () => {
  const broker = one(LASTING);
  equal(quota(broker), 1);
  equal(quota(broker.cut().connect().accept(false, "21 00 03")), 3);
  equal(quota(broker.cut().connect().accept(false)), 8);
  equal(quota(broker.cut().connect().accept(false, "21 00 02")), 2);
});

test("[MQTT-4.9.0-1] what a resumed session sends again spends the quota of the new connection", () => {
  const broker = ScriptedBroker.connected(LASTING);
  for (const topic of ["a", "b", "c"]) broker.publish(topic, 1);
  broker.transport.take();
  broker.cut().connect().accept(true, "21 00 02").expect("3A 06 00 01 'a' 00 01 00", "3A 06 00 01 'b' 00 02 00").reply("40 02 00 02");
  broker.expect("3A 06 00 01 'c' 00 03 00");
});

test("[MQTT-4.9.0-2] QoS 1 and 2 spend one unit each; at zero the next one waits, QoS 0 goes on", () => {
  const broker = ScriptedBroker.connected({}, "21 00 02");
  equal(broker.publish("a", 1), Published.ACCEPTED);
  equal(broker.publish("b", 2), Published.ACCEPTED);
  equal(broker.publish("c", 1), Published.BLOCKED);
  equal(broker.publish("c", 2), Published.BLOCKED);
  equal(broker.publish("d", 0), Published.DONE);
  broker.expect("32 06 00 01 'a' 00 01 00", "34 06 00 01 'b' 00 02 00", "30 04 00 01 'd' 00");
});

test("[MQTT-4.9.0-2] with a Receive Maximum of 1 the client's QoS 0 calls overtake a QoS 1 call that waits", async (t) => {
  const { client, link } = await established(t, {}, { properties: "21 00 01" });
  const calls = ([["a", 2], ["b", 1], ["c", 0], ["d", 1], ["e", 0]] as const).map(([topic, qos]) => client.publish(topic, "", { qos }));
  await link.expect("34 06 00 01 'a' 00 01 00");
  await link.expect("30 04 00 01 'c' 00");
  await link.expect("30 04 00 01 'e' 00");
  link.send("50 02 00 01");
  await link.expect("62 02 00 01");
  deepEqual(link.left, []);
  link.send("70 02 00 01");
  await link.expect("32 06 00 01 'b' 00 02 00");
  link.send("40 02 00 02");
  await link.expect("32 06 00 01 'd' 00 03 00");
  link.send("40 02 00 03");
  deepEqual(await Promise.all(calls), [0, 0, 0, 0, 0]);
});

for (const [name, qos, answers] of [
  ["PUBACK", 1, ["40 02 00 01"]], ["a PUBACK that refuses", 1, ["40 03 00 01 80"]], ["a PUBREC that refuses", 2, ["50 03 00 01 80"]], ["PUBCOMP", 2, ["50 02 00 01", "70 02 00 01"]],
] as const)
  test(`[MQTT-4.9.0-2] ${name} gives back one unit, no more`, () => {
    const broker = one();
    broker.publish("a", qos);
    for (const answer of answers) {
      equal(broker.publish("b", 1), Published.BLOCKED);
      broker.reply(answer);
    }
    equal(quota(broker), 1);
  });

test("[MQTT-4.9.0-2] a prepared topic spends the quota too, on its fast way", async (t) => {
  const { client, link } = await established(t, {}, { properties: "21 00 02" });
  const prepared = client.topic("a", { qos: 1 });
  const payload = Uint8Array.of(0x55);
  for (let i = 0; i < 3; i++) equal(prepared.publish(payload), true);
  await link.expect("32 07 00 01 'a' 00 01 00 55");
  await link.expect("32 07 00 01 'a' 00 02 00 55");
  await client.publish("x", "");
  await link.expect("30 04 00 01 'x' 00");
  deepEqual(link.left, []);
  link.send("40 02 00 01");
  await link.expect("32 07 00 01 'a' 00 03 00 55");
});

test("[MQTT-4.9.0-3] at zero quota all other packets are handled, answered and sent", () => {
  const broker = one({ keepAlive: 60 });
  broker.publish("a", 2);
  broker.expect("34 06 00 01 'a' 00 01 00");
  equal(broker.publish("b", 1), Published.BLOCKED);
  broker.reply("34 06 00 01 'x' 00 09 00").expect("50 02 00 09").reply("62 02 00 09").expect("70 02 00 09");
  broker.reply("32 06 00 01 'x' 00 0A 00").expect("40 02 00 0A").reply("30 04 00 01 'x' 00").expectNothing();
  equal(broker.client.subscribe([{ filter: "s" }], undefined, broker.now), 2);
  equal(broker.client.unsubscribe(["u"], undefined, broker.now), 3);
  broker.expect("82 07 00 02 00 00 01 's' 00", "A2 06 00 03 00 00 01 'u'").reply("90 04 00 02 00 00", "B0 04 00 03 00 00");
  equal(broker.client.ping(broker.now), true);
  broker.expect("C0 00").reply("D0 00").reply("50 02 00 01").expect("62 02 00 01");
  broker.told("x QoS 2: ", "PUBREL 9", "x QoS 1: ", "x QoS 0: ", "SUBACK 2", "UNSUBACK 3", "PINGRESP", "PUBREC 1");
  equal(broker.disconnect(), true);
  broker.expect("E0 00");
});

test("[MQTT-4.9.0-3] a client whose QoS 1 call waits for quota subscribes and hears messages meanwhile", async (t) => {
  const { client, link } = await established(t, {}, { properties: "21 00 01" });
  void client.publish("a", "", { qos: 1 });
  const waiting = client.publish("b", "", { qos: 1 });
  await link.expect("32 06 00 01 'a' 00 01 00");
  const got: string[] = [];
  const subscribed = client.subscribe("s", { qos: 2 }, (message) => void got.push(message.text()));
  await link.expect("82 07 00 02 00 00 01 's' 02");
  link.send("90 04 00 02 00 02", "34 07 00 01 's' 00 09 00 'x'");
  equal(await subscribed, 2);
  await link.expect("50 02 00 09");
  deepEqual(got, ["x"]);
  link.send("40 02 00 01");
  await link.expect("32 06 00 01 'b' 00 03 00");
  link.send("40 02 00 03");
  equal(await waiting, 0);
});
