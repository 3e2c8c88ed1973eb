/** The defects of the Moddable SDK's own client, one test each: they must not come here. */
import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { MQTTClient } from "../../src/client/mqtt-client.js";
import { pattern } from "../protocol/support/bytes.js";
import { Bench, buffer } from "./mqtt-client-bench.js";

test("a PUBLISH with an empty payload does not stop the parser", (t) => {
  const bench = new Bench(t);
  bench.connect();
  // Topic "a" without payload, then topic "b" with "!".
  bench.socket.receive("30 03 00 01 'a'");
  bench.socket.receive("30 04 00 01 'b' '!'");
  deepEqual(bench.only("readable").map(({ count, options }) => [options.topic, count, options.byteLength, options.more]), [["a", 0, 0, false], ["b", 1, 1, false]]);
  deepEqual(bench.payloads, ["", "21"]);
});

test("an empty payload at QoS 1 is acknowledged", (t) => {
  const bench = new Bench(t);
  bench.connect();
  bench.socket.receive("32 05 00 01 'a' 00 07");
  deepEqual(bench.taken(), ["40 02 00 07"]);
});

test("the packet identifier never becomes 0 when it wraps", (t) => {
  const bench = new Bench(t);
  bench.connect();
  const identifiers: string[] = [];
  for (let i = 1; i <= 65_537; i++) {
    bench.socket.writable();
    bench.client.write(buffer(""), { topic: "a", QoS: 1 });
    const [packet = ""] = bench.taken();
    const identifier = packet.slice(-5);
    if (i > 65_534) identifiers.push(identifier);
    bench.socket.receive("40 02", identifier);
  }
  deepEqual(identifiers, ["FF FF", "00 01", "00 02"]);
});

test("a packet identifier that is in flight is not used again", (t) => {
  const bench = new Bench(t);
  bench.connect();
  bench.write(buffer(""), { topic: "a", QoS: 1, id: 1 });
  bench.write(buffer(""), { topic: "b", QoS: 1 });
  deepEqual(bench.taken(), ["32 05 00 01 61 00 01", "32 05 00 01 62 00 02"]);
});

test("the reason of a refused CONNACK reaches onError", (t) => {
  const bench = new Bench(t);
  bench.open();
  bench.socket.receive("20 02 00 05");
  const [error, close, ...rest] = bench.calls();
  if (error?.name !== "error") throw new Error("onError was not called");
  equal(error.error.kind, "peer");
  equal(error.error.reasonCode, 0x87);
  match(error.error.message, /refused the connection: Not authorized \(0x87\)/);
  deepEqual([close, rest], [{ name: "close" }, []]);
});

test("sessionPresent of the CONNACK reaches onControl", (t) => {
  const bench = new Bench(t, { clean: false });
  bench.open();
  bench.socket.receive("20 02 01 00");
  deepEqual(bench.only("control"), [{ name: "control", message: { operation: MQTTClient.CONNACK, reason: 0, sessionPresent: true } }]);
});

test("retain and duplicate of a received message are delivered", (t) => {
  const bench = new Bench(t);
  bench.connect();
  bench.socket.receive("31 04 00 01 'a' '!'");
  bench.socket.receive("3A 06 00 01 'b' 00 01 '!'");
  deepEqual(bench.only("readable").map(({ options }) => [options.topic, options.retain, options.duplicate]), [["a", true, false], ["b", false, true]]);
});

test("onClose is called once after a DISCONNECT of one's own", (t) => {
  const bench = new Bench(t);
  bench.connect();
  bench.write(null, { operation: MQTTClient.DISCONNECT });
  deepEqual(bench.taken(), ["E0 00"]);
  bench.clock.advance();
  deepEqual(bench.calls(), [{ name: "close" }]);
  deepEqual(bench.violations, []);
  equal(bench.network.open, 0);
});

test("onClose is called after onError when the connection is lost", (t) => {
  const bench = new Bench(t);
  bench.connect();
  bench.socket.fail();
  deepEqual(bench.calls().map(({ name }) => name), ["error", "close"]);
  equal(bench.network.open, 0);
});

test("PUBACK goes out only after the payload was read", (t) => {
  const bench = new Bench(t, { reading: () => undefined });
  bench.connect();
  bench.socket.receive("32 08 00 01 'a' 00 09 'xyz'");
  bench.clock.advance(1000);
  deepEqual(bench.taken(), []);
  bench.inside(() => bench.client.read(2));
  bench.clock.advance(1000);
  deepEqual(bench.taken(), []);
  bench.inside(() => bench.client.read());
  bench.clock.advance();
  deepEqual(bench.taken(), ["40 02 00 09"]);
});

test("PUBREC goes out only after the payload was read", (t) => {
  const bench = new Bench(t, { reading: () => undefined });
  bench.connect();
  bench.socket.receive("34 06 00 01 'a' 00 09 'x'");
  bench.clock.advance();
  deepEqual(bench.taken(), []);
  bench.inside(() => bench.client.read());
  bench.clock.advance();
  deepEqual(bench.taken(), ["50 02 00 09"]);
});

test("a QoS 2 message that is sent twice is delivered once and answered twice", (t) => {
  const bench = new Bench(t);
  bench.connect();
  bench.socket.receive("34 06 00 01 'a' 00 05 'x'");
  bench.socket.receive("3C 06 00 01 'a' 00 05 'x'");
  deepEqual(bench.taken(), ["50 02 00 05", "50 02 00 05"]);
  deepEqual(bench.payloads, ["78"]);
  bench.socket.receive("62 02 00 05");
  deepEqual(bench.taken(), ["70 02 00 05"]);
  // Released: the identifier may come again, with another message.
  bench.socket.receive("34 06 00 01 'a' 00 05 'y'");
  deepEqual(bench.payloads, ["78", "79"]);
});

test("bytes are not read one native call each", (t) => {
  const bench = new Bench(t);
  bench.connect();
  const before = bench.socket.reads;
  // Ten messages of 40 bytes in one segment: one call.
  const message = Uint8Array.of(0x30, 38, 0, 1, 0x61, ...pattern(35));
  bench.socket.receiveBytes(Uint8Array.from({ length: 400 }, (_, i) => message[i % 40] ?? 0));
  equal(bench.payloads.length, 10);
  equal(bench.socket.reads - before, 1);
});
