/** MQTT 3.1.1, where it differs from 5.0: CONNECT, CONNACK, DISCONNECT, the will. */
import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { connect } from "../../boards/node/index.js";
import { subject } from "../client/network.js";
import { ScriptedBroker as Server } from "../client/scripted-broker.js";
import { bytes } from "../protocol/support/bytes.js";
import { mqttError } from "../protocol/support/encoding.js";
import { ScriptedBroker, type ScriptOptions } from "../protocol/support/scripted-broker.js";
import { established } from "./established.js";

const OLD = { version: 4 } as const;

/** CONNECT is out. */
const connecting = (options: ScriptOptions = {}): ScriptedBroker => new ScriptedBroker({ ...OLD, ...options }).connect();

test("[3.1.1 CONNECT] CONNECT has level 4 and Clean Session, and no properties whatever was asked for", () => {
  connecting().expect("10 0D 00 04 'MQTT' 04 02 00 00 00 01 'c'");
  connecting({ cleanStart: false, keepAlive: 60, properties: { sessionExpiryInterval: 60, receiveMaximum: 5, userProperty: [["a", "b"]] } })
    .expect("10 0D 00 04 'MQTT' 04 00 00 3C 00 01 'c'");
});

test("[3.1.1 CONNECT] the client's own CONNECT has Clean Session as the option clean says", async (t) => {
  for (const [clean, flags] of [[true, "02"], [false, "00"]] as const) {
    const server = await Server.start(t);
    subject(t, server.url, { ...OLD, clean });
    await (await server.accept()).expect("10 0D 00 04 'MQTT' 04", flags, "00 3C 00 01 'c'");
  }
});

test("[3.1.1 Password][3.1.1 MQTT-3.1.2-22] a password without a user name is the caller's mistake, at once and for either client", () => {
  const error = mqttError(() => connect("mqtt://127.0.0.1", { ...OLD, password: "p" }));
  deepEqual([error.kind, error.message], ["configuration", "password must be accompanied by user in MQTT 3.1.1"]);
  equal(mqttError(() => connecting({ password: bytes("'p'") })).kind, "configuration");
});

test("[3.1.1 Password] with a user name the flags of both are set, a user name may stand alone", () => {
  connecting({ user: "u", password: bytes("'p'") }).expect("10 13 00 04 'MQTT' 04 C2 00 00 00 01 'c' 00 01 'u' 00 01 'p'");
  connecting({ user: "u" }).expect("10 10 00 04 'MQTT' 04 82 00 00 00 01 'c' 00 01 'u'");
});

test("[3.1.1 Empty ClientID][3.1.1 MQTT-3.1.3-7] an empty Client Identifier goes with Clean Session 1 only: anything else is the caller's mistake", () => {
  connecting({ clientId: "" }).expect("10 0C 00 04 'MQTT' 04 02 00 00 00 00");
  const error = mqttError(() => connect("mqtt://127.0.0.1", { ...OLD, id: "", clean: false }));
  deepEqual([error.kind, error.message], ["configuration", "id must be given when clean is false in MQTT 3.1.1"]);
  equal(mqttError(() => connecting({ clientId: "", cleanStart: false })).kind, "configuration");
});

test("[3.1.1 Empty ClientID][3.1.1 MQTT-3.1.3-7] a client without a name keeps Clean Session 1 at each connection, and is told no name", async (t) => {
  const { client, link, broker, connections } = await established(t, { ...OLD, id: "" });
  deepEqual(client.connected, { version: 4, resumed: false, id: "", properties: {} });
  await connections.next();
  link.cut();
  const again = await broker.accept();
  await again.expect("10 0C 00 04 'MQTT' 04 02 00 3C 00 00");
  again.greet(OLD);
  equal((await connections.next()).id, "");
});

test("[3.1.1 MQTT-3.1.3-8] return code 2 is Client Identifier not valid: the connection is over and the caller told", async (t) => {
  connecting().reply("20 02 00 02").told("CONNACK 0x85", "closed peer 0x85");
  const server = await Server.start(t);
  const { disconnections } = subject(t, server.url, { ...OLD, reconnect: false });
  const link = await server.accept();
  await link.nextIs("connect");
  link.send("20 02 00 02");
  await link.closed();
  const { error } = await disconnections.next();
  deepEqual([error.kind, error.reasonCode], ["peer", 0x85]);
  match(error.message, /Client Identifier not valid/);
});

for (const [code, reasonCode] of [["01", "84"], ["02", "85"], ["03", "88"], ["04", "86"], ["05", "87"]] as const)
  test(`[3.1.1 CONNACK] return code ${code} refuses the connection: to the application 0x${reasonCode}, nothing is answered`, () => {
    const broker = connecting();
    broker.transport.take();
    broker.reply("20 02 00", code).told(`CONNACK 0x${reasonCode}`, `closed peer 0x${reasonCode}`).expectNothing();
  });

for (const [name, connack, code] of [
  ["a return code above 5", "20 02 00 06", "82"], ["a Reason Code of 5.0", "20 02 00 87", "82"], ["properties", "20 03 00 00 00", "81"], ["a byte too few", "20 01 00", "81"],
  ["reserved flags", "20 02 02 00", "81"], ["Session Present in a refusal", "20 02 01 05", "82"],
] as const)
  test(`[3.1.1 CONNACK] a CONNACK with ${name} is wrong: the connection is closed without a word`, () => {
    const broker = connecting();
    broker.transport.take();
    broker.reply(connack).expectNothing().told(`closed peer 0x${code}`);
  });

test("[3.1.1 CONNACK] a CONNACK announces no limits: nothing that 5.0 could forbid is refused", async (t) => {
  const { client, link } = await established(t, { ...OLD, id: "c" });
  const calls = [client.publish("a", "x", { qos: 2, retain: true }), client.subscribe("#", () => undefined), client.subscribe("$share/g/a", () => undefined)];
  await link.expect("35 06 00 01 'a' 00 01 'x'");
  await link.expect("82 06 00 02 00 01 '#' 00");
  await link.expect("82 0F 00 03 00 0A '$share/g/a' 00");
  link.send("90 03 00 02 00", "90 03 00 03 00", "50 02 00 01");
  await link.expect("62 02 00 01");
  link.send("70 02 00 01");
  deepEqual(await Promise.all(calls), [0, 0, 0]);
});

test("[3.1.1 DISCONNECT] DISCONNECT is two bytes, with a text and properties too", () => {
  const broker = ScriptedBroker.connected(OLD);
  equal(broker.client.disconnect(0, { reasonString: "x", userProperty: [["a", "b"]] }, broker.now), true);
  broker.expect("E0 00");
});

test("[3.1.1 DISCONNECT] close sends it and closes the socket", async (t) => {
  const { client, link } = await established(t, OLD);
  await client.close();
  await link.expect("E0 00");
  deepEqual(await link.closed(), []);
});

test("[3.1.1 DISCONNECT] a server's DISCONNECT does not exist: the connection is closed without a word", () => {
  for (const packet of ["E0 00", "E0 01 8B", "E0 02 00 00"]) equal(ScriptedBroker.connected(OLD).reply(packet).expectNothing().error?.kind, "peer");
});

test("[3.1.1 AUTH] AUTH from a server closes the connection, also when a method was asked for", () => {
  for (const packet of ["F0 00", "F0 02 18 00", "F0 06 18 04 15 00 01 'm'"]) {
    const options = { ...OLD, properties: { authenticationMethod: "m" } };
    equal(ScriptedBroker.connected(options).reply(packet).expectNothing().error?.kind, "peer");
    const broker = connecting(options).expect("10 0D 00 04 'MQTT' 04 02 00 00 00 01 'c'");
    equal(broker.reply(packet).expectNothing().error?.kind, "peer");
  }
});

const WILL = { topic: "w", payload: bytes("'x'"), qos: 1, retain: true, properties: { willDelayInterval: 5, contentType: "t" } } as const;

test("[3.1.1 Will] a will is sent as topic and message, its properties are not", () => {
  connecting({ will: WILL }).expect("10 13 00 04 'MQTT' 04 2E 00 00 00 01 'c' 00 01 'w' 00 01 'x'");
});

test("[3.1.1 MQTT-3.1.2-11] without a will the flags are 0, and nothing stands where topic and message would", () => {
  connecting({ user: "u" }).expect("10 10 00 04 'MQTT' 04 82 00 00 00 01 'c' 00 01 'u'");
});

test("[3.1.1 Will] who asks for the will to be published at the end ends without a DISCONNECT, which would drop it", async (t) => {
  const { client, link } = await established(t, { ...OLD, will: { topic: "w" } });
  await client.close({ reasonCode: 0x04 });
  deepEqual(await link.closed(), []);
  const broker = ScriptedBroker.connected({ ...OLD, will: WILL });
  equal(broker.disconnect(0x80), false);
  broker.expectNothing();
});

test("[3.1.1 MQTT-3.1.4-1][3.1.1 MQTT-3.2.2-6] a server that closes instead of sending a CONNACK is told to the application, and asked again", async (t) => {
  const server = await Server.start(t);
  const { client, disconnections } = subject(t, server.url, OLD);
  const link = await server.accept();
  await link.nextIs("connect");
  link.end();
  const { error, final } = await disconnections.next();
  deepEqual([error.kind, final], ["transport", false]);
  match(error.message, /No CONNACK came from/);
  await server.welcome(OLD);
  equal((await client.ready()).version, 4);
});
