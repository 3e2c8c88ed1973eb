/** The server's Maximum Packet Size, in packets of every type (MQTT 5.0, 3.2.2.3.6). */
import { deepEqual, equal, match, rejects, throws } from "node:assert/strict";
import { test } from "node:test";
import { authenticate } from "../../src/protocol/connection/authenticating.js";
import { begin } from "../../src/protocol/connection/pushing.js";
import { Publication } from "../../src/protocol/session/publication.js";
import { subject } from "../client/network.js";
import { Attempt, CONNECT } from "../client/report-attempt.js";
import { ScriptedBroker as Broker } from "../client/scripted-broker.js";
import { mqttError } from "../protocol/support/encoding.js";
import { ScriptedBroker } from "../protocol/support/scripted-broker.js";
import { field, packet, properties } from "./packets.js";

/** Maximum Packet Size 50. */
const LIMIT = "27 00 00 00 32";
const METHOD = "15 00 01 'm'";
const TOO_LARGE = { name: "MqttError", kind: "configuration", reasonCode: 0x95, message: /^Packet too large .* limit is 50, this has 51$/ };

/** What is sent on a connection with the limit: a call with something so long that its packet has 50 bytes, and one byte more. */
function keepsLimit(length: number, call: (broker: ScriptedBroker, length: number) => unknown): void {
  const broker = ScriptedBroker.connected({ properties: { authenticationMethod: "m" } }, METHOD, LIMIT);
  const { kind, reasonCode, message } = mqttError(() => call(broker, length + 1));
  deepEqual([kind, reasonCode], ["configuration", 0x95]);
  match(message, TOO_LARGE.message);
  broker.expectNothing();
  call(broker, length);
  equal(broker.transport.take().length, 50);
}

test("[MQTT-3.2.2-15] the application's publication of 50 bytes goes out, one of 51 is refused by the limit's name, and nothing is sent", async (t) => {
  const broker = await Broker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome({ properties: LIMIT });
  await client.ready();
  const topic = client.topic("a");
  const larger = client.topic("b");
  await rejects(client.publish("a", new Uint8Array(45)), TOO_LARGE);
  await rejects(client.publish("a", { byteLength: 45, read: () => new Uint8Array(1) }), TOO_LARGE);
  for (let time = 0; time < 2; time++) throws(() => larger.publish(new Uint8Array(45)), TOO_LARGE);
  await client.publish("a", new Uint8Array(44));
  topic.publish(new Uint8Array(44));
  for (let time = 0; time < 2; time++) await link.expect("30 30", field("'a'"), "00", "00 ".repeat(44));
});

test("[MQTT-3.2.2-15] what was queued before the CONNACK is held to the limit too", async (t) => {
  const broker = await Broker.start(t);
  const { client } = subject(t, broker.url);
  const refused = rejects(client.publish("a", new Uint8Array(45)), TOO_LARGE);
  const right = client.publish("b", new Uint8Array(44));
  const link = await broker.welcome({ properties: LIMIT });
  await Promise.all([refused, right]);
  await link.expect("30 30", field("'b'"), "00", "00 ".repeat(44));
});

test("[MQTT-3.2.2-15] a publication of the last connection is not sent again above the limit, and rejects", async (t) => {
  const broker = await Broker.start(t);
  const { client } = subject(t, broker.url);
  const first = await broker.welcome();
  const calls = [client.publish("a", new Uint8Array(43), { qos: 1 }), client.publish("b", new Uint8Array(42), { qos: 1 })] as const;
  await first.nextIs("publish");
  first.cut();
  const second = await broker.welcome({ properties: LIMIT, sessionPresent: true });
  await rejects(calls[0], TOO_LARGE);
  await second.expect("3A 30", field("'b'"), "00 02 00", "00 ".repeat(42));
  second.send("40 02 00 02");
  equal(await calls[1], 0);
});

test("[MQTT-3.2.2-15] a subscription above the limit rejects, and nothing is sent", async (t) => {
  const broker = await Broker.start(t);
  const { client } = subject(t, broker.url);
  const link = await broker.welcome({ properties: LIMIT });
  const refused = rejects(client.subscribe("a".repeat(43), () => undefined), TOO_LARGE);
  client.subscribe("a".repeat(42), () => undefined).catch(() => undefined);
  await Promise.all([refused, link.expect("82 30 00 02 00", field(`'${"a".repeat(42)}'`), "00")]);
});

test("[MQTT-3.2.2-15] SUBSCRIBE, UNSUBSCRIBE and AUTH keep the limit", () => {
  keepsLimit(42, ({ client, now }, length) => client.subscribe([{ filter: "a".repeat(length) }], undefined, now));
  keepsLimit(43, ({ client, now }, length) => client.unsubscribe(["a".repeat(length)], undefined, now));
  keepsLimit(39, ({ client, now }, length) => authenticate(client, 0x19, { authenticationMethod: "m", authenticationData: new Uint8Array(length) }, now));
});

test("[MQTT-3.2.2-15] a PUBLISH that comes in parts keeps the limit with its first part", () => {
  keepsLimit(44, (broker, length) => begin(broker.client, new Publication("a", 0, false), new Uint8Array(length), length, 0, false, broker.now));
  const broker = ScriptedBroker.connected({}, LIMIT);
  match(mqttError(() => begin(broker.client, new Publication("a", 0, false), new Uint8Array(1), 45, 0, false, broker.now)).message, TOO_LARGE.message);
  broker.expectNothing();
});

test("[MQTT-3.2.2-15] the texts of DISCONNECT and AUTH give way to the limit", () => {
  for (const [length, ...line] of [[43, packet("E0", "80", properties("1F", field(`'${"x".repeat(43)}'`)))], [44, "E0 01 80"]] as const) {
    const broker = ScriptedBroker.connected({}, LIMIT);
    broker.client.disconnect(0x80, { reasonString: "x".repeat(length) }, broker.now);
    broker.expect(...line);
  }
  const broker = ScriptedBroker.connected({ properties: { authenticationMethod: "m" } }, METHOD, LIMIT);
  authenticate(broker.client, 0x19, { authenticationMethod: "m", reasonString: "x".repeat(50) }, broker.now);
  broker.expect("F0 06 19 04", METHOD);
});

test("[MQTT-3.2.2-15] acknowledgements, PINGREQ and DISCONNECT fit the smallest limit that is taken, 5", () => {
  const broker = ScriptedBroker.connected({ keepAlive: 1 }, "27 00 00 00 05");
  broker.take = (): number => 0x87;
  broker.reply("32 06 00 01 'a' 00 01 00").expect("40 03 00 01 87");
  broker.reply("62 02 00 09").expect("70 03 00 09 92").reply("50 02 00 09").expect("62 03 00 09 92");
  broker.after(1000).expect("C0 00").reply("20 03 00 00 00").expect("E0 01 82");
});

test("[MQTT-3.2.2-15] a limit below every acknowledgement ends the connection, and nothing is sent", () => {
  for (const limit of ["01", "02", "03", "04"]) {
    const broker = new ScriptedBroker().connect();
    broker.transport.take();
    broker.reply("20 08 00 00 05 27 00 00 00", limit).expectNothing().told("closed peer 0x95");
  }
});

test("[MQTT-3.2.2-15] report sends nothing of a report that has a message above the limit", async (t) => {
  const attempt = new Attempt(t, [{ topic: "a", payload: new Uint8Array(45) }, { topic: "a", payload: "" }]);
  attempt.socket.writable();
  attempt.wrote(CONNECT);
  attempt.socket.receive("20 08 00 00 05", LIMIT);
  equal((await attempt.fails()).reasonCode, 0x95);
  attempt.wrote();
});

test("[MQTT-3.2.2-15] report sends a message that the limit just allows", async (t) => {
  const attempt = new Attempt(t, [{ topic: "a", payload: new Uint8Array(44) }]);
  attempt.socket.writable();
  attempt.wrote(CONNECT);
  attempt.socket.receive("20 08 00 00 05", LIMIT);
  attempt.wrote("30 30", field("'a'"), "00", "00 ".repeat(44), "E0 00");
  await attempt.succeeds();
});
