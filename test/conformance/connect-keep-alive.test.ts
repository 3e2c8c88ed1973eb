/** Keep Alive (MQTT 5.0, 3.1.2.10, 3.2.2.3.14). */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { connect } from "../../src/client/client.js";
import type { Client, ConnectOptions } from "../../src/client/options.js";
import { FakeClock } from "../client/fake-clock.js";
import { FakeNetwork, type FakeSocket } from "../client/fake-network.js";
import { Bench } from "../client/mqtt-client-bench.js";
import { ScriptedBroker } from "../protocol/support/scripted-broker.js";
import { field } from "./packets.js";

const PINGREQ = "C0 00";
const PINGRESP = "D0 00";

/** A client of the application, connected over a network and a clock that the test moves. */
function connected(t: TestContext, options: ConnectOptions, connack: string): { client: Client; clock: FakeClock; socket: FakeSocket } {
  const clock = new FakeClock(t);
  const network = new FakeNetwork();
  const client = connect({ host: "192.0.2.1", id: "c", ...network.provider, ...options });
  clock.advance();
  const { socket } = network;
  socket.writable();
  socket.receive(connack);
  socket.taken();
  return { client, clock, socket };
}

/** Milliseconds until the client sends a PINGREQ, which is answered. */
function untilPing({ clock, socket }: { readonly clock: FakeClock; readonly socket: FakeSocket }): number {
  for (let passed = 1; passed <= 100_000; passed++) {
    clock.advance(1);
    const sent = socket.taken();
    if (sent.length === 0) continue;
    deepEqual(sent, [PINGREQ]);
    socket.receive(PINGRESP);
    return passed;
  }
  return Infinity;
}

test("[MQTT-3.1.2-20] an idle client sends PINGREQ before each Keep Alive interval is over", () => {
  const broker = ScriptedBroker.connected({ keepAlive: 1 });
  for (let time = 0; time < 5; time++) broker.after(999).expect(PINGREQ).reply(PINGRESP).told("PINGRESP");
});

test("[MQTT-3.1.2-20] the longest interval is kept too", () => {
  ScriptedBroker.connected({ keepAlive: 65_535 }).after(65_534_999).expect(PINGREQ);
});

test("[MQTT-3.1.2-20] what is received takes no PINGREQ's place", () => {
  const broker = ScriptedBroker.connected({ keepAlive: 10 });
  for (let time = 0; time < 10; time++) broker.after(999).reply("30 04", field("'a'"), "00").told("a QoS 0: ");
  broker.expect(PINGREQ);
});

test("[MQTT-3.1.2-20] any packet that is sent takes its place, for an interval", () => {
  const acts: readonly ((broker: ScriptedBroker) => unknown)[] = [
    (broker) => broker.publish("a"),
    (broker) => broker.publish("a", 1),
    (broker) => broker.client.subscribe([{ filter: "a" }], undefined, broker.now),
    (broker) => broker.reply("32 06 00 01 'a' 00 01 00"),
  ];
  for (const act of acts) {
    const broker = ScriptedBroker.connected({ keepAlive: 10 }).after(8000);
    act(broker);
    ok(broker.transport.take().length > 2);
    broker.after(8000).expectNothing().after(1999).expect(PINGREQ);
  }
});

test("[MQTT-3.1.2-20] Keep Alive 0 asks for no PINGREQ", () => {
  ScriptedBroker.connected({ keepAlive: 0 }).after(1e9).expectNothing();
});

test("[MQTT-3.1.2-20] the application's Keep Alive of a second brings PINGREQ in time to the socket", async (t) => {
  const subject = connected(t, { keepAlive: 1000 }, "20 03 00 00 00");
  for (let time = 0; time < 5; time++) ok(untilPing(subject) < 1000);
  await subject.client.close();
});

test("[MQTT-3.1.2-20] the MQTT client class sends PINGREQ in time", (t) => {
  const bench = new Bench(t, { version: 5, keepalive: 1000 });
  bench.open();
  bench.socket.receive("20 03 00 00 00");
  bench.socket.taken();
  for (let time = 0; time < 5; time++) ok(untilPing(bench) < 1000);
});

test("[MQTT-3.1.2-20] what goes out through a prepared topic counts, and no longer than it should", async (t) => {
  const { client, clock, socket } = connected(t, { keepAlive: 10_000 }, "20 03 00 00 00");
  const topic = client.topic("a");
  for (let time = 0; time < 4; time++) {
    clock.advance(5000);
    topic.publish(Uint8Array.of(1));
    deepEqual(socket.taken().join(" "), "30 05 00 01 61 00 01");
  }
  ok(untilPing({ clock, socket }) < 10_000);
  await client.close();
});

test("[MQTT-3.1.2-21] Server Keep Alive takes the place of a longer interval", () => {
  ScriptedBroker.connected({ keepAlive: 60 }, "13 00 01").after(999).expect(PINGREQ);
});

test("[MQTT-3.1.2-21] Server Keep Alive takes the place of the application's interval", async (t) => {
  const subject = connected(t, { keepAlive: 60_000 }, "20 06 00 00 03 13 00 01");
  ok(untilPing(subject) < 1000);
  equal(subject.client.connected?.properties.serverKeepAlive, 1);
  await subject.client.close();
});

test("[MQTT-3.1.2-21] Server Keep Alive holds for its own connection", () => {
  const broker = ScriptedBroker.connected({ keepAlive: 60 }, "13 00 01").cut().connect().accept(false);
  broker.after(50_000).expectNothing().after(9999).expect(PINGREQ);
});

test("[MQTT-3.2.2-21] Server Keep Alive 0 ends the pinging", () => {
  ScriptedBroker.connected({ keepAlive: 60 }, "13 00 00").after(1e9).expectNothing();
});

test("[MQTT-3.2.2-21] Server Keep Alive takes the place of a shorter interval, and of none", () => {
  for (const keepAlive of [1, 0]) ScriptedBroker.connected({ keepAlive }, "13 00 0A").after(8000).expectNothing().after(1999).expect(PINGREQ);
});
