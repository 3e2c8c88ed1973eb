/** What arrives at the MQTT client class: fragments, reading, control messages. */
import { deepEqual, equal, throws } from "node:assert/strict";
import { test } from "node:test";
import { MQTTClient } from "../../src/client/mqtt-client.js";
import { hex, pattern } from "../protocol/support/bytes.js";
import { refused } from "../protocol/support/encoding.js";
import { Bench } from "./mqtt-client-bench.js";

test("a message comes with topic, QoS, byteLength, retain and duplicate", (t) => {
  const bench = new Bench(t);
  bench.connect();
  bench.socket.receive("35 0A 00 03 'a/b' 00 04 'xyz'");
  deepEqual(bench.calls(), [
    { name: "readable", count: 3, options: { more: false, topic: "a/b", QoS: 2, byteLength: 3, retain: true, duplicate: false } },
  ]);
  deepEqual(bench.payloads, ["78 79 7A"]);
});

test("a message larger than the receive buffer comes in fragments; only the first names it", (t) => {
  const bench = new Bench(t, { receiveBuffer: 64 });
  bench.connect();
  const payload = pattern(150);
  bench.socket.receiveBytes(Uint8Array.of(0x30, 0x99, 1, 0, 1, 0x61, ...payload));
  const calls = bench.only("readable");
  deepEqual(calls[0]?.options, { more: true, topic: "a", QoS: 0, byteLength: 150, retain: false, duplicate: false });
  deepEqual(calls.slice(1).map(({ options }) => options), calls.slice(1).map((_, i) => ({ more: i < calls.length - 2 })));
  equal(calls.reduce((sum, { count }) => sum + count, 0), 150);
  equal(bench.payloads.join(" "), hex(payload));
});

test("a message of 100 kB passes through the default buffers and is acknowledged at its end", (t) => {
  const bench = new Bench(t);
  bench.connect();
  const payload = pattern(100_000);
  const length = payload.length + 5;
  const packet = Uint8Array.of(0x32, (length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14, 0, 1, 0x61, 0, 1, ...payload);
  for (let i = 0; i < packet.length; i += 1436) {
    deepEqual(bench.taken(), []);
    bench.socket.receiveBytes(packet.subarray(i, i + 1436));
  }
  equal(bench.payloads.join(" "), hex(payload));
  deepEqual(bench.taken(), ["40 02 00 01"]);
});

test("read takes so many bytes, the rest, then nothing", (t) => {
  const reads: unknown[] = [];
  const bench = new Bench(t, {
    reading: (client) => reads.push(client.read(2), client.read(100), client.read(), client.read(1)),
  });
  bench.connect();
  bench.socket.receive("30 08 00 01 'a' 'hello'");
  deepEqual(reads, [new Uint8Array([0x68, 0x65]).buffer, new Uint8Array([0x6c, 0x6c, 0x6f]).buffer, undefined, undefined]);
});

test("read fills a buffer as far as there are bytes and says how many", (t) => {
  const target = new Uint8Array(8);
  const counts: unknown[] = [];
  const bench = new Bench(t, { reading: (client) => counts.push(client.read(target.subarray(0, 3)), client.read(target.buffer), client.read(target)) });
  bench.connect();
  bench.socket.receive("30 08 00 01 'a' 'hello'");
  deepEqual(counts, [3, 2, undefined]);
  equal(hex(target), "6C 6F 6C 00 00 00 00 00");
});

test("read refuses a count of 0", (t) => {
  const bench = new Bench(t, { reading: (client) => refused(() => client.read(0), /^count must be a number above 0, or a buffer$/) });
  bench.connect();
  bench.socket.receive("30 04 00 01 'a' '!'");
  equal(bench.only("readable").length, 1);
});

test("what read gave is the caller's own: later messages do not change it", (t) => {
  const kept: unknown[] = [];
  const bench = new Bench(t, { reading: (client) => kept.push(client.read()) });
  bench.connect();
  bench.socket.receive("30 04 00 01 'a' 'x'");
  bench.socket.receive("30 04 00 01 'a' 'y'");
  deepEqual(kept, [new Uint8Array([0x78]).buffer, new Uint8Array([0x79]).buffer]);
});

test("the next message waits until the present one was read, and so does the socket", (t) => {
  const bench = new Bench(t, { receiveBuffer: 64, reading: () => undefined });
  bench.connect();
  bench.socket.receive("30 05 00 01 'a' 'xy'", "30 04 00 01 'b' '!'");
  bench.socket.receiveBytes(new Uint8Array(1000));
  deepEqual(bench.only("readable").map(({ options }) => options.topic), ["a"]);
  equal(bench.socket.unread, 1000);
  bench.inside(() => bench.client.read(1));
  bench.clock.advance(1000);
  deepEqual(bench.calls(), []);
  bench.inside(() => bench.client.read(1));
  bench.clock.advance();
  deepEqual(bench.only("readable").map(({ options }) => options.topic), ["b"]);
  deepEqual(bench.violations, []);
});

test("without onReadable messages are taken and acknowledged unread", (t) => {
  const unset: object = { onReadable: undefined };
  const bench = new Bench(t, unset);
  bench.connect();
  bench.socket.receive("32 06 00 01 'a' 00 01 'x'");
  deepEqual(bench.taken(), ["40 02 00 01"]);
});

test("a packet may arrive byte by byte", (t) => {
  const bench = new Bench(t);
  bench.connect();
  for (const byte of ["32", "06", "00", "01", "61", "00", "01", "78", "D0", "00"]) bench.socket.receive(byte);
  deepEqual(bench.payloads, ["78"]);
  deepEqual(bench.taken(), ["40 02 00 01"]);
});

test("acknowledgements, SUBACK and UNSUBACK reach onControl with their identifier", (t) => {
  const bench = new Bench(t);
  bench.connect();
  for (const [topic, QoS] of [["a", 1], ["b", 2]] as const) bench.write(null, { topic, QoS });
  bench.write(null, { operation: MQTTClient.SUBSCRIBE, items: [{ topic: "a" }, { topic: "b", QoS: 1 }] });
  bench.write(null, { operation: MQTTClient.UNSUBSCRIBE, items: [{ topic: "c" }] });
  bench.socket.receive("40 02 00 01", "50 02 00 02", "70 02 00 02", "90 04 00 03 00 80", "B0 02 00 04");
  deepEqual(bench.only("control").map(({ message }) => message), [
    { operation: MQTTClient.PUBACK, reason: 0, id: 1 },
    { operation: MQTTClient.PUBREC, reason: 0, id: 2 },
    { operation: MQTTClient.PUBCOMP, reason: 0, id: 2 },
    { operation: MQTTClient.SUBACK, reason: 0, id: 3, payload: [0, 0x80] },
    { operation: MQTTClient.UNSUBACK, reason: 0, id: 4, payload: [] },
  ]);
});

test("the QoS 2 handshake of a publication is answered by the client itself", (t) => {
  const bench = new Bench(t);
  bench.connect();
  bench.write(null, { topic: "b", QoS: 2, id: 0x1234 });
  bench.socket.receive("50 02 12 34");
  deepEqual(bench.taken(), ["34 05 00 01 62 12 34", "62 02 12 34"]);
});

test("the QoS 2 handshake of a received message reaches onControl and is answered", (t) => {
  const bench = new Bench(t);
  bench.connect();
  bench.socket.receive("34 06 00 01 'a' 00 05 'x'", "62 02 00 05");
  deepEqual(bench.taken(), ["50 02 00 05", "70 02 00 05"]);
  deepEqual(bench.only("control").map(({ message }) => message), [{ operation: MQTTClient.PUBREL, reason: 0, id: 5 }]);
});

test("a packet that breaks the protocol ends the connection with the reason", (t) => {
  const bench = new Bench(t);
  bench.connect();
  // PUBLISH at QoS 3.
  bench.socket.receive("36 06 00 01 'a' 00 01 'x'");
  const [error] = bench.only("error");
  deepEqual([error?.error.kind, error?.error.reasonCode], ["peer", 0x81]);
  equal(bench.network.open, 0);
});

test("onReadable that throws at a piece of a large message is told the next ones", (t) => {
  let pieces = 0;
  const bench = new Bench(t, {
    receiveBuffer: 64,
    reading: (client) => {
      client.read();
      if (++pieces === 2) throw new Error("wanted");
    },
  });
  bench.connect();
  bench.socket.receive("30 E8 07 00 01 'a'", "00 ".repeat(50));
  throws(() => { bench.socket.receive("00 ".repeat(100)); }, /wanted/);
  bench.clock.advance(10);
  bench.socket.receive("00 ".repeat(100));
  equal(pieces, 3);
  equal(bench.socket.unread, 0);
});
