/** The Base and IO Class Patterns of ECMA-419 as the MQTT client has to keep them. */
import { deepEqual, equal, throws } from "node:assert/strict";
import { test } from "node:test";
import type { MQTTClientOptions } from "../../src/client/mqtt-client-options.js";
import ModuleDefault, { MQTTClient } from "../../src/client/mqtt-client.js";
import { mqttError, refused } from "../protocol/support/encoding.js";
import { FakeClock } from "./fake-clock.js";
import { FakeNetwork } from "./fake-network.js";
import { Bench, buffer } from "./mqtt-client-bench.js";

test("the statics are the packet types of MQTT 3.1.1, 2.2.1", () => {
  const { CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT, AUTH } = MQTTClient;
  deepEqual(
    [CONNECT, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT, AUTH],
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  );
});

test("the class is the module's default export, as of embedded:network/mqtt/client", () => {
  equal(ModuleDefault, MQTTClient);
});

test("the format is always buffer", (t) => {
  const { client } = new Bench(t, { format: "buffer" });
  equal(client.format, "buffer");
  client.format = "buffer";
  refused(() => (client.format = "number"), /^format must be "buffer"$/);
});

test("a wrong format in the options is refused before anything is acquired", (t) => {
  const clock = new FakeClock(t);
  const options: object = { ...new FakeNetwork().provider, host: "h", format: "number" };
  refused(() => new MQTTClient(options as MQTTClientOptions), /^format must be "buffer"$/);
  equal(clock.timers, 0);
});

test("target is the user's own, from the options or set later", (t) => {
  const target = { any: "thing" };
  const { client } = new Bench(t, { target });
  equal(client.target, target);
  client.target = 5;
  equal(client.target, 5);
});

const wrong: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
  ["host left out", { host: undefined }, /^host must be the name or address of a broker$/],
  ["an empty host", { host: "" }, /^host must be/],
  ["socket left out", { socket: undefined }, /^no network for mqtt: give socket and dns/],
  ["a socket without class", { socket: {} }, /^no network for mqtt: give socket and dns/],
  ["dns left out", { dns: undefined }, /^no network for mqtt: give socket and dns/],
  ["a port of 0", { port: 0 }, /^port must be a whole number from 1 to 65535$/],
  ["a port above 65,535", { port: 65_536 }, /^port must be/],
  ["a negative keepAlive", { keepAlive: -1 }, /^keepAlive must be a whole number from 0 to 65535000$/],
  ["a keepAlive that is no number", { keepAlive: "60" }, /^keepAlive must be/],
  ["version 3", { version: 3 }, /^version must be a whole number from 4 to 5$/],
  ["an id that is no string", { id: 7 }, /^id must be a string, a Uint8Array or an ArrayBuffer$/],
  ["a password that is a number", { user: "u", password: 7 }, /^password must be a string, a Uint8Array or an ArrayBuffer$/],
  ["a password without user in MQTT 3.1.1", { password: "p" }, /^password must be accompanied by user in MQTT 3\.1\.1/],
  ["an unnamed session to keep in MQTT 3.1.1", { id: "", clean: false }, /^id must be given when clean is false/],
  ["a will to a wildcard", { will: { topic: "a/#" } }, /^will\.topic must be/],
  ["a will at QoS 3", { will: { topic: "a", QoS: 3 } }, /^will\.qos must be/],
  ["a receive buffer of 10", { receiveBuffer: 10 }, /^receiveBuffer must be a whole number from 64 to 65536$/],
  ["a send buffer of 10", { sendBuffer: 10 }, /^sendBuffer must be a whole number from 64 to 65536$/],
  ["room for no publication", { inFlight: 0 }, /^inFlight must be a whole number from 1 to 255$/],
  ["no time to connect", { connectTimeout: 0 }, /^connectTimeout must be/],
];
for (const [name, change, message] of wrong) {
  test(`the constructor refuses ${name} by its name and acquires nothing`, (t) => {
    const clock = new FakeClock(t);
    const network = new FakeNetwork();
    const options: object = { ...network.provider, host: "127.0.0.1", id: "c", ...change };
    refused(() => new MQTTClient(options as MQTTClientOptions), message);
    clock.advance();
    deepEqual([clock.timers, network.sockets.length, network.resolvers.length], [0, 0, 0]);
  });
}

test("options that do not fit the send buffer are refused with the size they need", (t) => {
  new FakeClock(t);
  const error = mqttError(() => new MQTTClient({ ...new FakeNetwork().provider, host: "h", id: "i".repeat(60), sendBuffer: 64 }));
  deepEqual([error.kind, error.message], ["resource", "CONNECT takes 74 bytes: set sendBuffer to that or more"]);
});

test("nothing happens inside the constructor: socket and resolver are made later", (t) => {
  const bench = new Bench(t, { host: "broker.example" });
  deepEqual([bench.network.resolvers.length, bench.network.sockets.length], [0, 0]);
  bench.clock.advance();
  equal(bench.network.resolvers.length, 1);
});

test("options may be frozen, are not changed, and unknown ones are ignored", (t) => {
  const { provider } = new FakeNetwork();
  const options = Object.freeze({ ...provider, host: "127.0.0.1", io: MQTTClient, anything: Object.freeze({ else: true }) });
  const before = JSON.stringify(options);
  const clock = new FakeClock(t);
  const client = new MQTTClient(options);
  clock.advance();
  client.close();
  equal(JSON.stringify(options), before);
});

test("callbacks never come from inside a public method and have the instance as this", (t) => {
  const bench = new Bench(t, { reading: () => undefined });
  bench.connect();
  bench.write(null, { operation: MQTTClient.SUBSCRIBE, items: [{ topic: "a" }] });
  bench.write(buffer("'ab'"), { topic: "t", QoS: 1, byteLength: 4 });
  bench.write(buffer("'cd'"));
  bench.socket.receive("90 03 00 01 00", "40 02 00 02", "30 06 00 01 'a' 'xyz'", "30 04 00 01 'b' '!'");
  bench.inside(() => bench.client.read());
  bench.write(null, { operation: MQTTClient.PINGREQ });
  bench.write(null, { operation: MQTTClient.DISCONNECT });
  bench.clock.advance();
  deepEqual(bench.violations, []);
  deepEqual([...bench.instances], [bench.client]);
  equal(bench.calls().at(-1)?.name, "close");
});

test("close releases everything, may be called again, and no callback follows", (t) => {
  const bench = new Bench(t);
  bench.connect();
  bench.inside(() => bench.client.close());
  bench.inside(() => bench.client.close());
  deepEqual([bench.network.open, bench.clock.timers], [0, 0]);
  bench.clock.advance(100_000);
  bench.socket.fail();
  bench.socket.writable();
  deepEqual(bench.calls(), []);
  deepEqual(bench.taken(), []);
});

test("close before the name is resolved releases the resolver", (t) => {
  const bench = new Bench(t, { host: "broker.example" });
  bench.clock.advance();
  bench.client.close();
  equal(bench.network.resolver.closed, true);
  bench.network.resolver.request?.[0].onResolved("broker.example", "127.0.0.1");
  deepEqual([bench.network.sockets.length, bench.clock.timers, bench.calls()], [0, 0, []]);
});

test("close inside onReadable: no further callback, nothing is sent", (t) => {
  const bench = new Bench(t, { reading: (client) => client.close() });
  bench.connect();
  // Two messages at QoS 1 in one segment.
  bench.socket.receive("32 06 00 01 'a' 00 01 'x'", "32 06 00 01 'a' 00 02 'y'");
  deepEqual(bench.calls().length, 1);
  deepEqual(bench.taken(), []);
  deepEqual([bench.network.open, bench.clock.timers], [0, 0]);
});

test("close inside onControl: no further callback, nothing is sent", (t) => {
  const bench = new Bench(t, { controlling: (client) => client.close() });
  bench.open();
  bench.taken();
  bench.socket.receive("20 02 00 00", "32 06 00 01 'a' 00 01 'x'");
  deepEqual(bench.calls().map(({ name }) => name), ["control"]);
  deepEqual(bench.taken(), []);
  equal(bench.network.open, 0);
});

test("every method but close throws after close", (t) => {
  const { client } = new Bench(t);
  client.close();
  for (const call of [() => client.read(), () => client.write(null, { operation: MQTTClient.PINGREQ })])
    throws(call, { name: "MqttError", kind: "configuration", message: "the client is closed" });
});
