/** How the MQTT client class connects: what it asks of resolver and socket, and the CONNECT it sends. */
import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import type { SocketConstructorOptions } from "../../src/client/ecma-419.js";
import type { ControlMessage } from "../../src/client/mqtt-client-options.js";
import { MQTTClient } from "../../src/client/mqtt-client.js";
import { FakeClock } from "./fake-clock.js";
import { FakeNetwork, FakeSocket } from "./fake-network.js";
import { Bench, buffer } from "./mqtt-client-bench.js";

test("the SDK's own options connect unchanged: device.network.mqtt and a host", (t) => {
  const clock = new FakeClock(t);
  const network = new FakeNetwork();
  const device = { network: { mqtt: { io: MQTTClient, ...network.provider } } };
  const messages: ControlMessage[] = [];
  const client = new device.network.mqtt.io({
    ...device.network.mqtt,
    host: "test.example",
    port: 1884,
    id: "ecma-419 mqtt test",
    keepalive: 60_000,
    will: { topic: "foo/bar/will", message: new Uint8Array([0x68, 0x69]).buffer, QoS: 0, retain: 0 },
    onControl(msg: ControlMessage) {
      messages.push(msg);
      if (msg.operation === MQTTClient.CONNACK)
        this.write(null, { operation: MQTTClient.SUBSCRIBE, items: [{ topic: "foo/bar/+", QoS: 2 }, { topic: "bar/foo" }] });
    },
  });
  clock.advance();
  network.resolver.request?.[0].onResolved("test.example", "192.0.2.1");
  const { socket } = network;
  socket.writable();
  deepEqual(socket.taken(), [
    "10 30 00 04 4D 51 54 54 04 06 00 3C 00 12 65 63 6D 61 2D 34 31 39 20 6D 71 74 74 20 74 65 73 74 " +
      "00 0C 66 6F 6F 2F 62 61 72 2F 77 69 6C 6C 00 02 68 69",
  ]);
  equal(socket.options.port, 1884);
  socket.receive("20 02 00 00");
  deepEqual(socket.taken(), ["82 18 00 01 00 09 66 6F 6F 2F 62 61 72 2F 2B 02 00 07 62 61 72 2F 66 6F 6F 00"]);
  socket.receive("90 04 00 01 02 00");
  deepEqual(messages.map(({ operation, id, payload }) => [operation, id, payload]), [[MQTTClient.CONNACK, undefined, undefined], [MQTTClient.SUBACK, 1, [2, 0]]]);
  client.close();
});

test("id, user, password and the will's topic may be given as their bytes", (t) => {
  const bench = new Bench(t, {
    id: buffer("'i'"), user: buffer("'u'"), password: buffer("'p'"), will: { topic: buffer("'t'"), message: buffer("'m'") },
  });
  bench.open();
  deepEqual(bench.taken(), ["10 19 00 04 4D 51 54 54 04 C6 00 00 00 01 69 00 01 74 00 01 6D 00 01 75 00 01 70"]);
});

test("onControl with two parameters is called as in the standard: opcode, message", (t) => {
  const calls: (readonly [MQTTClient, number, ControlMessage])[] = [];
  const bench = new Bench(t, {
    onControl(this: MQTTClient, opcode: number, message: ControlMessage) {
      calls.push([this, opcode, message]);
    },
  });
  bench.connect();
  deepEqual(calls, [[bench.client, MQTTClient.CONNACK, { operation: MQTTClient.CONNACK, reason: 0, sessionPresent: false }]]);
});

test("the socket gets the options of its class, the address and both spellings of noDelay", (t) => {
  const bench = new Bench(t, { host: "broker.example" });
  bench.clock.advance();
  bench.network.resolver.request?.[0].onResolved("broker.example", "192.0.2.7");
  const { address, host, port, nodelay, noDelay, ...rest } = bench.socket.options;
  deepEqual([address, host, port, nodelay, noDelay], ["192.0.2.7", "broker.example", 1883, true, true]);
  deepEqual("sendBuffers" in rest && rest.sendBuffers, 3);
});

test("the socket's format is set to buffer", (t) => {
  const bench = new Bench(t);
  bench.open();
  equal(bench.socket.format, "buffer");
});

test("the resolver gets the options of its class", (t) => {
  const bench = new Bench(t, { host: "broker.example" });
  bench.clock.advance();
  deepEqual(bench.network.resolver.options["servers"], ["127.0.0.53"]);
});

test("a resolver that calls back as the standard says is understood", (t) => {
  const bench = new Bench(t, { host: "broker.example" });
  bench.clock.advance();
  bench.network.resolver.request?.[1](null, "192.0.2.8", "broker.example");
  equal(bench.socket.options.address, "192.0.2.8");
});

test("a resolver that calls back both ways makes one socket", (t) => {
  const bench = new Bench(t, { host: "broker.example" });
  bench.clock.advance();
  bench.network.resolver.request?.[0].onResolved("broker.example", "192.0.2.8");
  bench.network.resolver.request?.[1](null, "192.0.2.9", "broker.example");
  deepEqual(bench.network.sockets.map(({ options }) => options.address), ["192.0.2.8"]);
});

for (const [name, fail] of [
  ["the SDK's onError", (bench: Bench) => bench.network.resolver.request?.[0].onError("broker.example")],
  ["the standard's callback", (bench: Bench) => bench.network.resolver.request?.[1](new Error("no such host"))],
] as const)
  test(`a name that is not found reaches onError through ${name}, and everything is released`, (t) => {
    const bench = new Bench(t, { host: "broker.example" });
    bench.clock.advance();
    fail(bench);
    // Not from inside the resolver's own callback.
    deepEqual(bench.calls(), []);
    bench.clock.advance();
    const [error] = bench.only("error");
    equal(error?.error.kind, "transport");
    match(error.error.message, /^check the name and the network: no address found for broker\.example:1883(: no such host)?$/);
    deepEqual([bench.network.open, bench.clock.timers], [0, 0]);
  });

test("a name of digits and a letter needs one", (t) => {
  const bench = new Bench(t, { host: "12e4" });
  bench.clock.advance();
  deepEqual([bench.network.resolvers.length, bench.network.sockets.length], [1, 0]);
});

test("an address needs no resolver", (t) => {
  const bench = new Bench(t, { host: "192.0.2.1" });
  bench.clock.advance();
  deepEqual([bench.network.resolvers.length, bench.socket.options.address], [0, "192.0.2.1"]);
});

test("an IPv6 address needs no resolver", (t) => {
  const bench = new Bench(t, { host: "2001:db8::1" });
  bench.clock.advance();
  deepEqual([bench.network.resolvers.length, bench.socket.options.address], [0, "2001:db8::1"]);
});

test("the resolver is released once the socket is connected", (t) => {
  const bench = new Bench(t, { host: "broker.example" });
  bench.clock.advance();
  bench.network.resolver.request?.[0].onResolved("broker.example", "192.0.2.7");
  bench.socket.writable();
  equal(bench.network.resolver.closed, true);
});

test("a socket class that throws reaches onError, and the resolver is released", (t) => {
  class NoSocket extends FakeSocket {
    constructor(options: SocketConstructorOptions) {
      super(options);
      throw new Error("no sockets left");
    }
  }
  const bench = new Bench(t, { host: "broker.example", socket: { io: NoSocket } });
  bench.clock.advance();
  bench.network.resolver.request?.[0].onResolved("broker.example", "192.0.2.7");
  bench.clock.advance();
  const [error] = bench.only("error");
  match(error?.error.message ?? "", /^cannot connect to broker\.example:1883: no sockets left$/);
  deepEqual([bench.network.open, bench.clock.timers], [0, 0]);
});

test("a socket that fails before it is connected reaches onError", (t) => {
  const bench = new Bench(t);
  bench.clock.advance();
  bench.socket.fail();
  const [error] = bench.only("error");
  match(error?.error.message ?? "", /^cannot connect to 127\.0\.0\.1:1883/);
  equal(bench.network.open, 0);
});

test("a socket that never connects is given up after connectTimeout", (t) => {
  const bench = new Bench(t, { connectTimeout: 5000 });
  bench.clock.advance(4999);
  deepEqual(bench.calls(), []);
  bench.clock.advance(1);
  const [error] = bench.only("error");
  match(error?.error.message ?? "", /^check host, port and network: within 5000 ms no answer came from 127\.0\.0\.1:1883$/);
  equal(bench.network.open, 0);
});

test("a broker that never answers CONNECT is given up after connectTimeout", (t) => {
  const bench = new Bench(t, { connectTimeout: 5000 });
  bench.open();
  bench.clock.advance(5000);
  const [error] = bench.only("error");
  match(error?.error.message ?? "", /^the broker sent no CONNACK within 5000 ms/);
  equal(bench.network.open, 0);
});

test("CONNECT carries user, password and will", (t) => {
  const bench = new Bench(t, { user: "u", password: new Uint8Array([1, 2]), will: { topic: "w", message: "x", QoS: 1, retain: true }, keepAlive: 1500 });
  bench.open();
  // Flags: user, password, will retained at QoS 1, clean; 1.5 s are sent as 2 s.
  deepEqual(bench.taken(), ["10 1A 00 04 4D 51 54 54 04 EE 00 02 00 01 63 00 01 77 00 01 78 00 01 75 00 02 01 02"]);
});

test("keepAlive goes before its other spelling", (t) => {
  const bench = new Bench(t, { keepAlive: 10_000, keepalive: 60_000 });
  bench.open();
  deepEqual(bench.taken(), ["10 0D 00 04 4D 51 54 54 04 02 00 0A 00 01 63"]);
});

test("an empty user, password and id are left out, as the standard's defaults", (t) => {
  const bench = new Bench(t, { user: "", password: "", id: "" });
  bench.open();
  deepEqual(bench.taken(), ["10 0C 00 04 4D 51 54 54 04 02 00 00 00 00"]);
});

test("with keepAlive a PINGREQ goes out in time and a missing answer ends the connection", (t) => {
  const bench = new Bench(t, { keepAlive: 10_000 });
  bench.connect();
  bench.clock.advance(9000);
  deepEqual(bench.taken(), ["C0 00"]);
  bench.socket.receive("D0 00");
  deepEqual(bench.only("control").map(({ message }) => message.operation), [MQTTClient.PINGRESP]);
  bench.clock.advance(9000);
  deepEqual(bench.taken(), ["C0 00"]);
  bench.clock.advance(10_000);
  const [error] = bench.only("error");
  equal(error?.error.reasonCode, 0x8d);
  equal(bench.network.open, 0);
});

test("without keepAlive nothing is sent by itself", (t) => {
  const bench = new Bench(t);
  bench.connect();
  bench.clock.advance(10_000_000);
  deepEqual([bench.taken(), bench.calls()], [[], []]);
});
