/** Peers that are slow, or say nothing at all: how long that is borne, to the millisecond. */
import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { bytes, hex } from "../protocol/support/bytes.js";
import { Attacked, CONNACK, PINGREQ, PINGRESP, RESUMED } from "./attacked.js";

const SECOND = 1000;

/** Sends a byte each second. */
function trickle(attacked: Attacked, packets: string, each: () => void = () => undefined): void {
  for (const byte of bytes(packets)) {
    attacked.clock.advance(SECOND);
    attacked.socket.receiveBytes(Uint8Array.of(byte));
    each();
  }
}

test("a CONNACK at a byte a second is taken after five seconds", (t) => {
  const attacked = new Attacked(t);
  attacked.accept();
  const states: boolean[] = [];
  trickle(attacked, CONNACK, () => states.push(attacked.client.connected !== undefined));
  deepEqual(states, [false, false, false, false, true]);
});

test("a CONNACK that is slower than connectTimeout is given up, however many bytes have come", (t) => {
  const attacked = new Attacked(t, { connectTimeout: 4500 });
  const first = attacked.accept();
  trickle(attacked, "20 03 00 00");
  attacked.clock.advance(499);
  deepEqual([attacked.ends, first.closed], [[], false]);
  attacked.clock.advance(1);
  deepEqual(attacked.ends, [["transport", 0x88, "the broker sent no CONNACK within 4500 ms: is it an MQTT broker?", false]]);
  equal(first.closed, true);
  attacked.clock.advance();
  equal(attacked.network.sockets.length, 2);
});

test("a message at a byte a second: PINGREQs go out meanwhile, bytes count as life, and the message comes once it is whole", (t) => {
  const attacked = new Attacked(t, { keepAlive: 10_000 });
  const socket = attacked.greet();
  const got: string[] = [];
  attacked.subscribe((text) => void got.push(text));
  socket.taken();
  const payload = "x".repeat(100);
  trickle(attacked, `30 68 00 01 'a' 00 '${payload.slice(1)}'`);
  deepEqual(got, []);
  trickle(attacked, "'x'");
  deepEqual(got, [payload]);
  // No PINGREQ is answered before the message is over, and the Keep Alive is kept nevertheless: one each nine seconds.
  deepEqual(socket.taken(), Array<string>(11).fill(PINGREQ));
  trickle(attacked, PINGRESP);
  deepEqual(socket.taken(), [PINGREQ]);
  attacked.clock.advance(9 * SECOND);
  deepEqual([socket.taken(), attacked.ends], [[PINGREQ], []]);
});

test("a socket that takes a byte a second: packets go out whole, in order, as soon as there is room for each", (t) => {
  const attacked = new Attacked(t, { keepAlive: 0 });
  const socket = attacked.greet();
  socket.writable(0);
  void attacked.client.publish("a", "12345");
  void attacked.client.publish("b", "1");
  const sent: string[] = [];
  let room = 0;
  for (let second = 1; second <= 30; second++) {
    attacked.clock.advance(SECOND);
    socket.writable(++room);
    for (const packet of socket.taken()) {
      sent.push(`${second} s: ${packet}`);
      room -= packet.split(" ").length;
    }
  }
  deepEqual(sent, [`11 s: ${hex(bytes("30 09 00 01 'a' 00 '12345'"))}`, `18 s: ${hex(bytes("30 05 00 01 'b' 00 '1'"))}`]);
});

test("a socket that takes nothing any more: after Keep Alive and ten seconds the link is dead", (t) => {
  const attacked = new Attacked(t, { keepAlive: 60_000 });
  const socket = attacked.greet();
  socket.writable(0);
  attacked.clock.advance(69 * SECOND - 1);
  deepEqual([attacked.ends, socket.taken()], [[], []]);
  attacked.clock.advance(1);
  deepEqual(attacked.ends, [["transport", 0x8d, "the link is dead: there was no answer to a PINGREQ in time", false]]);
  equal(socket.closed, true);
});

test("silence after the socket was accepted: given up after connectTimeout, and again, and again", (t) => {
  const attacked = new Attacked(t, { connectTimeout: 5000, version: 5 });
  for (let attempt = 1; attempt <= 20; attempt++) {
    const socket = attacked.accept();
    attacked.clock.advance(4999);
    equal(socket.closed, false);
    attacked.clock.advance(1);
    equal(socket.closed, true);
    deepEqual([attacked.ends.length, attacked.network.open], [attempt, 1], "one socket is released, the next one made");
  }
  match(attacked.ends[19]?.[2] ?? "", /^the broker sent no CONNACK within 5000 ms/);
});

test("silence after the CONNACK: PINGREQ a second before Keep Alive is over, the end ten seconds later, and what was in flight goes out again", async (t) => {
  const attacked = new Attacked(t, { keepAlive: 60_000 });
  const socket = attacked.greet();
  const call = attacked.client.publish("a", "x", { qos: 1 });
  socket.taken();
  attacked.clock.advance(59 * SECOND - 1);
  deepEqual(socket.taken(), []);
  attacked.clock.advance(1);
  deepEqual(socket.taken(), [PINGREQ]);
  attacked.clock.advance(10 * SECOND - 1);
  deepEqual(attacked.ends, []);
  attacked.clock.advance(1);
  deepEqual(attacked.ends, [["transport", 0x8d, "the link is dead: there was no answer to a PINGREQ in time", false]]);
  const next = attacked.greet(RESUMED);
  deepEqual(next.taken(), [hex(bytes("3A 07 00 01 'a' 00 01 00 'x'"))]);
  next.receive("40 02 00 01");
  equal(await call, 0);
});

test("silence in the middle of a packet is silence", (t) => {
  for (const start of ["30", "30 68", "30 68 00 01 'a' 00 'half a message'", "40 02 00", "30 FF FF FF 7F 00 01 'a' 00 'x'", "D0"]) {
    const attacked = new Attacked(t, { keepAlive: 60_000 });
    attacked.greet().receive(start);
    attacked.clock.advance(69 * SECOND - 1);
    equal(attacked.ends.length, 0, start);
    attacked.clock.advance(1);
    deepEqual(attacked.ends.map(([kind, code]) => [kind, code]), [["transport", 0x8d]], start);
  }
});

test("silence with a Server Keep Alive of 0 lasts as long as the broker likes: it has asked for that (MQTT-3.2.2-21)", (t) => {
  const attacked = new Attacked(t, { keepAlive: 60_000 });
  const socket = attacked.greet("20 06 00 00 03 13 00 00");
  attacked.clock.advance(1e9);
  deepEqual([attacked.ends, socket.taken(), socket.closed], [[], [], false]);
});

test("a message in pieces that is cut comes again from its beginning", async (t) => {
  const attacked = new Attacked(t, { receiveBuffer: 64, keepAlive: 60_000 });
  const socket = attacked.greet();
  const pieces: string[] = [];
  void attacked.client.subscribe("a", { qos: 1, pieces: true }, (message) => void pieces.push(`${message.offset}+${message.end - message.start}${message.more ? "" : " end"}`));
  socket.receive("90 04 00 01 00 01");
  socket.receive(`32 6A 00 01 'a' 00 07 00 '${"x".repeat(30)}'`);
  attacked.clock.advance(69 * SECOND);
  const next = attacked.greet(RESUMED);
  next.receive(`3A 6A 00 01 'a' 00 07 00 '${"x".repeat(100)}'`);
  deepEqual(pieces.slice(0, 2), ["0+30", "0+56"]);
  match(pieces.at(-1) ?? "", / end$/);
  await attacked.settle();
  deepEqual(next.taken(), ["40 02 00 07"]);
});
