/** Topic Names: what a client may publish to, and what it takes from a server (MQTT 5.0, 4.7). */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { connect } from "../../boards/node/index.js";
import { report } from "../../src/client/report.js";
import { Published } from "../../src/protocol/connection/publishing.js";
import { Publication } from "../../src/protocol/session/publication.js";
import { FakeNetwork } from "../client/fake-network.js";
import { Bench } from "../client/mqtt-client-bench.js";
import { mqttError, refused } from "../protocol/support/encoding.js";
import { bytes, hex } from "../protocol/support/bytes.js";
import { ScriptedBroker } from "../protocol/support/scripted-broker.js";
import { established, grant } from "./established.js";

/** Every way to give the client this Topic Name fails at once, as its caller's mistake, and nothing is sent. */
async function refusedAsName(t: TestContext, topic: string): Promise<void> {
  const { client, link } = await established(t);
  const mistake = { name: "MqttError", kind: "configuration" };
  for (const qos of [0, 1, 2] as const) await rejects(client.publish(topic, "", { qos }), mistake);
  await rejects(client.publish("a", "", { properties: { responseTopic: topic } }), mistake);
  equal(mqttError(() => client.topic(topic)).kind, "configuration");
  equal(mqttError(() => connect("mqtt://127.0.0.1", { will: { topic } })).kind, "configuration");
  await client.publish("b", "");
  await link.expect("30 04 00 01 'b' 00");
}

/** Topics that are none, with what forbids them. */
const WRONG = [["MQTT-4.7.0-1", "a/+"], ["MQTT-4.7.0-1", "#"], ["MQTT-4.7.3-1", ""], ["MQTT-4.7.3-2", "a\0"], ["MQTT-4.7.3-3", "t".repeat(65_536)]] as const;

for (const [id, topic] of WRONG) {
  const name = JSON.stringify(topic.slice(0, 5));

  test(`[${id}] the ECMA-419 client does not write to ${name} either`, (t) => {
    const bench = new Bench(t);
    bench.connect();
    equal(mqttError(() => bench.write(null, { topic })).kind, "configuration");
    deepEqual(bench.taken(), []);
  });

  test(`[${id}] report does not connect for a message to ${name}`, async () => {
    const network = new FakeNetwork();
    await rejects(report("mqtt://broker.local", [{ topic, payload: "" }], network.provider), { name: "MqttError", kind: "configuration" });
    deepEqual([network.sockets, network.resolvers], [[], []]);
  });
}

/** A server that publishes to a topic like this gets the Reason Code and is left; no handler hears of the message. */
async function refusedFromServer(t: TestContext, topic: string, reasonCode: string): Promise<void> {
  const name = bytes(topic);
  const length = name.length;
  for (const packet of [[0x30, length + 3, 0, length, ...name, 0], [0x32, length + 5, 0, length, ...name, 0, 1, 0]]) {
    ScriptedBroker.connected().reply(hex(Uint8Array.from(packet))).expect("E0 01", reasonCode).told(`closed peer 0x${reasonCode}`);
    const { client, link, disconnections } = await established(t);
    const got: string[] = [];
    for (const filter of ["#", "+/+", "a"]) {
      void client.subscribe(filter, (message) => void got.push(message.topic));
      await grant(link);
    }
    link.sendBytes(Uint8Array.from(packet));
    await link.expect("E0 01", reasonCode);
    equal((await disconnections.next()).error.reasonCode, parseInt(reasonCode, 16));
    deepEqual([got, await link.closed()], [[], []]);
    await client.close();
  }
}

for (const topic of ["#", "+", "a/#", "a/+/b", "a+", "#a", "$share/g/+"])
  test(`[MQTT-4.7.0-1] "${topic}" has a wildcard: neither a message, a will nor a response can be sent to it`, (t) => refusedAsName(t, topic));

for (const topic of ["'#'", "'a/+'", "'a#'", "'+/b'"])
  test(`[MQTT-4.7.0-1] a server's PUBLISH to ${topic} is a Protocol Error, the connection is closed`, (t) => refusedFromServer(t, topic, "82"));

test("[MQTT-4.7.0-1] a wildcard in the Response Topic of a server's PUBLISH is a Protocol Error", () => {
  ScriptedBroker.connected().reply("30 0A 00 01 'a' 06 08 00 03 'b/+'").expect("E0 01 82").told("closed peer 0x82");
});

test("[MQTT-4.7.0-1] a wildcard in a topic that a Topic Alias is given to is a Protocol Error", () => {
  ScriptedBroker.connected({ properties: { topicAliasMaximum: 1 } }).reply("30 07 00 01 '+' 03 23 00 01").expect("E0 01 82").told("closed peer 0x82");
});

test("[MQTT-4.7.3-1] the empty Topic Name cannot be sent to: message, will, response", (t) => refusedAsName(t, ""));

test("[MQTT-4.7.3-1] one character is enough for a Topic Name, a lone separator or a space too", () => {
  const broker = ScriptedBroker.connected();
  for (const topic of ["a", "/", " "]) broker.publish(topic);
  broker.expect("30 04 00 01 'a' 00", "30 04 00 01 '/' 00", "30 04 00 01 ' ' 00");
});

test("[MQTT-4.7.3-1] a server's empty topic without an alias is a Protocol Error", (t) => refusedFromServer(t, "", "82"));

test("[MQTT-4.7.3-1] so is one whose alias stands for nothing yet", () => {
  ScriptedBroker.connected({ properties: { topicAliasMaximum: 1 } }).reply("30 06 00 00 03 23 00 01").expect("E0 01 82");
});

for (const topic of ["\0", "a\0", "a/\0/b"])
  test(`[MQTT-4.7.3-2] ${JSON.stringify(topic)} has a NUL: neither a message, a will nor a response can be sent to it`, (t) => refusedAsName(t, topic));

for (const topic of ["00", "'a' 00", "'a' C0 80 'b'"])
  test(`[MQTT-4.7.3-2] a server's topic with the bytes ${topic} is a Malformed Packet`, (t) => refusedFromServer(t, topic, "81"));

/** 65,535 bytes as UTF-8, in fewer characters each time. */
const LONGEST = [["one", "a".repeat(65_535)], ["two", `a${"ä".repeat(32_767)}`], ["three", "€".repeat(21_845)], ["four", `abc${"😀".repeat(16_383)}`]] as const;

for (const [count, topic] of LONGEST)
  test(`[MQTT-4.7.3-3] a Topic Name of 65535 bytes can be sent to, one more is refused: characters of ${count} bytes`, () => {
    const broker = ScriptedBroker.connected({ sendBuffer: 70_000 });
    equal(broker.publish(topic, 1), Published.ACCEPTED);
    const sent = broker.transport.take();
    equal(sent.length, 1 + 3 + 2 + 65_535 + 2 + 1);
    equal(hex(sent.subarray(0, 6)), "32 84 80 04 FF FF");
    refused(() => new Publication(`${topic}a`, 1, false), /at most 65535 bytes/);
  });

test("[MQTT-4.7.3-3] a longer Topic Name is refused wherever the client takes one", (t) => refusedAsName(t, "ä".repeat(32_768)));
