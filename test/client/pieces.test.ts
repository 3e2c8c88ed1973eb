import { deepEqual, equal } from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { connect } from "../../src/client/client.js";
import type { Client, Message } from "../../src/client/options.js";
import type { MqttError } from "../../src/protocol/error.js";
import { bytes, hex, join, pattern } from "../protocol/support/bytes.js";
import { FakeClock } from "./fake-clock.js";
import { FakeNetwork, type FakeSocket } from "./fake-network.js";

/** Of a message in pieces behind its header, which takes 9 bytes at QoS 1. */
const ROOM = 512 - 9;

interface Bench {
  readonly client: Client;
  readonly socket: FakeSocket;
  readonly network: FakeNetwork;
  readonly clock: FakeClock;
  readonly errors: string[];
  /** Offset and length of each piece, `+` where more follow. */
  readonly pieces: string[];
  /** What came on topic "a", one piece after the other. */
  readonly got: () => string;
}

/** A client that takes topic "a" in pieces; it is a network without time. @param host whether the socket is of the host's own class. */
function open(host: boolean, test: TestContext, handler: (message: Message, client: Client) => unknown = () => undefined, more = 0): Bench {
  const clock = new FakeClock(test);
  const network = new FakeNetwork();
  const errors: string[] = [];
  const pieces: string[] = [];
  const parts: Uint8Array[] = [];
  const onError = (error: MqttError): void => void errors.push(error.message);
  const client = connect("mqtt://192.0.2.1", { ...network.provider, id: "c", keepAlive: 10, receiveBuffer: 512, onError });
  network.asHost(host, () => { clock.advance(0); });
  const { socket } = network;
  socket.writable();
  socket.receive("20 03 00 00 00");
  for (let i = 0; i <= more; i++)
    void client.subscribe(i === 0 ? "a" : "+", { pieces: true }, (message) => {
      if (i > 0) return;
      equal(message.topic, "a");
      pieces.push(`${message.offset} ${message.end - message.start}${message.more ? "+" : ""}`);
      parts.push(message.payload.slice());
      return handler(message, client) as undefined;
    });
  for (let i = 0; i <= more; i++) socket.receive(`90 04 00 0${i + 1} 00 00`);
  socket.taken();
  return { client, socket, network, clock, errors, pieces, got: () => hex(join(...parts)) };
}

/** A message of 2000 bytes on topic "a", at QoS 1. */
const PAYLOAD = pattern(2000);
const LARGE = join(bytes("32 D6 0F 00 01 'a' 00 07 00"), PAYLOAD);

for (const host of [true, false]) describe(`over ${host ? "the host's" : "another"} socket`, () => {
  const bench = open.bind(undefined, host);

  test("the pieces of a large message fill the buffer behind its header, and what is behind the last is read too", (t) => {
    const { socket, pieces, got } = bench(t);
    socket.receiveBytes(join(LARGE, bytes("30 05 00 01 'a' 00 'x'")));
    deepEqual(pieces, ["0 503+", "503 503+", "1006 503+", "1509 491", "0 1"]);
    equal(got(), hex(join(PAYLOAD, bytes("'x'"))));
    deepEqual(socket.taken(), ["40 02 00 07"]);
    equal(socket.unread, 0);
  });

  test("a large message comes whole in segments of any length, to one handler or with another", (t) => {
    for (const more of [0, 1])
      for (const length of [1, 7, ROOM - 1, ROOM, ROOM + 1, 512, 600, 1436]) {
        const { socket, got, pieces } = bench(t, undefined, more);
        const stream = join(LARGE, LARGE);
        for (let at = 0; at < stream.length; at += length) socket.receiveBytes(stream.subarray(at, at + length));
        equal(got(), hex(join(PAYLOAD, PAYLOAD)));
        deepEqual(socket.taken(), ["40 02 00 07", "40 02 00 07"]);
        equal(pieces.filter((piece) => !piece.endsWith("+")).length, 2);
      }
  });

  test("a message with a longer header leaves less room for its pieces than the one before", (t) => {
    const { socket, got } = bench(t);
    socket.receiveBytes(LARGE);
    const named = join(bytes("30 DA 0F 00 01 'a' 06 26 00 00 00 01 'b'"), PAYLOAD);
    socket.receiveBytes(named);
    equal(got(), hex(join(PAYLOAD, PAYLOAD)));
  });

  test("a handler that throws at a piece in the middle gets the others, and the message is refused once", (t) => {
    const { socket, got, errors } = bench(t, ({ offset }) => {
      if (offset === ROOM) throw new Error("no room");
    });
    socket.receiveBytes(LARGE);
    equal(got(), hex(PAYLOAD));
    deepEqual(errors, ["a handler of \"a\" failed: no room"]);
    deepEqual(socket.taken(), ["40 03 00 07 80"]);
    socket.receiveBytes(join(bytes("32 09 00 01 'a' 00 08 00 'abc'")));
    deepEqual(socket.taken(), ["40 02 00 08"]);
  });

  test("a promise for a piece in the middle holds back all that follows; rejected it refuses the message", async (t) => {
    const waiting: (() => void)[] = [];
    const { socket, pieces, got } = bench(t, ({ offset }) => new Promise<void>((resolve, reject) => {
      waiting.push(offset === ROOM ? () => { reject(new Error("no")); } : resolve);
    }));
    socket.receiveBytes(LARGE);
    for (const count of [1, 2, 3, 4]) {
      equal(pieces.length, count);
      waiting.shift()?.();
      await new Promise(setImmediate);
    }
    equal(got(), hex(PAYLOAD));
    deepEqual(socket.taken(), ["40 03 00 07 80"]);
  });

  test("a promise for a piece holds back what has come with it", async (t) => {
    const waiting: (() => void)[] = [];
    const { socket, pieces } = bench(t, ({ offset }) => offset === ROOM ? new Promise<void>((resolve) => waiting.push(resolve)) : undefined);
    socket.receiveBytes(LARGE.subarray(0, 512));
    socket.receiveBytes(LARGE.subarray(512));
    equal(pieces.length, 2);
    socket.receiveBytes(bytes("30 05 00 01 'a' 00 'x'"));
    equal(pieces.length, 2);
    waiting.shift()?.();
    await new Promise(setImmediate);
    deepEqual(pieces, ["0 503+", "503 503+", "1006 503+", "1509 491", "0 1"]);
  });

  test("a handler may close the client in the middle: no more is read or handed on", (t) => {
    const { socket, pieces, errors } = bench(t, ({ offset }, client) => void (offset === ROOM && client.close()));
    socket.receiveBytes(LARGE);
    deepEqual(errors, []);
    deepEqual(pieces, ["0 503+", "503 503+"]);
    equal(socket.closed, true);
  });

  test("a handler may publish in the middle: it goes out behind the pieces that have come", async (t) => {
    const { socket, pieces } = bench(t, ({ offset }, client) => void (offset === ROOM && client.publish("b", "1")));
    socket.receiveBytes(LARGE.subarray(0, 1100));
    await new Promise(setImmediate);
    deepEqual(pieces.slice(0, 2), ["0 503+", "503 503+"]);
    deepEqual(socket.taken(), ["30 05 00 01 62 00 31"]);
    socket.receiveBytes(LARGE.subarray(1100));
    deepEqual(socket.taken(), ["40 02 00 07"]);
  });

  test("pieces tell that the broker is there: no Keep Alive ends what keeps coming", (t) => {
    const { socket, clock, network } = bench(t);
    socket.receiveBytes(LARGE.subarray(0, 512));
    for (let at = 512; at < 1912; at += 100) {
      clock.advance(3000);
      socket.receiveBytes(LARGE.subarray(at, at + 100));
      socket.writable();
    }
    equal(network.sockets.length, 1);
    equal(socket.closed, false);
  });
});
