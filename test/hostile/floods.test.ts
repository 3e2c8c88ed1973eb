/** Peers that send as much as they can: what is taken, what waits in the socket, and what ends the connection. */
import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { bytes, join } from "../protocol/support/bytes.js";
import { Attacked, outcome, PINGRESP, RESUMED } from "./attacked.js";

/** Two hexadecimal digits. */
const byte = (value: number): string => value.toString(16).padStart(2, "0");

/** Handlers that take as long as the test says. */
class Slow {
  readonly begun: string[] = [];
  readonly #ends: (() => void)[] = [];
  most = 0;
  #running = 0;

  readonly handle = (text: string): Promise<void> => {
    this.begun.push(text);
    this.most = Math.max(this.most, ++this.#running);
    return new Promise((resolve) => this.#ends.push(resolve));
  };

  /** The handler that has run longest ends. @returns false when there is none. */
  end(): boolean {
    const end = this.#ends.shift();
    if (end === undefined) return false;
    this.#running--;
    end();
    return true;
  }
}

const message = (number: number): string => `30 08 00 01 'a' 00 '${String(number).padStart(4, "0")}'`;
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const flood = (count: number): Uint8Array => join(...numbers(count).map((number) => bytes(message(number))));

test("5,000 messages at QoS 0 in one segment: each is delivered once, in order, before the segment is done with", (t) => {
  const attacked = new Attacked(t);
  const socket = attacked.greet();
  const got: number[] = [];
  attacked.subscribe((text) => void got.push(Number(text)));
  socket.receiveBytes(flood(5000));
  deepEqual([got, socket.unread, attacked.ends, attacked.errors], [numbers(5000), 0, [], []]);
});

test("messages at QoS 0 faster than promises settle: 20 at once, the rest waits in the socket, and all are delivered in order", async (t) => {
  const attacked = new Attacked(t);
  const socket = attacked.greet();
  const slow = new Slow();
  attacked.subscribe(slow.handle);
  socket.receiveBytes(flood(1000));
  equal(slow.begun.length, 20);
  // The receive buffer holds 512 of 10,000 bytes.
  equal(socket.unread, 10_000 - 512);
  while (slow.end()) await attacked.settle();
  deepEqual([slow.begun.map(Number), slow.most, socket.unread], [numbers(1000), 20, 0]);
  deepEqual([attacked.ends, attacked.errors], [[], []]);
});

test("a flood that waits for slow handlers is not kept waiting by a connection that is lost meanwhile", async (t) => {
  const attacked = new Attacked(t);
  const slow = new Slow();
  const first = attacked.greet();
  attacked.subscribe(slow.handle);
  first.receiveBytes(flood(60));
  first.fail();
  const second = attacked.greet(RESUMED);
  second.receiveBytes(flood(3));
  equal(slow.begun.length, 21);
  while (slow.end()) await attacked.settle();
  deepEqual(slow.begun.slice(20).map(Number), [0, 1, 2]);
});

test("handlers that wait for publications of their own go on under a flood: what they wait for is still read", async (t) => {
  const attacked = new Attacked(t);
  const socket = attacked.greet();
  const published: unknown[] = [];
  attacked.subscribe(async () => {
    published.push(await outcome(attacked.client.publish("answer", "x", { qos: 1 })));
  });
  socket.receiveBytes(flood(200));
  await attacked.settle();
  // The broker's answers stand behind its flood.
  for (let sent = socket.taken(); sent.length > 0; sent = socket.taken()) {
    for (const packet of sent) socket.receive("40 02", packet.slice(30, 35));
    await attacked.settle();
  }
  equal(published.length, 200);
  // Eight in flight and sixteen in the queue; the others are refused at once, as publish says.
  equal(published.filter((result) => result === 0).length, 24);
  deepEqual(published.filter((result) => result !== 0), Array<unknown>(176).fill(["resource", 0x97]));
  deepEqual([socket.unread, attacked.ends], [0, []]);
});

test("handlers that come to wait for the broker while a flood waits for them: it is read on, a message a second", async (t) => {
  const attacked = new Attacked(t, { keepAlive: 0 });
  const socket = attacked.greet();
  const slow = new Slow();
  let answered = 0;
  attacked.subscribe(async (text) => {
    await slow.handle(text);
    await attacked.client.publish("answer", "x", { qos: 1 });
    answered++;
  });
  socket.receiveBytes(flood(24));
  while (slow.end()) await attacked.settle();
  // Eight of 20 answers are sent, and the broker's acknowledgements stand behind four messages.
  const sent = socket.taken();
  equal(sent.length, 8);
  for (const packet of sent) socket.receive("40 02", packet.slice(30, 35));
  attacked.clock.advance(999);
  deepEqual([slow.begun.length, answered], [20, 0]);
  for (let second = 1; second <= 4; second++) {
    attacked.clock.advance(second === 1 ? 1 : 1000);
    equal(slow.begun.length, 20 + second);
    slow.end();
    await attacked.settle();
  }
  attacked.clock.advance(1000);
  await attacked.settle();
  equal(answered, 8);
});

for (const qos of [1, 2] as const)
  test(`QoS ${qos} beyond Receive Maximum: 20 are delivered, the 21st ends the connection with 0x93`, (t) => {
    const attacked = new Attacked(t);
    const socket = attacked.greet();
    const slow = new Slow();
    attacked.subscribe(slow.handle, qos);
    socket.receive(...numbers(21).map((number) => `3${2 * qos} 07 00 01 'a' 01 ${byte(number)} 00 'x'`));
    deepEqual([slow.begun.length, socket.taken()], [20, ["E0 01 93"]]);
    deepEqual(attacked.ends.map(([kind, code]) => [kind, code]), [["peer", 0x93]]);
    match(attacked.ends[0]?.[2] ?? "", /^the broker sent a wrong PUBLISH: Receive Maximum exceeded/);
    attacked.greet(RESUMED);
    equal(attacked.client.connected?.resumed, true);
  });

test("QoS 1 in MQTT 3.1.1, which has no Receive Maximum: 20 at once, the rest waits in the socket, nobody is cut off", async (t) => {
  const attacked = new Attacked(t, { version: 4 });
  const socket = attacked.greet("20 02 00 00");
  const slow = new Slow();
  attacked.subscribe(slow.handle, 1);
  socket.receive(...numbers(200).map((number) => `32 06 00 01 'a' 01 ${byte(number)} '${number % 10}'`));
  equal(slow.begun.length, 20);
  equal(socket.unread > 800, true);
  const sent: string[] = [];
  while (slow.end()) {
    await attacked.settle();
    sent.push(...socket.taken());
  }
  deepEqual([slow.begun.map(Number), slow.most], [numbers(200).map((number) => number % 10), 20]);
  deepEqual(sent, numbers(200).map((number) => `40 02 01 ${byte(number).toUpperCase()}`));
  deepEqual([attacked.ends, attacked.errors, socket.unread], [[], [], 0]);
});

test("QoS 2 in MQTT 3.1.1 with a session that ends with its connection: any number before the first PUBREL", (t) => {
  const attacked = new Attacked(t, { version: 4 });
  const socket = attacked.greet("20 02 00 00");
  const got: string[] = [];
  attacked.subscribe((text) => void got.push(text), 2);
  socket.receive(...numbers(100).map((number) => `34 06 00 01 'a' 01 ${byte(number)} 'x'`));
  socket.receive(...numbers(100).map((number) => `62 02 01 ${byte(number)}`));
  equal(got.length, 100);
  deepEqual(socket.taken(), ["50", "70"].flatMap((first) => numbers(100).map((number) => `${first} 02 01 ${byte(number).toUpperCase()}`)));
  deepEqual(attacked.ends, []);
});

test("QoS 2 in MQTT 3.1.1 with a session that stays: beyond 20 the connection ends, and goes on where it was", (t) => {
  const attacked = new Attacked(t, { version: 4, clean: false });
  attacked.greet("20 02 00 00");
  const got: string[] = [];
  attacked.subscribe((text) => void got.push(text), 2);
  // 50 messages in flight, those without PUBREC are sent again on each connection (MQTT-4.4.0-1). What fits is brought to its end first.
  for (let received = 0; got.length < 50; received = got.length) {
    const { socket } = attacked;
    socket.taken();
    socket.receive(...numbers(50).slice(received).map((number) => `34 06 00 01 'a' 01 ${byte(number)} 'x'`));
    const taken = numbers(got.length).slice(received);
    deepEqual(socket.taken(), [...taken.map((number) => `50 02 01 ${byte(number).toUpperCase()}`), ...(got.length < 50 ? ["C0 00"] : [])]);
    if (got.length === received) break;
    // The last PUBREL ends a connection that could not take all.
    socket.receive(...taken.map((number) => `62 02 01 ${byte(number)}`));
    deepEqual(socket.taken(), taken.map((number) => `70 02 01 ${byte(number).toUpperCase()}`));
    if (got.length < 50) attacked.greet("20 02 01 00");
  }
  equal(got.length, 50);
  deepEqual(attacked.ends.map(([kind, code]) => [kind, code]), [["peer", 0x93], ["peer", 0x93]]);
});

test("acknowledgements that find no room in the socket: a 3.1.1 broker waits, and gets them in order", (t) => {
  const attacked = new Attacked(t, { version: 4 });
  const socket = attacked.greet("20 02 00 00");
  let got = 0;
  attacked.subscribe(() => { got++; }, 1);
  socket.writable(0);
  socket.receive(...numbers(100).map((number) => `32 06 00 01 'a' 01 ${byte(number)} 'x'`));
  deepEqual([got, socket.taken()], [20, []]);
  // Room is asked for as for the longest acknowledgement, five bytes.
  socket.writable(4 * 30 + 1);
  deepEqual([got, socket.taken()], [50, numbers(30).map((number) => `40 02 01 ${byte(number).toUpperCase()}`)]);
  socket.writable();
  deepEqual([got, socket.taken().length, attacked.ends], [100, 70, []]);
});

test("20,000 PINGRESPs that nobody asked for, in one segment, change nothing", (t) => {
  const attacked = new Attacked(t, { keepAlive: 60_000 });
  const socket = attacked.greet();
  socket.receiveBytes(join(...Array<Uint8Array>(20_000).fill(bytes(PINGRESP))));
  attacked.clock.advance(59_000);
  deepEqual([socket.taken(), attacked.ends, attacked.errors], [["C0 00"], [], []]);
});

test("a callback that throws at each of many acknowledgements in one segment: all are settled, all is reported, the host sees nothing", (t) => {
  const attacked = new Attacked(t, { inFlight: 50 });
  const socket = attacked.greet();
  let settled = 0;
  const topic = attacked.client.topic("a", {
    qos: 1,
    onSettled: () => {
      settled++;
      throw new Error("broken");
    },
  });
  for (let i = 0; i < 50; i++) equal(topic.publish(Uint8Array.of(i)), true);
  socket.taken();
  socket.receive(...numbers(50).map((number) => `40 02 00 ${byte(number + 1)}`));
  deepEqual([settled, attacked.errors.length, attacked.ends], [50, 50, []]);
  match(attacked.errors[0]?.message ?? "", /^a callback failed: broken$/);
});

test("a callback that throws when the connection goes on for other reasons does not stop it", async (t) => {
  const attacked = new Attacked(t, { version: 4 });
  const socket = attacked.greet("20 02 00 00");
  const slow = new Slow();
  attacked.subscribe(slow.handle, 1);
  const topic = attacked.client.topic("t", { qos: 1, onSettled: () => { throw new Error("broken"); } });
  topic.publish(Uint8Array.of(1));
  topic.publish(Uint8Array.of(2));
  // 20 messages are with the handler, the next one waits before two acknowledgements.
  socket.receive(...numbers(21).map((number) => `32 06 00 01 'a' 01 ${byte(number)} 'x'`), "40 02 00 02", "40 02 00 03", "30 04 00 01 'a' 'y'");
  slow.end();
  await attacked.settle();
  deepEqual([attacked.errors.length, slow.begun.at(-1), attacked.ends], [2, "y", []]);
  // A PUBCOMP waits for room, and before its room comes two acknowledgements.
  topic.publish(Uint8Array.of(3));
  topic.publish(Uint8Array.of(4));
  socket.writable(0);
  socket.receive("62 02 00 09", "40 02 00 04", "40 02 00 05", "30 04 00 01 'a' 'z'");
  socket.writable();
  deepEqual([attacked.errors.length, slow.begun.at(-1), attacked.ends], [4, "z", []]);
});
