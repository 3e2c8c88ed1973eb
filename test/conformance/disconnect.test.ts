/** DISCONNECT in both directions (MQTT 5.0, 3.14). */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { connect } from "../../src/client/client.js";
import { MQTTClient } from "../../src/client/mqtt-client.js";
import type { Client, ConnectOptions } from "../../src/client/options.js";
import type { DisconnectProperties } from "../../src/protocol/codec/property.js";
import { ConnectionState } from "../../src/protocol/connection/connection.js";
import { Take } from "../../src/protocol/connection/handler.js";
import { Published } from "../../src/protocol/connection/publishing.js";
import { FakeClock } from "../client/fake-clock.js";
import { FakeNetwork } from "../client/fake-network.js";
import { Bench } from "../client/mqtt-client-bench.js";
import { connected, sentNothing, subject } from "../client/network.js";
import { ScriptedBroker as ScriptedServer } from "../client/scripted-broker.js";
import { mqttError } from "../protocol/support/encoding.js";
import { LASTING, ScriptedBroker, type ScriptOptions } from "../protocol/support/scripted-broker.js";
import { acceptedCodes } from "./accepted-codes.js";

/** Reason Codes that a server may send (MQTT 5.0, 3.14.2.1), and those that a client may. */
const SERVER_CODES = [
  0x00, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f, 0xa0, 0xa1, 0xa2,
];
const CLIENT_CODES = [0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99];

/** A connection whose CONNECT was sent and is not answered yet. */
function connecting(options: ScriptOptions = {}): ScriptedBroker {
  const broker = new ScriptedBroker(options).connect();
  broker.transport.take();
  return broker;
}

test("[MQTT-3.14.0-1] a DISCONNECT in answer to CONNECT is answered with 0x82, whatever it says, and ends the connection", () => {
  for (const packet of ["E0 00", "E0 01 8B", "E0 01 82", "E0 02 9D 00", "E0 09 89 07 1F 00 04 'busy'"]) connecting().reply(packet).expect("E0 01 82").told("closed peer 0x82");
});

test("[MQTT-3.14.0-1] so it is in the middle of an authentication", () => {
  connecting({ properties: { authenticationMethod: "m" } }).reply("F0 06 18 04 15 00 01 'm'").told("AUTH 0x18").reply("E0 01 87").expect("E0 01 82").told("closed peer 0x82");
});

test("[MQTT-3.14.0-1] the application is told of the Protocol Error, and the socket is closed", async (t) => {
  const broker = await ScriptedServer.start(t);
  const { disconnections } = subject(t, broker.url, { version: 5, reconnect: false });
  const link = await broker.accept();
  await link.nextIs("connect");
  link.send("E0 01 8B");
  const { error } = await disconnections.next();
  deepEqual([error.kind, error.reasonCode], ["peer", 0x82]);
  await link.expect("E0 01 82");
  deepEqual(await link.closed(), []);
});

test("[MQTT-3.14.1-1] every DISCONNECT begins with 0xE0: bare, with a code, with properties, for a violation, in 3.1.1", () => {
  const sent = (reasonCode: number, properties?: DisconnectProperties, options: ScriptOptions = LASTING): ScriptedBroker => {
    const broker = ScriptedBroker.connected(options);
    equal(broker.client.disconnect(reasonCode, properties, broker.now), true);
    return broker;
  };
  sent(0).expect("E0 00");
  sent(4).expect("E0 01 04");
  sent(0, { sessionExpiryInterval: 5 }).expect("E0 07 00 05 11 00 00 00 05");
  sent(0, undefined, { version: 4 }).expect("E0 00");
  ScriptedBroker.connected().reply("C0 00").expect("E0 01 82");
});

test("[MQTT-3.14.1-1] a DISCONNECT with other flags than 0000 is answered with 0x81", () => {
  for (let flags = 1; flags < 16; flags++)
    for (const rest of ["00", "01 8B", "02 8B 00"]) ScriptedBroker.connected().reply(`E${flags.toString(16)} ${rest}`).expect("E0 01 81").told("closed peer 0x81");
});

test("[MQTT-3.14.2-1] a DISCONNECT with a code of a server's is taken, with any other it is answered with 0x81 or 0x82", () => {
  deepEqual(acceptedCodes((code) => ScriptedBroker.connected().reply("E0 01", code)), SERVER_CODES);
  deepEqual(acceptedCodes((code) => ScriptedBroker.connected().reply("E0 02", code, "00")), SERVER_CODES);
});

test("[MQTT-3.14.2-1] a code that is not a client's to send is refused: nothing is sent, the connection stays", () => {
  for (let code = 0; code < 256; code++) {
    const broker = ScriptedBroker.connected();
    if (CLIENT_CODES.includes(code)) {
      broker.disconnect(code);
      broker.expect(code === 0 ? "E0 00" : `E0 01 ${code.toString(16).padStart(2, "0")}`);
    } else {
      equal(mqttError(() => broker.client.disconnect(code, undefined, broker.now)).kind, "configuration", `code ${code}`);
      equal(broker.expectNothing().client.state, ConnectionState.CONNECTED);
    }
  }
});

test("[MQTT-3.14.2-1] closing a client with a code that is a server's rejects, and the client goes on", async (t) => {
  const bench = await connected(t);
  for (const reasonCode of [0x87, 0x8b, 0x8d, 0x9d]) await rejects(bench.client.close({ reasonCode: reasonCode as 4 }), { name: "MqttError", kind: "configuration" });
  await sentNothing(bench);
});

test("[MQTT-3.14.2-1] the ECMA-419 class refuses to write a code that is a server's, and goes on", (t) => {
  const bench = new Bench(t, { version: 5 });
  bench.connect();
  for (const reason of [0x87, 0x8b, 0x8d, 0x9d]) equal(mqttError(() => bench.write(null, { operation: MQTTClient.DISCONNECT, reason })).kind, "configuration");
  deepEqual([bench.taken(), bench.socket.closed], [[], false]);
});

test("[MQTT-3.14.2-2] a Session Expiry Interval in a server's DISCONNECT is answered with 0x82, whatever its value", () => {
  for (const interval of ["00 00 00 00", "00 00 00 3C", "FF FF FF FF"])
    for (const options of [{}, LASTING]) ScriptedBroker.connected(options).reply("E0 07 00 05 11", interval).expect("E0 01 82").told("closed peer 0x82");
});

test("[MQTT-3.14.2-2] the application is told of the Protocol Error", async (t) => {
  const { link, disconnections } = await connected(t, { reconnect: false });
  link.send("E0 07 8B 05 11 00 00 00 3C");
  const { error } = await disconnections.next();
  deepEqual([error.kind, error.reasonCode], ["peer", 0x82]);
  await link.expect("E0 01 82");
});

for (const [id, what, whole, over, sent, inbound] of [
  ["MQTT-3.14.2-3", "Reason String", { reasonString: "x".repeat(13) }, { reasonString: "x".repeat(14) }, "10 1F 00 0D 'xxxxxxxxxxxxx'", "11 1F 00 0E 'xxxxxxxxxxxxxx'"],
  ["MQTT-3.14.2-4", "user property", { userProperty: [["k", "v".repeat(10)]] }, { userProperty: [["k", "v".repeat(11)]] },
    "10 26 00 01 'k' 00 0A 'vvvvvvvvvv'", "11 26 00 01 'k' 00 0B 'vvvvvvvvvvv'"],
] as const) {
  test(`[${id}] a ${what} that makes a DISCONNECT larger than the server takes is left out, and what is not text stays`, () => {
    const disconnected = (reasonCode: number, properties: DisconnectProperties): ScriptedBroker => {
      const broker = ScriptedBroker.connected(LASTING, "27 00 00 00 14");
      equal(broker.client.disconnect(reasonCode, properties, broker.now), true);
      return broker;
    };
    disconnected(4, whole).expect("E0 12 04", sent);
    disconnected(4, over).expect("E0 01 04");
    disconnected(0, over).expect("E0 00");
    disconnected(4, { ...over, sessionExpiryInterval: 5 }).expect("E0 07 04 05 11 00 00 00 05");
  });

  test(`[${id}] a client that closes with a ${what} leaves it out where the server does not take it`, async (t) => {
    const { client, link } = await connected(t, {}, { properties: "27 00 00 00 14" });
    await client.close({ properties: over });
    await link.expect("E0 00");
  });

  test(`[${id}] a DISCONNECT that a ${what} makes larger than the client's Maximum Packet Size is answered with 0x95`, () => {
    const limited = (): ScriptedBroker => ScriptedBroker.connected({ properties: { maximumPacketSize: 20 } });
    limited().reply("E0 13 8B", inbound).expect("E0 01 95").told("closed peer 0x95");
    limited().reply("E0 12 8B", sent).expectNothing().told("DISCONNECT 0x8b", "closed peer 0x8b");
  });
}

test("[MQTT-3.14.4-1] nothing follows the DISCONNECT, whatever was due, is received, asked for or falls due", () => {
  const broker = ScriptedBroker.connected({ keepAlive: 10, window: 100 }, "21 00 02");
  broker.take = (): number => Take.LATER;
  broker.publish("a", 1);
  broker.publish("b", 2);
  broker.subscribe("s").reply("32 06 00 01 'c' 00 05 00", "34 06 00 01 'c' 00 06 00").after(9000).transport.take();
  broker.disconnect();
  broker.expect("E0 00");
  const { client, now } = broker;
  broker.acknowledge(5).acknowledge(6).drain(1000).reply("40 02 00 01", "50 02 00 02", "62 02 00 06", "90 04 00 03 00 00", "D0 00");
  broker.reply("30 04 00 01 'c' 00", "32 06 00 01 'c' 00 07 00", "C0 00");
  for (const qos of [0, 1, 2]) equal(broker.publish("x", qos), Published.BLOCKED);
  equal(client.subscribe([{ filter: "x" }], undefined, now) + client.unsubscribe(["x"], undefined, now), 0);
  deepEqual([client.ping(now), client.disconnect(0, undefined, now)], [false, false]);
  broker.after(1e9).expectNothing();
});

test("[MQTT-3.14.4-1] nothing follows the DISCONNECT that answers a violation", () => {
  const broker = ScriptedBroker.connected({ keepAlive: 10 });
  broker.publish("a", 2);
  broker.expect("34 06 00 01 'a' 00 01 00").reply("C0 00", "50 02 00 01", "32 06 00 01 'c' 00 07 00").expect("E0 01 82").drain(100).after(1e9).expectNothing();
});

test("[MQTT-3.14.4-1] nothing follows the DISCONNECT that a handler asks for, not even the answer to its message", () => {
  for (const packet of ["32 06 00 01 'a' 00 01 00", "34 06 00 01 'a' 00 01 00"]) {
    const broker = ScriptedBroker.connected();
    broker.take = (): number => {
      broker.disconnect();
      return Take.TAKEN;
    };
    broker.reply(packet, "62 02 00 09", packet).expect("E0 00");
  }
});

/** A client on a fake network whose connection stands. */
function offHand(t: TestContext, options: ConnectOptions = {}, connack = "20 03 00 00 00"): { client: Client; clock: FakeClock; network: FakeNetwork } {
  const clock = new FakeClock(t);
  const network = new FakeNetwork();
  const client = connect("mqtt://192.0.2.1", { ...network.provider, id: "c", ...options });
  clock.advance();
  network.socket.writable();
  network.socket.receive(connack);
  network.socket.taken();
  return { client, clock, network };
}

test("[MQTT-3.14.4-1] a client that is closed amid publications, answers and pings writes nothing behind its DISCONNECT", async (t) => {
  const { client, clock, network } = offHand(t, { keepAlive: 10_000, receiveBuffer: 512 }, "20 06 00 00 03 21 00 01");
  const { socket } = network;
  const answers: (() => void)[] = [];
  const pending = ["a", "b", "c"].map((topic) => client.publish(topic, "x", { qos: 2 }));
  pending.push(client.subscribe("s", { qos: 1 }, () => new Promise((resolve) => answers.push(resolve))));
  const topic = client.topic("t", { qos: 0 });
  topic.publish(Uint8Array.of(1));
  socket.receive("90 04 00 02 00 01", "32 06 00 01 's' 00 05 00");
  clock.advance(9000);
  equal(socket.taken().at(-1), "C0 00");
  await client.close();
  deepEqual(socket.taken(), ["E0 00"]);
  answers.forEach((answer) => {
    answer();
  });
  await Promise.allSettled(pending);
  equal(topic.publish(Uint8Array.of(2)), false);
  await rejects(client.publish("d", "x"));
  socket.options.onReadable.call(socket, 4);
  socket.options.onWritable.call(socket, 1000);
  clock.advance(1_000_000);
  deepEqual([answers.length, socket.taken(), network.sockets.length], [1, [], 1]);
});

test("[MQTT-3.14.4-2] a client closes its end at once after its DISCONNECT, though the broker keeps its own open", async (t) => {
  const { client, link } = await connected(t);
  await client.close();
  await link.expect("E0 00");
  deepEqual(await link.closed(), []);
});

test("[MQTT-3.14.4-2] the socket is closed in the call that sends the DISCONNECT, and nothing is left open", async (t) => {
  const { client, clock, network } = offHand(t);
  const closing = client.close();
  deepEqual([network.socket.taken(), network.open, clock.timers], [["E0 00"], 0, 0]);
  await closing;
});

test("[MQTT-3.14.4-2] a client closes its end after the DISCONNECT that answers a violation", async (t) => {
  const { link } = await connected(t, { reconnect: false });
  link.send("C0 00");
  await link.expect("E0 01 82");
  deepEqual(await link.closed(), []);
});

test("[MQTT-3.14.4-2] the ECMA-419 class closes its socket once DISCONNECT is written", (t) => {
  const bench = new Bench(t, { version: 5 });
  bench.connect();
  bench.write(null, { operation: MQTTClient.DISCONNECT });
  bench.clock.advance();
  deepEqual([bench.taken(), bench.socket.closed, bench.calls().map(({ name }) => name)], [["E0 00"], true, ["close"]]);
});
