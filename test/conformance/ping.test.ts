/** PINGREQ and PINGRESP (MQTT 5.0, 3.12, 3.13). */
import { deepEqual, equal } from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { connect } from "../../src/client/client.js";
import { MQTTClient } from "../../src/client/mqtt-client.js";
import type { Client, ConnectOptions } from "../../src/client/options.js";
import { FakeClock } from "../client/fake-clock.js";
import { FakeNetwork } from "../client/fake-network.js";
import { Bench } from "../client/mqtt-client-bench.js";
import { PING_TIMEOUT, ScriptedBroker } from "../protocol/support/scripted-broker.js";

const MINUTE = { keepAlive: 60 };
const PINGREQ = "C0 00";
const PINGRESP = "D0 00";

test("[MQTT-3.12.4-1] a PINGRESP that stays away ends the connection within its time", () => {
  const broker = ScriptedBroker.connected(MINUTE).after(59_000).expect(PINGREQ);
  broker.after(PING_TIMEOUT - 1).told().after(1).expectNothing().told("closed transport 0x8d");
});

test("[MQTT-3.12.4-1] each PINGREQ needs a PINGRESP of its own: one that came does not stand for the next", () => {
  const broker = ScriptedBroker.connected(MINUTE);
  for (let i = 0; i < 3; i++) broker.after(59_000).expect(PINGREQ).reply(PINGRESP).told("PINGRESP");
  broker.after(59_000).expect(PINGREQ).after(PING_TIMEOUT).told("closed transport 0x8d");
});

test("[MQTT-3.12.4-1] no other packet stands for the PINGRESP: what was received before the PINGREQ, or sent behind it", () => {
  const broker = ScriptedBroker.connected(MINUTE).after(50_000).reply("30 04 00 01 'a' 00").after(9000).expect(PINGREQ).told("a QoS 0: ");
  broker.after(PING_TIMEOUT - 1).publish("a");
  broker.expect("30 04 00 01 'a' 00").after(1).told("closed transport 0x8d");
});

test("[MQTT-3.12.4-1] a PINGRESP in its last millisecond keeps the connection", () => {
  ScriptedBroker.connected(MINUTE).after(59_000 + PING_TIMEOUT - 1).expect(PINGREQ).reply(PINGRESP).after(1).told("PINGRESP").after(58_998 - PING_TIMEOUT).expectNothing();
});

interface Pinging {
  readonly client: Client;
  readonly clock: FakeClock;
  readonly network: FakeNetwork;
  /** What the application is told. */
  readonly told: string[];
}

/** A client on a fake network, whose connection has stood for 59 seconds of its Keep Alive of 60. */
function pinging(t: TestContext, options: ConnectOptions = {}): Pinging {
  const clock = new FakeClock(t);
  const network = new FakeNetwork();
  const told: string[] = [];
  const client = connect("mqtt://192.0.2.1", {
    ...network.provider, id: "c", keepAlive: 60_000, ...options,
    onDisconnected: (error, final) => void told.push(`${error.kind} 0x${error.reasonCode.toString(16)}${final ? " final" : ""}`),
  });
  clock.advance();
  network.socket.writable();
  network.socket.receive("20 03 00 00 00");
  network.socket.taken();
  clock.advance(59_000);
  deepEqual(network.socket.taken(), [PINGREQ]);
  network.socket.writable();
  return { client, clock, network, told };
}

test("[MQTT-3.12.4-1] a client closes its socket, tells the loss and comes back when PINGRESP stays away", async (t) => {
  const { client, clock, network, told } = pinging(t, { reconnect: { minimum: 0, maximum: 0 } });
  const [first] = network.sockets;
  clock.advance(PING_TIMEOUT - 1);
  deepEqual([first?.closed, told], [false, []]);
  clock.advance(1);
  deepEqual([first?.closed, told, client.connected], [true, ["transport 0x8d"], undefined]);
  clock.advance();
  equal(network.sockets.length, 2);
  await client.close();
});

test("[MQTT-3.12.4-1] a client that does not come back is over when PINGRESP stays away, with nothing left open", (t) => {
  const { clock, network, told } = pinging(t, { reconnect: false });
  clock.advance(PING_TIMEOUT);
  deepEqual([told, network.open, clock.timers], [["transport 0x8d final"], 0, 0]);
});

test("[MQTT-3.12.4-1] the PINGRESP to a PINGREQ that the application wrote is waited for too", (t) => {
  const bench = new Bench(t);
  bench.connect();
  bench.write(null, { operation: MQTTClient.PINGREQ });
  deepEqual(bench.taken(), [PINGREQ]);
  bench.clock.advance(PING_TIMEOUT - 1);
  deepEqual(bench.calls(), []);
  bench.clock.advance(1);
  deepEqual(bench.calls().map(({ name }) => name), ["error", "close"]);
  equal(bench.socket.closed, true);
});
