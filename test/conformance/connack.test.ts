/** What a CONNACK may say, and what may come before and after it (MQTT 5.0, 3.2). */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { subject } from "../client/network.js";
import { ScriptedBroker as Broker } from "../client/scripted-broker.js";
import { hex } from "../protocol/support/bytes.js";
import { ScriptedBroker, type ScriptOptions } from "../protocol/support/scripted-broker.js";
import { AWAITED } from "./awaited.js";
import { field, packet, properties } from "./packets.js";

const METHOD = "15 00 01 'm'";

/** A client that waits for its CONNACK. */
function waiting(options?: ScriptOptions): ScriptedBroker {
  const broker = new ScriptedBroker(options).connect();
  broker.transport.take();
  return broker;
}

/** What the server sends ends the connection, with this Reason Code in a DISCONNECT. */
function ends(broker: ScriptedBroker, code: string, ...lines: readonly string[]): void {
  broker.reply(...lines).expect("E0 01", code).told(`closed peer 0x${code}`);
}

test("[MQTT-3.2.0-1] any packet but AUTH before the CONNACK is a Protocol Error", () => {
  const lines = AWAITED.filter(({ name }) => name !== "CONNACK" && name !== "AUTH").map(({ first, rest }) => `${hex(Uint8Array.of(first))} ${rest()}`);
  equal(lines.length, 8);
  for (const line of [...lines, packet("30", field("'a'"), "00"), packet("34", field("'a'"), "00 01 00")]) ends(waiting(), "82", line);
});

test("[MQTT-3.2.0-1] so it is on a connection that publishes early, where an answer could be expected", () => {
  for (const line of ["40 02 00 01", "50 02 00 01", "90 04 00 01 00 00"]) {
    const broker = new ScriptedBroker({ early: true });
    broker.whenWritable = (): void => void broker.publish("a", 1);
    broker.connect().transport.take();
    ends(broker, "82", line);
  }
});

test("[MQTT-3.2.0-1] a message before the CONNACK reaches no handler", async (t) => {
  const broker = await Broker.start(t);
  const { client, disconnections } = subject(t, broker.url, { version: 5 });
  const messages: string[] = [];
  client.subscribe("a", ({ topic }) => void messages.push(topic)).catch(() => undefined);
  const link = await broker.accept();
  await link.nextIs("connect");
  link.send(packet("32", field("'a'"), "00 01 00"), "20 03 00 00 00");
  await link.expect("E0 01 82");
  deepEqual(await link.closed(), []);
  equal((await disconnections.next()).error.reasonCode, 0x82);
  deepEqual(messages, []);
});

test("[MQTT-3.2.0-1] AUTH is taken before the CONNACK, as often as it comes", () => {
  const challenge = packet("F0", "18", properties(METHOD));
  waiting({ properties: { authenticationMethod: "m" } }).reply(challenge, challenge).told("AUTH 0x18", "AUTH 0x18")
    .reply(packet("20", "00 00", properties(METHOD))).told("CONNACK").expectNothing();
});

test("[MQTT-3.2.0-2] a second CONNACK is a Protocol Error", () => {
  for (const line of ["20 03 00 00 00", "20 03 01 00 00", "20 03 00 87 00"]) ends(ScriptedBroker.connected(), "82", line);
});

test("[MQTT-3.2.0-2] a second CONNACK right behind the first, too", () => {
  waiting().reply("20 03 00 00 00 20 03 00 00 00").expect("E0 01 82").told("CONNACK", "closed peer 0x82");
});

test("[MQTT-3.2.2-1] any of bits 7 to 1 of the Connect Acknowledge Flags is malformed", () => {
  for (let flags = 2; flags < 256; flags++) ends(waiting({ cleanStart: false }), "81", "20 03", hex(Uint8Array.of(flags)), "00 00");
});

test("[MQTT-3.2.2-8] a Reason Code that CONNACK has not is a Protocol Error", () => {
  const defined = new Set([0, ..."80 81 82 83 84 85 86 87 88 89 8A 8C 90 95 97 99 9A 9B 9C 9D 9F".split(" ").map((code) => parseInt(code, 16))]);
  for (let code = 0; code < 256; code++) if (!defined.has(code)) ends(waiting(), "82", "20 03 00", hex(Uint8Array.of(code)), "00");
  equal(defined.size, 22);
});

test("[MQTT-3.2.2-8] each Reason Code that CONNACK has reaches the application as it came", () => {
  for (const code of "80 81 82 83 84 85 86 87 88 89 8A 8C 90 95 97 99 9A 9B 9C 9D 9F".split(" "))
    waiting().reply("20 03 00", code, "00").expectNothing().told(`CONNACK 0x${code.toLowerCase()}`, `closed peer 0x${code.toLowerCase()}`);
});

test("[MQTT-3.1.2-28] Response Information that was not asked for is a Protocol Error", () => {
  const connack = packet("20", "00 00", properties("1A", field("'r'")));
  ends(waiting(), "82", connack);
  ends(waiting({ properties: { requestResponseInformation: 0 } }), "82", connack);
});

test("[MQTT-3.1.2-28] Response Information that was asked for is taken", () => {
  waiting({ properties: { requestResponseInformation: 1 } }).reply(packet("20", "00 00", properties("1A", field("'r'")))).expectNothing().told("CONNACK");
});

const QUIET: ScriptOptions = { properties: { requestProblemInformation: 0 } };
const REASON = "1F 00 03 'why'";
const USER = "26 00 01 'n' 00 01 'v'";

for (const { name, first, rest, broker } of AWAITED.filter(({ name }) => name !== "PINGRESP")) {
  const line = (property: string): string => `${hex(Uint8Array.of(first))} ${rest(property)}`;
  const allowed = name === "CONNACK" || name === "DISCONNECT";
  test(`[MQTT-3.1.2-29] after Request Problem Information 0 a ${name} with Reason String or User Property is ${allowed ? "taken all the same" : "a Protocol Error"}`, () => {
    for (const property of [REASON, USER])
      if (allowed) equal(broker(QUIET).reply(line(property)).expectNothing().error?.reasonCode, name === "CONNACK" ? undefined : 0x8b);
      else ends(broker(QUIET), "82", line(property));
  });

  test(`[MQTT-3.1.2-29] without it a ${name} with Reason String or User Property is taken`, () => {
    for (const asked of [{}, { properties: { requestProblemInformation: 1 } } as const])
      for (const property of [REASON, USER]) equal(broker(asked).reply(line(property)).error?.reasonCode, name === "DISCONNECT" ? 0x8b : undefined);
  });
}

test("[MQTT-3.1.2-29] after Request Problem Information 0 a PUBLISH with a User Property is taken all the same", () => {
  ScriptedBroker.connected(QUIET).reply(packet("30", field("'a'"), properties(USER))).expectNothing().told("a QoS 0: ");
});

for (const [id, what, property, rest] of [
  ["MQTT-3.2.2-19", "Reason String", "1F", ""], ["MQTT-3.2.2-20", "User Property", "26", field("'n'")],
] as const)
  test(`[${id}] a CONNACK that its ${what} makes larger than was announced is too large`, () => {
    const limited: ScriptOptions = { properties: { maximumPacketSize: 30 } };
    // Fixed header, flags, code and Property Length take 5 bytes, the property's identifier and lengths the rest.
    const connack = (size: number, code: string): string =>
      packet("20", "00", code, properties(property, rest, field(`'${"x".repeat(size - 5 - (rest === "" ? 3 : 6))}'`)));
    for (const code of ["00", "87"]) ends(waiting(limited), "95", connack(31, code));
    waiting(limited).reply(connack(30, "00")).expectNothing().told("CONNACK");
    waiting(limited).reply(connack(30, "87")).expectNothing().told("CONNACK 0x87", "closed peer 0x87");
    // Its first bytes are enough to tell.
    ends(waiting(limited), "95", "20 1D");
  });
