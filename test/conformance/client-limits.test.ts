/** What the client announced in its CONNECT, held against the server (MQTT 5.0, 3.1.2.11). */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { subject } from "../client/network.js";
import { ScriptedBroker as Broker } from "../client/scripted-broker.js";
import { bytes } from "../protocol/support/bytes.js";
import { ScriptedBroker, type ScriptOptions } from "../protocol/support/scripted-broker.js";
import { field, packet, properties } from "./packets.js";

/** A PUBLISH of so many bytes at QoS 1 with identifier 1. */
function publish(size: number): string {
  const withPayload = (length: number): string => packet("32", field("'a'"), "00 01 00", "55 ".repeat(length));
  let length = size - 8;
  while (bytes(withPayload(length)).length > size) length--;
  equal(bytes(withPayload(length)).length, size);
  return withPayload(length);
}

for (const maximum of [64, 200, 16_500])
  test(`[MQTT-3.1.2-24] with Maximum Packet Size ${maximum} a packet of ${maximum} bytes is taken, one of ${maximum + 1} is not`, () => {
    const options: ScriptOptions = { properties: { maximumPacketSize: maximum }, receiveBuffer: 20_000 };
    const broker = ScriptedBroker.connected(options).reply(publish(maximum)).expect("40 02 00 01");
    equal(broker.error, undefined);
    ScriptedBroker.connected(options).reply(publish(maximum + 1)).expect("E0 01 95").told("closed peer 0x95");
  });

test("[MQTT-3.1.2-24] a payload in pieces is within Maximum Packet Size, or none of it is delivered", () => {
  const options: ScriptOptions = { properties: { maximumPacketSize: 200 } };
  const broker = ScriptedBroker.connected(options).reply(publish(200)).expect("40 02 00 01");
  equal(broker.delivered.length, 191);
  ScriptedBroker.connected(options).reply(publish(201)).expect("E0 01 95").told("closed peer 0x95");
});

test("[MQTT-3.1.2-24] the first bytes of a packet that is too large are enough", () => {
  ScriptedBroker.connected({ properties: { maximumPacketSize: 64 } }).reply("32 3F").expect("E0 01 95").told("closed peer 0x95");
});

test("[MQTT-3.1.2-24] a packet that is not a PUBLISH must be within Maximum Packet Size too", () => {
  // Identifier 9 is not in use: what fits is a Protocol Error.
  const puback = (length: number): string => packet("40", "00 09 00", properties("1F", field(`'${"x".repeat(length)}'`)));
  const options: ScriptOptions = { properties: { maximumPacketSize: 64 } };
  equal(bytes(puback(55)).length, 64);
  ScriptedBroker.connected(options).reply(puback(55)).expect("E0 01 82").told("closed peer 0x82");
  ScriptedBroker.connected(options).reply(puback(56)).expect("E0 01 95").told("closed peer 0x95");
});

test("[MQTT-3.1.2-24] the application's Maximum Packet Size is announced and kept", async (t) => {
  const broker = await Broker.start(t);
  const { disconnections } = subject(t, broker.url, { properties: { maximumPacketSize: 64 } });
  const link = await broker.accept();
  deepEqual((await link.nextIs("connect"))["properties"], { sessionExpiryInterval: 3600, receiveMaximum: 20, maximumPacketSize: 64 });
  link.greet();
  link.send(publish(64), publish(65));
  await link.expect("40 02 00 01");
  await link.expect("E0 01 95");
  equal((await disconnections.next()).error.reasonCode, 0x95);
});

/** A PUBLISH that gives an alias to topic "a". */
const aliased = (alias: string): string => packet("30", field("'a'"), properties("23", alias));

test("[MQTT-3.1.2-26] a Topic Alias above the announced maximum is invalid", () => {
  for (const [maximum, wrong] of [[1, "00 02"], [5, "00 06"], [5, "01 00"], [5, "FF FF"], [65_534, "FF FF"]] as const)
    ScriptedBroker.connected({ properties: { topicAliasMaximum: maximum } }).reply(aliased(wrong)).expect("E0 01 94").told("closed peer 0x94");
});

test("[MQTT-3.1.2-26] a Topic Alias above the announced maximum is invalid where it stands for a topic, too", () => {
  const broker = ScriptedBroker.connected({ properties: { topicAliasMaximum: 5 } }).reply(aliased("00 05")).told("a QoS 0: ");
  broker.reply(packet("30", "00 00", properties("23 00 06"))).expect("E0 01 94").told("closed peer 0x94");
});

test("[MQTT-3.1.2-26] the announced maximum itself is right", () => {
  ScriptedBroker.connected({ properties: { topicAliasMaximum: 5 } }).reply(aliased("00 05"), packet("30", "00 00", properties("23 00 05")))
    .expectNothing().told("a QoS 0: ", "a QoS 0: ");
});

test("[MQTT-3.1.2-27] any Topic Alias is invalid when 0 or no maximum was announced", () => {
  for (const options of [{}, { properties: { topicAliasMaximum: 0 } }])
    for (const alias of ["00 01", "FF FF"]) ScriptedBroker.connected(options).reply(aliased(alias)).expect("E0 01 94").told("closed peer 0x94");
});

test("[MQTT-3.1.2-27] the maximum of an earlier connection counts no more", () => {
  const broker = ScriptedBroker.connected({ properties: { topicAliasMaximum: 5 } }).cut().connect({ properties: {} }).accept(false);
  broker.reply(aliased("00 01")).expect("E0 01 94").told("closed peer 0x94");
});

test("[MQTT-3.1.2-27] the application that announces nothing gets no alias", async (t) => {
  const broker = await Broker.start(t);
  const { disconnections } = subject(t, broker.url);
  const link = await broker.welcome();
  link.send(aliased("00 01"));
  await link.expect("E0 01 94");
  equal((await disconnections.next()).error.reasonCode, 0x94);
});
