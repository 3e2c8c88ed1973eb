/** What `version: 5` adds to the MQTT client class. */
import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { MQTTClient } from "../../src/client/mqtt-client.js";
import { refused } from "../protocol/support/encoding.js";
import { Bench, buffer } from "./mqtt-client-bench.js";

test("CONNECT carries the properties and those of the will", (t) => {
  const bench = new Bench(t, { version: 5, properties: { sessionExpiryInterval: 7 }, will: { topic: "w", properties: { willDelayInterval: 1 } } });
  bench.open();
  deepEqual(bench.taken(), [
    // Receive Maximum 20, Session Expiry Interval 7, then id, will properties, topic, no payload.
    "10 21 00 04 4D 51 54 54 05 06 00 00 08 21 00 14 11 00 00 00 07 00 01 63 05 18 00 00 00 01 00 01 77 00 00",
  ]);
});

test("the CONNACK's properties reach onControl", (t) => {
  const bench = new Bench(t, { version: 5 });
  bench.open();
  bench.socket.receive("20 06 00 00 03 21 00 0A");
  deepEqual(bench.only("control").map(({ message }) => message), [
    { operation: MQTTClient.CONNACK, reason: 0, sessionPresent: false, properties: { receiveMaximum: 10 } },
  ]);
});

test("clean: false takes up a session that the broker kept", (t) => {
  const bench = new Bench(t, { version: 5, clean: false });
  bench.open();
  bench.socket.receive("20 03 01 00 00");
  deepEqual(bench.only("control").map(({ message }) => message.sessionPresent), [true]);
});

test("the reason string of a refusal is in the error", (t) => {
  const bench = new Bench(t, { version: 5 });
  bench.open();
  bench.socket.receive("20 08 00 86 05 1F 00 02 'no'");
  const [error] = bench.only("error");
  equal(error?.error.reasonCode, 0x86);
  match(error.error.message, /Bad User Name or Password \(0x86\): no$/);
});

test("a message's properties reach onReadable", (t) => {
  const bench = new Bench(t, { version: 5 });
  bench.connect();
  bench.socket.receive("30 07 00 01 'a' 02 01 01 '!'");
  deepEqual(bench.only("readable").map(({ options }) => options.properties), [{ payloadFormatIndicator: 1 }]);
});

test("reason codes and properties of acknowledgements reach onControl", (t) => {
  const bench = new Bench(t, { version: 5 });
  bench.connect();
  bench.write(null, { topic: "a", QoS: 1 });
  bench.socket.receive("40 04 00 01 10 00");
  deepEqual(bench.only("control").map(({ message }) => message), [{ operation: MQTTClient.PUBACK, reason: 0x10, id: 1, properties: {} }]);
});

test("UNSUBACK has a code for each filter", (t) => {
  const bench = new Bench(t, { version: 5 });
  bench.connect();
  bench.write(null, { operation: MQTTClient.UNSUBSCRIBE, items: [{ topic: "a" }, { topic: "b" }] });
  bench.socket.receive("B0 05 00 01 00 00 11");
  deepEqual(bench.only("control").map(({ message }) => message.payload), [[0, 0x11]]);
});

test("PUBLISH, SUBSCRIBE and DISCONNECT carry properties, options and the reason", (t) => {
  const bench = new Bench(t, { version: 5, properties: { sessionExpiryInterval: 7 } });
  bench.connect();
  bench.write(buffer("'x'"), { topic: "a", properties: { messageExpiryInterval: 2 } });
  bench.write(null, { operation: MQTTClient.SUBSCRIBE, items: [{ topic: "a", QoS: 1, noLocal: true, retainAsPublished: true, retainHandling: 2 }], properties: { subscriptionIdentifier: 3 } });
  bench.write(null, { operation: MQTTClient.DISCONNECT, reason: 4, properties: { reasonString: "z" } });
  deepEqual(bench.taken(), ["30 0A 00 01 61 05 02 00 00 00 02 78", "82 09 00 01 02 0B 03 00 01 61 2D", "E0 06 04 04 1F 00 01 7A"]);
});

test("the broker's DISCONNECT reaches onControl, then onError with its reason", (t) => {
  const bench = new Bench(t, { version: 5 });
  bench.connect();
  bench.socket.receive("E0 02 8B 00");
  const [control, error, close] = bench.calls();
  deepEqual(control, { name: "control", message: { operation: MQTTClient.DISCONNECT, reason: 0x8b, properties: {} } });
  equal(error?.name === "error" && error.error.reasonCode, 0x8b);
  equal(close?.name, "close");
});

test("enhanced authentication: AUTH comes through onControl and is written before CONNACK", (t) => {
  const bench = new Bench(t, {
    version: 5, properties: { authenticationMethod: "m" },
    controlling: (client, { operation }) => {
      if (operation === MQTTClient.AUTH) client.write(null, { operation: MQTTClient.AUTH, reason: 0x18, properties: { authenticationMethod: "m" } });
    },
  });
  bench.open();
  bench.taken();
  bench.socket.receive("F0 06 18 04 15 00 01 'm'");
  deepEqual(bench.taken(), ["F0 06 18 04 15 00 01 6D"]);
  bench.socket.receive("20 07 00 00 04 15 00 01 'm'");
  deepEqual(bench.only("control").map(({ message }) => message.operation), [MQTTClient.AUTH, MQTTClient.CONNACK]);
});

test("what the broker does not take is refused before a byte is written, naming its limit", (t) => {
  const bench = new Bench(t, { version: 5 });
  bench.open();
  // Maximum QoS 1, Retain Available is 0, Maximum Packet Size 20.
  bench.socket.receive("20 0C 00 00 09 24 01 25 00 27 00 00 00 14");
  bench.taken();
  refused(() => bench.write(null, { topic: "a", QoS: 2 }), /QoS not supported .* limit is 1/);
  refused(() => bench.write(null, { topic: "a", retain: true }), /Retain not supported/);
  refused(() => bench.write(new Uint8Array(20), { topic: "a" }), /Packet too large .* limit is 20/);
  deepEqual(bench.taken(), []);
});

test("a peer's mistake is answered with a DISCONNECT that says which", (t) => {
  const bench = new Bench(t, { version: 5 });
  bench.connect();
  // PUBACK for what was never sent.
  bench.socket.receive("40 02 00 09");
  deepEqual(bench.taken(), ["E0 01 82"]);
  deepEqual(bench.only("error").map(({ error }) => [error.kind, error.reasonCode]), [["peer", 0x82]]);
});
