/** What `connect` takes and refuses, before anything is acquired. */
import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import { test } from "node:test";
import { connect as connectOnNode } from "../../boards/node/index.js";
import { connect } from "../../src/client/client.js";
import type { ConnectOptions } from "../../src/client/options.js";
import { mqttError, refused } from "../protocol/support/encoding.js";
import { FakeClock } from "./fake-clock.js";
import { FakeNetwork } from "./fake-network.js";

const whole = (minimum: number, maximum: number): RegExp => new RegExp(` must be a whole number from ${minimum} to ${maximum}$`);
const wrong: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
  ["host", { host: "" }, / must be the name or address of a broker$/],
  ["host", { host: 7 }, / must be the name or address/],
  ["port", { port: 0 }, whole(1, 65_535)],
  ["port", { port: 1883.5 }, whole(1, 65_535)],
  ["id", { id: 7 }, / must be a string$/],
  ["id", { id: "\ud800" }, / must be free of NUL characters and lone surrogates$/],
  ["user", { user: 7 }, / must be a string$/],
  ["password", { password: 7 }, / must be a string, a Uint8Array or an ArrayBuffer$/],
  ["version", { version: 3 }, whole(4, 5)],
  ["keepAlive", { keepAlive: 65_536_000 }, whole(0, 65_535_000)],
  ["keepAlive", { keepAlive: NaN }, whole(0, 65_535_000)],
  ["will.topic", { will: { topic: "a/#" } }, / must be /],
  ["will.topic", { will: {} }, / must be a string$/],
  ["will.qos", { will: { topic: "a", qos: 3 } }, whole(0, 2)],
  ["will.payload", { will: { topic: "a", payload: 5 } }, / must be a string, a Uint8Array or an ArrayBuffer$/],
  ["receiveBuffer", { receiveBuffer: 63 }, whole(64, 65_536)],
  ["sendBuffer", { sendBuffer: 65_537 }, whole(64, 65_536)],
  ["inFlight", { inFlight: 256 }, whole(1, 255)],
  ["queue", { queue: -1 }, whole(0, 65_535)],
  ["queuePolicy", { queuePolicy: "drop-newest" }, / must be one of reject, drop-oldest, newest-per-topic$/],
  ["connectTimeout", { connectTimeout: 0 }, whole(1, 0x7fffffff)],
  ["reconnect.maximum", { reconnect: { maximum: -1 } }, whole(0, 0x7fffffff)],
  ["reconnect.minimum", { reconnect: { minimum: 2000, maximum: 1000 } }, whole(0, 1000)],
  ["reconnect.stable", { reconnect: { stable: 0.5 } }, whole(0, 0x7fffffff)],
  ["reconnect option", { reconnect: { max: 1 } }, / max must be one of minimum, maximum, stable$/],
  ["early", { early: 1 }, / must be true or false$/],
  ["receiveMaximum", { properties: { receiveMaximum: 0 } }, whole(1, 65_535)],
  ["sessionExpiryInterval", { properties: { sessionExpiryInterval: -1 } }, / must be /],
];
for (const [option, change, message] of wrong)
  test(`${JSON.stringify(change)} is refused, naming ${option}`, (t) => {
    const clock = new FakeClock(t);
    const network = new FakeNetwork();
    const options: object = { ...network.provider, host: "127.0.0.1", ...change };
    refused(() => connect(options), new RegExp(`^(the |properties\\.)?${option.replace(".", "\\.")}${message.source}`));
    clock.advance();
    deepEqual([clock.timers, network.sockets.length, network.resolvers.length], [0, 0, 0]);
  });

test("without a network of the host's own, socket and dns are asked for", () => {
  refused(() => connect("mqtt://broker.local"), /^no network for mqtt: give socket and dns, each \{io: class\}$/);
  refused(() => connect("mqtts://broker.local", { socket: new FakeNetwork().provider.socket }), /^no network for mqtts: give/);
});

test("a CONNECT that does not fit the send buffer is refused with the size it needs", () => {
  const error = mqttError(() => connect("mqtt://h", { ...new FakeNetwork().provider, id: "i".repeat(300) }));
  equal(error.kind, "resource");
  equal(error.message, "CONNECT takes 324 bytes: set sendBuffer to that or more");
});

test("a wrong URL is refused", () => {
  refused(() => connect("http://broker.local"), /^the URL /);
});

test("the port of a URL has to be one", () => {
  refused(() => connect("mqtt://h:0", new FakeNetwork().provider), /^port must be/);
});

/** The CONNECT that options lead to, and where it goes. */
function connectOf(t: import("node:test").TestContext, url: string | ConnectOptions, options?: ConnectOptions): { readonly to: string; readonly packet: string } {
  const clock = new FakeClock(t);
  const network = new FakeNetwork();
  const client = typeof url === "string" ? connect(url, { ...network.provider, ...options }) : connect({ ...network.provider, ...url }, options);
  clock.advance();
  const { socket } = network;
  socket.writable();
  const [packet = ""] = socket.taken();
  void client.close();
  return { to: `${socket.options.address}:${socket.options.port}`, packet };
}

test("the defaults: version 5, clean, 60 s, a session that lives an hour, Receive Maximum 20, no name", (t) => {
  deepEqual(connectOf(t, "mqtt://192.0.2.1"), {
    to: "192.0.2.1:1883",
    packet: "10 15 00 04 4D 51 54 54 05 02 00 3C 08 11 00 00 0E 10 21 00 14 00 00",
  });
});

test("mqtts goes to port 8883", (t) => {
  equal(connectOf(t, "mqtts://192.0.2.1").to, "192.0.2.1:8883");
});

test("host and port of any URL go before the options", (t) => {
  const port = 5;
  equal(connectOf(t, "mqtt://192.0.2.1", { port }).to, "192.0.2.1:5");
  equal(connectOf(t, "mqtts://192.0.2.1", { port }).to, "192.0.2.1:5");
  for (const url of ["mqtt://192.0.2.1:1884", "mqtts://192.0.2.1:1884", "mqtt://192.0.2.1:1884/", "mqtt://u@192.0.2.1:1884", "mqtts://u:p@192.0.2.1:1884"])
    equal(connectOf(t, url, { host: "192.0.2.2", port }).to, "192.0.2.1:1884", url);
  equal(connectOf(t, "mqtt://[2001:db8::1]:1884", { port }).to, "2001:db8::1:1884");
});

test("options alone do as well as a URL", (t) => {
  const { to, packet } = connectOf(t, { host: "192.0.2.1", port: 1884, id: "n", version: 4, user: "u", password: "p", keepAlive: 0, clean: false });
  deepEqual([to, packet], ["192.0.2.1:1884", "10 13 00 04 4D 51 54 54 04 C0 00 00 00 01 6E 00 01 75 00 01 70"]);
});

test("callbacks may be in options that come without a URL", (t) => {
  const clock = new FakeClock(t);
  const network = new FakeNetwork();
  const versions: number[] = [];
  connect({ ...network.provider, host: "192.0.2.1", id: "n", onConnected: ({ version }) => versions.push(version) });
  clock.advance();
  network.socket.writable();
  network.socket.receive("20 03 00 00 00");
  deepEqual(versions, [5]);
});

test("user and password of the URL go before the options", (t) => {
  const { packet } = connectOf(t, "mqtt://u:p@192.0.2.1", { id: "n", version: 4, user: "x", password: "y", keepAlive: 0 });
  equal(packet, "10 13 00 04 4D 51 54 54 04 C2 00 00 00 01 6E 00 01 75 00 01 70");
});

test("will and properties are in the CONNECT", (t) => {
  const { packet } = connectOf(t, "mqtt://192.0.2.1", {
    id: "n", keepAlive: 1001, will: { topic: "w", payload: new Uint8Array([9]).buffer, qos: 2, retain: true, properties: { willDelayInterval: 5 } },
    properties: { sessionExpiryInterval: 0, maximumPacketSize: 100 },
  });
  // 1.001 s are sent as 2 s; Session Expiry 0, Receive Maximum 20, Maximum Packet Size 100.
  equal(packet, "10 27 00 04 4D 51 54 54 05 36 00 02 0D 11 00 00 00 00 21 00 14 27 00 00 00 64 00 01 6E 05 18 00 00 00 05 00 01 77 00 01 09");
});

test("an option that is undefined or null counts as left out", (t) => {
  const undefinedOnes: object = { id: undefined, user: undefined, version: undefined, will: undefined, reconnect: { minimum: undefined }, properties: { receiveMaximum: undefined } };
  const nulls: object = { id: null, user: null, password: null, version: null, will: null, reconnect: null, properties: null };
  const plain = connectOf(t, "mqtt://192.0.2.1");
  deepEqual(connectOf(t, "mqtt://192.0.2.1", undefinedOnes), plain);
  deepEqual(connectOf(t, "mqtt://192.0.2.1", nulls), plain);
});

test("options may be frozen and are not changed", (t) => {
  const options = Object.freeze({ id: "n", properties: Object.freeze({ sessionExpiryInterval: 1 }), will: Object.freeze({ topic: "w" }) });
  const before = JSON.stringify(options);
  connectOf(t, "mqtt://192.0.2.1", options);
  equal(JSON.stringify(options), before);
});

test("a misspelt option is refused with the names there are", async () => {
  const client = connectOnNode("mqtt://127.0.0.1:1");
  const misspelt = { clientId: "a" };
  throws(() => connectOnNode("mqtt://127.0.0.1:1", misspelt as object), { kind: "configuration", message: /^the option clientId must be one of host, port, id,/ });
  const QoS = { QoS: 1 } as object;
  await rejects(client.publish("a", "", QoS), { kind: "configuration", message: 'the option "QoS" must be one of qos, retain, properties, durability' });
  await rejects(client.subscribe("a", QoS, () => undefined), { message: /^the option "QoS" must be one of qos, noLocal/ });
  await rejects(client.request("a", "", QoS), { message: /^the option "QoS" must be one of qos, retain, properties, timeout/ });
  throws(() => connectOnNode("mqtt://127.0.0.1:1", { will: { topic: "a", message: "b" } as { topic: string } }), { message: /^will option message must be one of topic, payload/ });
  await client.close();
});
