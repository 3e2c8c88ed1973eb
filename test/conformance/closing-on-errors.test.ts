/** When a client closes the connection itself (MQTT 5.0, 4.13). */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { Bench } from "../client/mqtt-client-bench.js";
import { subject } from "../client/network.js";
import { ScriptedBroker as Server } from "../client/scripted-broker.js";
import { ScriptedBroker } from "../protocol/support/scripted-broker.js";
import { established } from "./established.js";

/** What CONNACK may refuse with (3.2.2.2). */
const REFUSALS = "80 81 82 83 84 85 86 87 88 89 8A 8C 90 95 97 99 9A 9B 9C 9D 9F".split(" ");
/** What a server's DISCONNECT may say (3.14.2.1), of 0x80 and above. */
const ENDS = "80 81 82 83 87 89 8B 8C 8D 8E 8F 90 93 94 95 96 97 98 99 9A 9B 9C 9D 9E 9F A0 A1 A2".split(" ");

test("[MQTT-4.13.2-1] CONNACK with 0x80 or above is the end, whatever the server does with its socket: nothing more is sent or heard", () => {
  for (const code of REFUSALS) {
    const broker = new ScriptedBroker({ keepAlive: 60 }).connect();
    broker.transport.take();
    broker.reply("20 03 00", code, "00", "30 04 00 01 'a' 00").told(`CONNACK 0x${code.toLowerCase()}`, `closed peer 0x${code.toLowerCase()}`);
    equal(broker.publish("a"), 0);
    broker.drain(100).after(1e9).expectNothing().told();
  }
});

test("[MQTT-4.13.2-1] DISCONNECT with 0x80 or above is the end, and is not answered", () => {
  for (const code of ENDS) {
    const broker = ScriptedBroker.connected({ keepAlive: 60 });
    broker.reply("E0 01", code, "30 04 00 01 'a' 00").told(`DISCONNECT 0x${code.toLowerCase()}`, `closed peer 0x${code.toLowerCase()}`);
    equal(broker.publish("a"), 0);
    broker.drain(100).after(1e9).expectNothing().told();
  }
});

test("[MQTT-4.13.2-1] after CONNACK 0x87 the client closes the socket that the server keeps open", async (t) => {
  const server = await Server.start(t);
  const { disconnections } = subject(t, server.url, { reconnect: false });
  const link = await server.accept();
  await link.nextIs("connect");
  link.send("20 03 00 87 00");
  deepEqual(await link.closed(), []);
  const { error, final } = await disconnections.next();
  deepEqual([error.kind, error.reasonCode, final], ["peer", 0x87, true]);
});

test("[MQTT-4.13.2-1] after DISCONNECT 0x8B the client closes the socket that the server keeps open, and comes back", async (t) => {
  const { broker, link, disconnections } = await established(t);
  link.send("E0 01 8B");
  deepEqual(await link.closed(), []);
  const { error, final } = await disconnections.next();
  deepEqual([error.kind, error.reasonCode, final], ["peer", 0x8b, false]);
  await broker.welcome();
});

for (const [name, packet, connected, answer] of [
  ["CONNACK 0x87", "20 03 00 87 00", false, []], ["DISCONNECT 0x8B", "E0 01 8B", true, []], ["a Protocol Error, which it answers", "40 02 00 09", true, ["E0 01 82"]],
] as const)
  test(`[MQTT-4.13.2-1] the ECMA-419 client closes its socket at ${name}`, (t) => {
    const bench = new Bench(t, { version: 5 });
    if (connected) bench.connect();
    else bench.open();
    bench.taken();
    bench.socket.receive(packet);
    deepEqual([bench.taken(), bench.network.open], [answer, 0]);
  });

for (const [name, packet, code] of [
  ["a Malformed Packet", "FF FF FF FF FF FF", "81"], ["a Protocol Error", "40 02 00 09", "82"], ["a packet larger than announced", "90 20 00 01", "95"],
] as const)
  test(`[MQTT-4.13.2-1] the client sends DISCONNECT 0x${code} for ${name} and closes the socket that the server keeps open`, async (t) => {
    const { link, disconnections } = await established(t, { properties: { maximumPacketSize: 30 } });
    link.send(packet);
    await link.expect("E0 01", code);
    deepEqual(await link.closed(), []);
    equal((await disconnections.next()).error.reasonCode, parseInt(code, 16));
  });

test("[MQTT-4.13.2-1] where there is no room for its DISCONNECT the client closes all the same", () => {
  ScriptedBroker.connected({ window: 2 }).reply("40 02 00 09").expectNothing().told("closed peer 0x82");
});
