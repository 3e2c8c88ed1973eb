import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import TCP, { type TCPOptions } from "../../../boards/node/tcp.js";
import { listen, receive } from "./peer.js";
import { Probe } from "./probe.js";

interface Pair {
  readonly socket: TCP;
  readonly probe: Probe;
  readonly peer: Socket;
}

/** A connected socket whose first onWritable was taken. */
async function connected(context: TestContext, options: Partial<TCPOptions> = {}): Promise<Pair> {
  const server = await listen(context);
  const probe = new Probe();
  const socket = probe.inside(() => new TCP({ address: "127.0.0.1", port: server.port, ...options, ...probe.callbacks }));
  context.after(() => socket.close());
  const peer = await server.accept();
  assert.deepEqual(await probe.next(), { name: "writable", count: options.sendBufferSize ?? 16_384 });
  return { socket, probe, peer };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (data: ArrayBuffer | number | undefined): string => (data instanceof ArrayBuffer ? new TextDecoder().decode(data) : String(data));

test("the first onWritable means connected; writing before it throws", async (context) => {
  const server = await listen(context);
  const probe = new Probe();
  const socket = new TCP({ address: "127.0.0.1", port: server.port, ...probe.callbacks });
  context.after(() => socket.close());
  assert.throws(() => socket.write(bytes("early")), /before the first onWritable/);
  assert.equal(socket.remotePort, undefined);
  assert.deepEqual(await probe.next(), { name: "writable", count: 16_384 });
  assert.equal(socket.remoteAddress, "127.0.0.1");
  assert.equal(socket.remotePort, server.port);
  assert.deepEqual([...probe.instances], [socket]);
});

test("options are validated before a connection is opened", () => {
  const options = { address: "127.0.0.1", port: 1 };
  assert.throws(() => Reflect.construct(TCP, []) as unknown, TypeError);
  assert.throws(() => new TCP({ ...options, address: "broker.local" }), /address must be an IP address/);
  for (const port of [0, 65_536, 1.5, NaN]) assert.throws(() => new TCP({ ...options, port }), /port must be 1 to 65535/);
  assert.throws(() => new TCP({ ...options, sendBufferSize: 0 }), /sendBufferSize/);
  assert.throws(() => new TCP({ ...options, receiveBufferSize: -1 }), /receiveBufferSize/);
  assert.throws(() => new TCP({ ...options, keepAlive: 0 }), /keepAlive/);
  assert.throws(() => Reflect.construct(TCP, [{ ...options, format: "string" }]) as unknown, RangeError);
  assert.throws(() => Reflect.construct(TCP, [{ ...options, onReadable: "no" }]) as unknown, /onReadable must be a function/);
});

test("options may be frozen and carry what this class does not know; target is kept", async (context) => {
  const target = {};
  const options = Object.freeze({ target, io: TCP, nodelay: true, unknown: 1 });
  const { socket } = await connected(context, options);
  assert.equal(socket.target, target);
});

test("read gives everything, at most a count, or fills a buffer, and undefined when nothing waits", async (context) => {
  const { socket, probe, peer } = await connected(context);
  assert.equal(socket.read(), undefined);
  assert.equal(socket.read(10), undefined);
  assert.equal(socket.read(new Uint8Array(1)), undefined);
  peer.write("abcdefghij");
  assert.deepEqual(await probe.next(), { name: "readable", count: 10 });
  assert.equal(text(socket.read(2)), "ab");
  const buffer = new Uint8Array(8);
  assert.equal(socket.read(buffer.subarray(2, 5)), 3);
  assert.equal(text(buffer.buffer), "\0\0cde\0\0\0");
  assert.equal(socket.read(new DataView(buffer.buffer, 7)), 1);
  assert.equal(text(buffer.buffer), "\0\0cde\0\0f");
  assert.throws(() => socket.read(0), RangeError);
  assert.throws(() => socket.read(new Uint8Array(5)), /4 are available/);
  assert.equal(text(socket.read(100)), "ghij");
  assert.equal(socket.read(), undefined);
});

test("onReadable comes once per arrival with all that waits, and a read may span arrivals", async (context) => {
  const { socket, probe, peer } = await connected(context);
  peer.write("abc");
  assert.deepEqual(await probe.next(), { name: "readable", count: 3 });
  peer.write("defg");
  assert.deepEqual(await probe.next(), { name: "readable", count: 7 });
  assert.equal(text(socket.read(2)), "ab");
  assert.equal(text(socket.read()), "cdefg");
  assert.deepEqual(probe.left, []);
});

test("format number reads and writes single bytes", async (context) => {
  const { socket, probe, peer } = await connected(context, { format: "number" });
  assert.equal(socket.write(65), 16_383);
  assert.throws(() => socket.write(bytes("A")), /takes a byte/);
  assert.equal((await receive(peer, 1)).toString(), "A");
  peer.write("xy");
  while ((await probe.next()).name !== "readable");
  assert.equal(socket.read(), 0x78);
  socket.format = "buffer";
  assert.equal(text(socket.read()), "y");
  assert.throws(() => Reflect.set(socket, "format", "string"), RangeError);
  assert.equal(socket.format, "buffer");
  assert.throws(() => socket.write(1), TypeError);
});

test("write takes every kind of Byte Buffer, copies it, and returns the new writable count", async (context) => {
  const { socket, peer } = await connected(context, { sendBufferSize: 100 });
  const buffer = bytes("0123456789");
  assert.equal(socket.write(buffer.subarray(1, 4)), 97);
  assert.equal(socket.write(new DataView(buffer.buffer, 4, 2)), 95);
  assert.equal(socket.write(buffer.buffer.slice(6)), 91);
  assert.equal(socket.write(new Uint8Array(0)), 91);
  buffer.fill(0);
  assert.equal((await receive(peer, 9)).toString(), "123456789");
});

test("write is all or nothing", async (context) => {
  const { socket, probe, peer } = await connected(context, { sendBufferSize: 8 });
  assert.equal(socket.write(bytes("12345")), 3);
  assert.throws(() => socket.write(bytes("6789")), /3 are writable now/);
  assert.equal(socket.write(bytes("678")), 0);
  assert.deepEqual(await probe.next(), { name: "writable", count: 8 });
  assert.equal((await receive(peer, 8)).toString(), "12345678");
});

test("a peer that does not read stops the writer, and one that reads lets it go on", async (context) => {
  const { socket, probe, peer } = await connected(context);
  const block = new Uint8Array(16_384);
  let sent = 0;
  // The system takes some megabytes at once, each followed by onWritable; what it refuses stays refused until the peer reads.
  for (let writable = true; writable; ) {
    assert.equal(socket.write(block.fill(sent / block.length)), 0);
    sent += block.length;
    for (let turn = 0; turn < 10 && probe.left.length === 0; turn++) await nextTurn();
    writable = probe.left.length > 0;
    if (writable) assert.deepEqual(await probe.next(), { name: "writable", count: 16_384 });
  }
  assert.throws(() => socket.write(bytes("x")), /0 are writable now/);
  let received = 0;
  peer.on("data", (data) => (received += data.length));
  while (received < sent) await once(peer, "data");
  assert.equal(received, sent);
  assert.deepEqual(await probe.next(), { name: "writable", count: 16_384 });
});

test("a socket that is not read makes the peer wait", async (context) => {
  const { socket, probe, peer } = await connected(context, { receiveBufferSize: 1000 });
  const total = 16 * 1024 * 1024;
  peer.write(Buffer.alloc(total));
  const first = await probe.next();
  assert.ok(first.name === "readable" && first.count >= 1000);
  for (let turn = 0; turn < 50; turn++) await nextTurn();
  assert.ok(peer.writableLength > 0, "the peer still holds most of it");
  assert.deepEqual(probe.left, [], "no further arrival is announced");

  let received = 0;
  for (let count = first.count; ; ) {
    const data = probe.inside(() => socket.read(count));
    assert.ok(data instanceof ArrayBuffer);
    received += data.byteLength;
    if (received === total) break;
    const call = await probe.next();
    assert.ok(call.name === "readable");
    count = call.count;
  }
  assert.deepEqual(probe.violations, []);
});

test("unread data is read before onError tells that the peer has closed", async (context) => {
  const { socket, probe, peer } = await connected(context);
  peer.end("goodbye");
  await once(peer, "close");
  assert.deepEqual(await probe.next(), { name: "readable", count: 7 });
  assert.equal(text(socket.read(3)), "goo");
  assert.equal(socket.write(bytes("lost")), 0);
  assert.deepEqual(probe.left, []);
  assert.equal(text(probe.inside(() => socket.read())), "dbye");
  assert.deepEqual(await probe.next(), { name: "error", message: "the peer closed the connection" });
  assert.deepEqual(probe.violations, []);
  assert.equal(socket.read(), undefined);
});

test("onError tells that nobody listens", async () => {
  const probe = new Probe();
  const refused = new TCP({ address: "127.0.0.1", port: 1, ...probe.callbacks });
  assert.deepEqual(await probe.next(), { name: "error", message: "connect ECONNREFUSED 127.0.0.1:1" });
  refused.close();
  assert.deepEqual(probe.left, []);
});

test("onError tells of a connection that was reset", async (context) => {
  const { probe, peer } = await connected(context);
  peer.resetAndDestroy();
  const call = await probe.next();
  assert.ok(call.name === "error" && call.message.includes("ECONNRESET"));
});

test("after close no callback comes, other methods throw, and close may be called again", async (context) => {
  const { socket, probe, peer } = await connected(context);
  peer.write("too late");
  socket.close();
  socket.close();
  assert.throws(() => socket.read(), /read after close/);
  assert.throws(() => socket.write(bytes("x")), /write after close/);
  peer.end();
  await once(peer, "close");
  assert.deepEqual(probe.left, []);
});

test("close from inside a callback is the last of it", async (context) => {
  const server = await listen(context);
  let calls = 0;
  new TCP({
    address: "127.0.0.1",
    port: server.port,
    onWritable() {
      calls++;
      this.write(bytes("bye"));
      this.close();
    },
  });
  const peer = await server.accept();
  assert.equal((await receive(peer, 3)).toString(), "bye");
  await once(peer.resume(), "end");
  assert.equal(calls, 1);
});

test("what was written before close arrives even when the peer's own bytes were not read", async (context) => {
  const { socket, probe, peer } = await connected(context);
  peer.write(Buffer.alloc(100_000));
  await probe.next();
  socket.write(bytes("last words"));
  socket.close();
  assert.equal((await receive(peer, 10)).toString(), "last words");
  await once(peer.resume(), "end");
});

test("close before the connection is there gives it up", async (context) => {
  const server = await listen(context);
  const probe = new Probe();
  const socket = new TCP({ address: "127.0.0.1", port: server.port, ...probe.callbacks });
  socket.close();
  const second = new TCP({ address: "127.0.0.1", port: server.port });
  context.after(() => second.close());
  await server.accept();
  assert.deepEqual(probe.left, []);
});
