/** A broker that announces the smallest limits there are: what goes, what is refused before a byte is written, and with which words. */
import { deepEqual, equal, match, rejects, throws } from "node:assert/strict";
import { test } from "node:test";
import { bytes, hex } from "../protocol/support/bytes.js";
import { Attacked, outcome, PINGREQ, PINGRESP, RESUMED } from "./attacked.js";

/** Receive Maximum 1, Maximum Packet Size 10, Topic Alias Maximum 0, Maximum QoS 0, Server Keep Alive 1. */
const SMALLEST = "20 13 00 00 10 21 00 01 27 00 00 00 0A 22 00 00 24 00 13 00 01";

test("Maximum Packet Size 10: what fits goes out, what does not is refused by call, prepared topic and subscription", async (t) => {
  const attacked = new Attacked(t, { keepAlive: 0 });
  const socket = attacked.greet(SMALLEST);
  equal(await attacked.client.publish("a", "1234"), 0);
  await rejects(attacked.client.publish("a", "12345"), { kind: "configuration", reasonCode: 0x95, message: "Packet too large (0x95): the broker's limit is 10, this has 11" });
  const topic = attacked.client.topic("a");
  equal(topic.publish(bytes("'1234'")), true);
  throws(() => topic.publish(bytes("'12345'")), { kind: "configuration", reasonCode: 0x95 });
  void attacked.client.subscribe("ab", () => undefined);
  await rejects(attacked.client.subscribe("abc", () => undefined), { kind: "configuration", reasonCode: 0x95 });
  deepEqual(socket.taken(), ["30 08 00 01 'a' 00 '1234'", "30 08 00 01 'a' 00 '1234'", "82 08 00 01 00 00 02 'ab' 00"].map((line) => hex(bytes(line))));
  deepEqual(attacked.ends, []);
});

test("Maximum Packet Size 10: a Reason String gives way in DISCONNECT", async (t) => {
  const attacked = new Attacked(t, { keepAlive: 0 });
  const socket = attacked.greet(SMALLEST);
  await attacked.client.close({ reasonCode: 4, properties: { reasonString: "good night" } });
  deepEqual(socket.taken(), ["E0 01 04"]);
});

test("Maximum QoS 0: QoS 1 and 2 are refused, also when they waited for the connection", async (t) => {
  const attacked = new Attacked(t, { keepAlive: 0 });
  const waited = outcome(attacked.client.publish("a", "", { qos: 1 }));
  const socket = attacked.greet(SMALLEST);
  deepEqual(await waited, ["configuration", 0x9b]);
  for (const qos of [1, 2] as const)
    await rejects(attacked.client.publish("a", "", { qos }), { kind: "configuration", reasonCode: 0x9b, message: `QoS not supported (0x9b): the broker's limit is 0, this has ${qos}` });
  deepEqual([socket.taken(), attacked.ends], [[], []]);
});

test("Server Keep Alive 1: a PINGREQ each 900 ms, and the end ten seconds after one without answer", (t) => {
  const attacked = new Attacked(t, { keepAlive: 0 });
  const socket = attacked.greet(SMALLEST);
  for (let i = 0; i < 100; i++) {
    attacked.clock.advance(899);
    deepEqual(socket.taken(), []);
    attacked.clock.advance(1);
    deepEqual(socket.taken(), [PINGREQ]);
    socket.receive(PINGRESP);
  }
  attacked.clock.advance(900 + 9999);
  equal(attacked.ends.length, 0);
  attacked.clock.advance(1);
  deepEqual(attacked.ends.map(([kind, code]) => [kind, code]), [["transport", 0x8d]]);
});

test("Receive Maximum 1: one publication after the other, QoS 1 and 2 alike", async (t) => {
  const attacked = new Attacked(t, { keepAlive: 0 });
  const socket = attacked.greet("20 06 00 00 03 21 00 01");
  const calls = [1, 2, 1].map((qos) => attacked.client.publish("a", String(qos), { qos: qos as 1 | 2 }));
  deepEqual(socket.taken(), [hex(bytes("32 07 00 01 'a' 00 01 00 '1'"))]);
  socket.receive("40 02 00 01");
  const [second = ""] = socket.taken();
  equal(second.slice(0, 2), "34");
  const identifier = second.slice(15, 20);
  socket.receive("50 02", identifier);
  deepEqual(socket.taken(), [`62 02 ${identifier}`]);
  socket.receive("70 02", identifier);
  const [third = ""] = socket.taken();
  socket.receive("40 02", third.slice(15, 20));
  deepEqual(await Promise.all(calls), [0, 0, 0]);
});

test("Receive Maximum 1 after eight early publications: they stand, and the next goes out when all of them are acknowledged", async (t) => {
  const attacked = new Attacked(t, { keepAlive: 0, early: true, inFlight: 8 });
  const calls = Array.from({ length: 9 }, () => attacked.client.publish("a", "", { qos: 1 }));
  attacked.clock.advance();
  const { socket } = attacked;
  socket.writable();
  equal(socket.taken().length, 1 + 8);
  socket.receive("20 06 00 00 03 21 00 01");
  for (let identifier = 1; identifier <= 7; identifier++) socket.receive(`40 02 00 0${identifier}`);
  deepEqual(socket.taken(), []);
  socket.receive("40 02 00 08");
  const [last = ""] = socket.taken();
  socket.receive("40 02", last.slice(15, 20));
  deepEqual(await Promise.all(calls), Array<number>(9).fill(0));
});

test("Topic Alias Maximum 0: no alias is ever sent, one of the application's own is refused", async (t) => {
  const attacked = new Attacked(t, { keepAlive: 0 });
  const socket = attacked.greet("20 03 00 00 00");
  const topic = attacked.client.topic("some/topic");
  for (let i = 0; i < 3; i++) topic.publish(Uint8Array.of(i));
  deepEqual(socket.taken(), [0, 1, 2].map((i) => hex(bytes(`30 0E 00 0A 'some/topic' 00 0${i}`))));
  await rejects(attacked.client.publish("a", "", { properties: { topicAlias: 1 } }), { kind: "configuration", reasonCode: 0x94 });
});

test("limits that shrink with the next connection: what was in flight and no longer fits is told, the rest goes on", async (t) => {
  const attacked = new Attacked(t, { keepAlive: 0 });
  const first = attacked.greet();
  const calls = ["x", "twelve bytes", "y"].map((payload) => outcome(attacked.client.publish("a", payload, { qos: 1 })));
  first.fail();
  // Maximum Packet Size 10.
  const second = attacked.greet("20 08 01 00 05 27 00 00 00 0A");
  deepEqual(await calls[1], ["configuration", 0x95]);
  deepEqual(second.taken(), [hex(bytes("3A 07 00 01 'a' 00 01 00 'x'")), hex(bytes("3A 07 00 01 'a' 00 03 00 'y'"))]);
  second.receive("40 02 00 01", "40 02 00 03");
  deepEqual([await calls[0], await calls[2]], [0, 0]);
  match(attacked.ends[0]?.[2] ?? "", /^lost the connection to /);
});

test("limits of 0 where only 1 and more are allowed are Protocol Errors, each time anew", (t) => {
  const attacked = new Attacked(t, { version: 5 });
  for (const connack of ["20 06 00 00 03 21 00 00", "20 08 00 00 05 27 00 00 00 00"]) {
    const socket = attacked.greet(connack);
    deepEqual(socket.taken(), ["E0 01 82"]);
  }
  attacked.greet(RESUMED);
  deepEqual(attacked.ends.map(([kind, code]) => [kind, code]), [["peer", 0x82], ["peer", 0x82], ["peer", 0x82]], "a session after Clean Start is one more");
});
