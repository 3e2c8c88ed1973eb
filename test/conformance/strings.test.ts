/** UTF-8 Encoded Strings (MQTT 5.0, 1.5.4) and UTF-8 String Pairs (1.5.7). */
import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { Client, ConnectOptions } from "../../src/client/options.js";
import { EventQueue } from "../client/event-queue.js";
import { subject } from "../client/network.js";
import { ScriptedBroker as Broker } from "../client/scripted-broker.js";
import { ScriptedBroker } from "../protocol/support/scripted-broker.js";
import { field, packet, properties } from "./packets.js";
import {
  CHARACTERS, ILL_FORMED, LONE_SURROGATES, NUL, PAIR_ARGUMENTS, PAIR_OPTIONS, STRING_ARGUMENTS, STRING_OPTIONS, STRING_PROPERTIES, WITH_PROPERTIES,
  type Pair,
} from "./strings.js";

const REFUSED = { name: "MqttError", kind: "configuration" };

/** Options that are refused before anything is opened. */
async function neverOpened(t: TestContext, options: readonly ConnectOptions[]): Promise<void> {
  const broker = await Broker.start(t);
  for (const wrong of options) throws(() => subject(t, broker.url, wrong), REFUSED, JSON.stringify(wrong));
  equal(broker.unasked, 0);
}

/** Calls that are refused, and the broker sees nothing of them. */
async function neverSent(t: TestContext, calls: readonly (readonly [name: string, call: (client: Client) => unknown])[]): Promise<void> {
  const broker = await Broker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  await client.ready();
  for (const [name, call] of calls) await rejects(Promise.resolve().then(() => call(client)), REFUSED, name);
  await client.publish("marker", "");
  await link.expect("30 09", field("'marker'"), "00");
}

/** A received packet that is malformed. @param type its name; a CONNACK comes where one is awaited. */
function malformed(type: string, line: string): void {
  const broker = type === "CONNACK" ? new ScriptedBroker().connect() : ScriptedBroker.connected();
  broker.transport.take();
  broker.reply(line).expect("E0 01 81").told("closed peer 0x81");
}

/** What is wrong: in strings of JavaScript, and in received bytes. */
const WRONG: readonly (readonly [id: string, sent: string, texts: readonly string[], received: string, utf8: readonly string[]])[] = [
  ["[MQTT-1.5.4-1]", "a lone surrogate", LONE_SURROGATES, "what is no UTF-8", Object.values(ILL_FORMED)],
  ["[MQTT-1.5.4-2]", "NUL", ["\0", "a\0b"], "NUL", Object.values(NUL)],
];

for (const [id, sent, texts, received, utf8] of WRONG) {
  test(`${id} ${sent} in an option is refused before anything is opened`, (t) =>
    neverOpened(t, Object.values(STRING_OPTIONS).flatMap((option) => texts.map(option))));

  test(`${id} ${sent} in an argument is refused, and nothing is sent`, (t) =>
    neverSent(t, Object.entries(STRING_ARGUMENTS).flatMap(([name, call]) => texts.map((text) => [name, (client: Client) => call(client, text)] as const))));

  test(`${id} a received topic with ${received} is malformed`, () => {
    for (const wrong of utf8) malformed("PUBLISH", packet("30", field(wrong), "00"));
  });

  test(`${id} a received topic with ${received} is malformed when an alias is given to it`, () => {
    for (const wrong of utf8)
      ScriptedBroker.connected({ properties: { topicAliasMaximum: 1 } }).reply(packet("30", field(wrong), "03 23 00 01")).expect("E0 01 81").told("closed peer 0x81");
  });

  test(`${id} a received topic with ${received} is malformed when the payload comes in pieces`, () => {
    for (const wrong of utf8) malformed("PUBLISH", `30 FF 01 ${field(wrong)} 00 ${"55 ".repeat(100)}`);
  });

  for (const [name, identifier, packets] of STRING_PROPERTIES)
    test(`${id} a received ${name} with ${received} is malformed`, () => {
      for (const type of packets.split(" ")) for (const wrong of utf8) malformed(type, WITH_PROPERTIES[type]?.(identifier, field(wrong)) ?? "");
    });

  for (const [place, pairOf, bytesOf] of [
    ["the name", (text: string): Pair => [text, "v"], (wrong: string) => [field(wrong), field("'v'")]],
    ["the value", (text: string): Pair => ["n", text], (wrong: string) => [field("'n'"), field(wrong)]],
  ] as const) {
    test(`[MQTT-1.5.7-1] ${sent} in ${place} of a User Property of CONNECT or will is refused before anything is opened`, (t) =>
      neverOpened(t, Object.values(PAIR_OPTIONS).flatMap((option) => texts.map((text) => option(pairOf(text))))));

    test(`[MQTT-1.5.7-1] ${sent} in ${place} of a User Property is refused, and nothing is sent`, (t) =>
      neverSent(t, Object.entries(PAIR_ARGUMENTS).flatMap(([name, call]) => texts.map((text) => [name, (client: Client) => call(client, pairOf(text))] as const))));

    test(`[MQTT-1.5.7-1] a received User Property with ${received} in ${place} is malformed`, () => {
      for (const [type, line] of Object.entries(WITH_PROPERTIES)) for (const wrong of utf8) malformed(type, line("26", ...bytesOf(wrong)));
    });
  }
}

test("[MQTT-1.5.4-1] the first and the last character of each length goes out as UTF-8 has it", () => {
  const broker = ScriptedBroker.connected();
  for (const [text, utf8] of CHARACTERS) {
    broker.publish(text);
    broker.expect(packet("30", field(utf8), "00"));
  }
});

test("[MQTT-1.5.4-1] the first and the last character of each length reaches the application", () => {
  const broker = ScriptedBroker.connected();
  for (const [text, utf8] of CHARACTERS) broker.reply(packet("30", field(utf8), "00")).told(`${text} QoS 0: `);
});

test("[MQTT-1.5.7-1] characters of every length go out in a User Property and come back the same", () => {
  const broker = ScriptedBroker.connected({ receiveBuffer: 256, sendBuffer: 256 });
  const text = CHARACTERS.map(([character]) => character).join("");
  const utf8 = CHARACTERS.map(([, bytes]) => bytes).join(" ");
  const received: unknown[] = [];
  const line = packet("30", field("'a'"), properties("26", field(utf8), field(utf8)));
  broker.publish("a", 0, "", { userProperty: [[text, text]] });
  broker.expect(line);
  broker.take = (packet): number => received.push(packet.properties.userProperty) * 0;
  broker.reply(line);
  deepEqual(received, [[[text, text]]]);
});

test("[MQTT-1.5.4-3] a leading U+FEFF of topic and properties reaches the application, and tells topics apart", async (t) => {
  const broker = await Broker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome();
  const messages = new EventQueue<readonly unknown[]>();
  for (const filter of ["\ufeffa", "a"])
    void client.subscribe(filter, ({ topic, properties: { userProperty, contentType } }) => messages.push([filter, topic, userProperty, contentType]));
  await link.expect("82 0A 00 01 00", field("EF BB BF 'a'"), "00");
  await link.expect("82 07 00 02 00", field("'a'"), "00");
  link.send("90 04 00 01 00 00 90 04 00 02 00 00");
  link.send(packet("30", field("EF BB BF 'a'"), properties("26", field("EF BB BF 'n'"), field("EF BB BF 'v'"), "03", field("EF BB BF"))), packet("30", field("'a'"), "00"));
  deepEqual(await messages.next(), ["\ufeffa", "\ufeffa", [["\ufeffn", "\ufeffv"]], "\ufeff"]);
  deepEqual(await messages.next(), ["a", "a", undefined, undefined]);
});

test("[MQTT-1.5.4-3] U+FEFF within and at the end of a string stays too", () => {
  ScriptedBroker.connected().reply(packet("30", field("'a' EF BB BF 'b' EF BB BF"), "00")).told("a\ufeffb\ufeff QoS 0: ");
});
