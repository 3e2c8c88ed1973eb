/** What a report sends, and when, against written-out bytes. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { report } from "../../src/client/report.js";
import type { Socket, SocketConstructorOptions } from "../../src/client/ecma-419.js";
import { bytes, hex } from "../protocol/support/bytes.js";
import { FakeClock } from "./fake-clock.js";
import { FakeNetwork, FakeSocket } from "./fake-network.js";
import { Attempt, CONNACK, CONNECT, DISCONNECT } from "./report-attempt.js";

const ONE = "32 07 00 01 'a' 00 01 00 'x'";
const ACKNOWLEDGED = "40 02 00 01";

/** QoS 1 messages to topic t with the payloads A, B, C ... */
function letters(count: number): { topic: string; payload: string; qos: 1 }[] {
  return Array.from({ length: count }, (_, i) => ({ topic: "t", payload: String.fromCharCode(0x41 + i), qos: 1 }));
}

/** They, on the wire: from one Packet Identifier to another. */
function published(from: number, to = from): string {
  return Array.from({ length: to - from + 1 }, (_, i) => `32 07 00 01 't' 00 ${hex(Uint8Array.of(from + i))} 00 '${String.fromCharCode(0x40 + from + i)}'`).join(" ");
}

test("CONNECT and QoS 1 go out in one turn, QoS 0 after the CONNACK, DISCONNECT after the last PUBACK", async (t) => {
  const attempt = new Attempt(t, [
    { topic: "zero", payload: "0" }, { topic: "a", payload: "x", qos: 1 }, { topic: "b", payload: Uint8Array.of(1, 2), qos: 1, retain: true }, { topic: "ü", payload: "", qos: 0, retain: true },
  ]);
  const { socket } = attempt;
  deepEqual(socket.taken(), []);
  socket.writable();
  attempt.wrote(CONNECT, ONE, "33 08 00 01 'b' 00 02 00 01 02");
  socket.receive(CONNACK);
  attempt.wrote("30 08 00 04 'zero' 00 '0'", "31 05 00 02 C3 BC 00");
  socket.receive("40 02 00 02");
  attempt.wrote();
  socket.receive(ACKNOWLEDGED);
  attempt.wrote(DISCONNECT);
  await attempt.succeeds();
});

test("all options are in the CONNECT", async (t) => {
  const attempt = new Attempt(t, [], { id: "node", user: "u", password: Uint8Array.of(0xff, 0), timeout: 60_001 });
  attempt.socket.writable();
  attempt.wrote("10 18 00 04 'MQTT' 05 C2 00 3D 00 00 04 'node' 00 01 'u' 00 02 FF 00");
  attempt.socket.receive(CONNACK);
  attempt.wrote(DISCONNECT);
  await attempt.succeeds();
});

test("a user name and a password go alone, too", async (t) => {
  const attempt = new Attempt(t, [], { user: "u" });
  attempt.socket.writable();
  attempt.wrote("10 10 00 04 'MQTT' 05 82 00 1E 00 00 00 00 01 'u'");
  const other = new Attempt(t, [], { password: "p" });
  other.socket.writable();
  other.wrote("10 10 00 04 'MQTT' 05 42 00 1E 00 00 00 00 01 'p'");
  for (const { socket, done } of [attempt, other]) {
    socket.receive(CONNACK);
    await done;
  }
});

test("a long payload has a longer Remaining Length", async (t) => {
  const attempt = new Attempt(t, [{ topic: "a", payload: "p".repeat(300), qos: 1 }]);
  attempt.socket.writable();
  attempt.wrote(CONNECT, "32 B2 02 00 01 'a' 00 01 00", `'${"p".repeat(300)}'`);
  attempt.socket.receive(CONNACK, ACKNOWLEDGED);
  await attempt.succeeds();
});

test("without messages it connects and disconnects", async (t) => {
  const attempt = new Attempt(t, []);
  attempt.socket.writable();
  attempt.wrote(CONNECT);
  attempt.socket.receive(CONNACK);
  attempt.wrote(DISCONNECT);
  await attempt.succeeds();
});

test("at QoS 0 alone nothing follows the CONNECT before the CONNACK", async (t) => {
  const attempt = new Attempt(t, [{ topic: "a", payload: "x" }]);
  attempt.socket.writable();
  attempt.wrote(CONNECT);
  attempt.socket.receive(CONNACK);
  attempt.wrote("30 05 00 01 'a' 00 'x'", DISCONNECT);
  await attempt.succeeds();
});

/** A CONNACK with every property there is, a PUBACK with properties and one with a Reason Code. */
const ANSWERS = bytes(
  "20 4A 00 00 47", "11 00 00 00 00", "12 00 02 'id'", "13 00 3C", "15 00 00", "16 00 01 FF", "1A 00 03 'res'", "1C 00 01 's'", "1F 00 04 'good'", "21 00 05", "22 00 0A",
  "24 01", "25 01", "26 00 01 'k' 00 02 'vv'", "26 00 00 00 00", "27 00 00 10 00", "28 01", "29 00", "2A 01",
  "40 09 00 02 10 05 1F 00 02 'ok'", "40 03 00 01 00");
const TWO = letters(2);

test("answers that come byte by byte", async (t) => {
  const attempt = new Attempt(t, TWO);
  attempt.socket.writable();
  attempt.wrote(CONNECT, published(1, 2));
  for (const byte of ANSWERS) {
    attempt.wrote();
    attempt.socket.receiveBytes(Uint8Array.of(byte));
  }
  attempt.wrote(DISCONNECT);
  await attempt.succeeds();
});

test("answers in two pieces, split anywhere", async (t) => {
  for (let at = 1; at < ANSWERS.length; at++) {
    const attempt = new Attempt(t, TWO);
    attempt.socket.writable();
    attempt.written();
    attempt.socket.receiveBytes(ANSWERS.slice(0, at));
    attempt.wrote();
    attempt.socket.receiveBytes(ANSWERS.slice(at));
    attempt.wrote(DISCONNECT);
    await attempt.succeeds();
  }
});

test("what is longer than the buffer is skipped, what comes behind it is not", async (t) => {
  for (const length of [60, 80, 88, 89, 90, 91, 92, 93, 94, 120, 127, 128, 129, 300]) {
    const attempt = new Attempt(t, TWO);
    attempt.socket.writable();
    attempt.written();
    const properties = bytes("12", hex(Uint8Array.of(length >> 8, length)), `'${"i".repeat(length)}'`, "22 00 0A 1F 00 02 'hi'");
    const head = properties.length < 128 ? [properties.length] : [0x80 | (properties.length & 0x7f), properties.length >> 7];
    const all = properties.length + 2 + head.length;
    attempt.socket.receiveBytes(Uint8Array.of(0x20, ...(all < 128 ? [all] : [0x80 | (all & 0x7f), all >> 7]), 0, 0, ...head, ...properties));
    attempt.wrote();
    attempt.socket.receive("40 02 00 01 40 C8 01 00 02 00 C4 01 26 00 01 'k' 00 BE", `'${"v".repeat(190)}'`);
    attempt.wrote(DISCONNECT);
    await attempt.succeeds();
  }
});

test("a limit that is not wholly in the buffer is none", async (t) => {
  for (let length = 70; length < 100; length++) {
    const attempt = new Attempt(t, TWO);
    attempt.socket.writable();
    attempt.written();
    // Reading on overwrites the end of the buffer with zeros: Maximum Packet Size would be too small.
    const properties = bytes("12 00", hex(Uint8Array.of(length)), `'${"i".repeat(length)}'`, "27 00 00 10 00", "16 00 40", "00 ".repeat(64));
    const long = (value: number): string => hex(Uint8Array.of(0x80 | (value & 0x7f), value >> 7));
    attempt.socket.receive("20", long(properties.length + 4), "00 00", long(properties.length), hex(properties));
    attempt.wrote();
    attempt.socket.receive("40 02 00 01", "40 02 00 02");
    attempt.wrote(DISCONNECT);
    await attempt.succeeds();
  }
});

test("no more than eight are unacknowledged, acknowledged in any order", async (t) => {
  const attempt = new Attempt(t, [...letters(10), { topic: "z", payload: "" }]);
  attempt.socket.writable();
  attempt.wrote(CONNECT, published(1, 8));
  attempt.socket.receive(CONNACK);
  attempt.wrote();
  attempt.socket.receive("40 02 00 05");
  attempt.wrote(published(9));
  attempt.socket.receive("40 02 00 01", "40 02 00 08");
  attempt.wrote(published(10), "30 04 00 01 'z' 00");
  for (const identifier of ["02", "03", "04", "06", "07", "0A"]) attempt.socket.receive("40 02 00", identifier);
  attempt.wrote();
  attempt.socket.receive("40 02 00 09");
  attempt.wrote(DISCONNECT);
  await attempt.succeeds();
});

test("a Receive Maximum of 1 holds for what was not sent early", async (t) => {
  const attempt = new Attempt(t, letters(10));
  attempt.socket.writable();
  attempt.wrote(CONNECT, published(1, 8));
  attempt.socket.receive("20 06 00 00 03 21 00 01");
  for (let identifier = 1; identifier < 8; identifier++) attempt.socket.receive("40 02 00", hex(Uint8Array.of(identifier)));
  attempt.wrote();
  attempt.socket.receive("40 02 00 08");
  attempt.wrote(published(9));
  attempt.socket.receive("40 02 00 09");
  attempt.wrote(published(10));
  attempt.socket.receive("40 02 00 0A");
  attempt.wrote(DISCONNECT);
  await attempt.succeeds();
});

test("a larger Receive Maximum changes nothing", async (t) => {
  const attempt = new Attempt(t, letters(9));
  attempt.socket.writable();
  attempt.socket.receive("20 06 00 00 03 21 FF FF");
  attempt.wrote(CONNECT, published(1, 8));
  for (let identifier = 1; identifier < 10; identifier++) attempt.socket.receive("40 02 00", hex(Uint8Array.of(identifier)));
  attempt.wrote(published(9), DISCONNECT);
  await attempt.succeeds();
});

test("a socket gets no more than it takes", async (t) => {
  for (const room of [1, 7, 16]) {
    const attempt = new Attempt(t, [...letters(9), { topic: "z", payload: "" }]);
    const all = hex(bytes(CONNECT, published(1, 8), published(9), "30 04 00 01 'z' 00", DISCONNECT));
    let written = "";
    for (let turn = 0; written.length < all.length && turn < 500; turn++) {
      attempt.socket.writable(room);
      if (turn === 150) attempt.socket.receive(CONNACK, "40 02 00 01");
      if (turn === 200) for (let identifier = 2; identifier < 10; identifier++) attempt.socket.receive("40 02 00", hex(Uint8Array.of(identifier)));
      written = `${written} ${attempt.written()}`.trim();
    }
    equal(written, all);
    await attempt.succeeds();
  }
});

test("a name is resolved, by whichever way the resolver calls back", async (t) => {
  const ways: ((attempt: Attempt) => void)[] = [
    ({ network }) => network.resolver.request?.[0].onResolved("broker.local", "192.0.2.7"),
    ({ network }) => network.resolver.request?.[1](null, "192.0.2.7", "broker.local"),
    ({ network }) => {
      network.resolver.request?.[1](null, "192.0.2.7", "broker.local");
      network.resolver.request?.[0].onResolved("broker.local", "192.0.2.8");
    },
  ];
  for (const way of ways) {
    const attempt = new Attempt(t, [], { host: "broker.local", port: 1884 });
    const { network } = attempt;
    deepEqual(network.resolver.options, network.provider.dns);
    equal(network.resolver.request?.[0].host, "broker.local");
    way(attempt);
    equal(network.sockets.length, 1);
    const { address, host, port, noDelay, nodelay } = network.socket.options;
    deepEqual({ address, host, port, noDelay, nodelay }, { address: "192.0.2.7", host: "broker.local", port: 1884, noDelay: true, nodelay: true });
    equal(Reflect.get(network.socket.options, "sendBuffers"), 3);
    network.socket.writable();
    network.socket.receive(CONNACK);
    await attempt.succeeds();
  }
});

test("a socket that calls back without itself and does not tell what it takes, as those of the SDK", async (t) => {
  const { provider } = new FakeNetwork();
  const sockets: FakeSocket[] = [];
  class Plain implements Socket {
    format = "number";
    readonly #socket: FakeSocket;
    constructor({ onReadable, onWritable, onError, ...options }: SocketConstructorOptions) {
      this.#socket = new FakeSocket({ ...options, onReadable: (count) => onReadable(count), onWritable: (count) => onWritable(count), onError: (error) => onError(error) });
      sockets.push(this.#socket);
    }
    read(buffer: Uint8Array): void {
      this.#socket.format = this.format;
      this.#socket.read(buffer);
    }
    write(data: Uint8Array): undefined {
      this.#socket.write(data);
    }
    close(): void {
      this.#socket.close();
    }
  }
  const clock = new FakeClock(t);
  const done = report("mqtt://192.0.2.1", letters(2), { ...provider, socket: { io: Plain } });
  const [socket] = sockets;
  ok(socket);
  socket.writable(27);
  equal(socket.taken().join(" "), hex(bytes(CONNECT, published(1), "32 07 00")));
  socket.writable(100);
  socket.receive(CONNACK, "40 02 00 01", "40 02 00 02");
  await done;
  deepEqual([socket.closed, clock.timers], [true, 0]);
});
