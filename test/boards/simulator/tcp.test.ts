import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { test } from "node:test";
import { fixture, number, run, runWell, withServer } from "./harness.js";

/** TCP_SND_BUF of the SDK's ESP32 build. */
const sendBuffer = 5744;
/** TCP_MSS of the same. */
const segment = 1436;
/** TCP_WND of the same. */
const receiveWindow = 5744;

test("a peer that does not read stops the writer: writes are all or nothing, and the buffer stays full", async () => {
  const line = await withServer((socket) => socket.pause(), async (port) => await runWell("tcp-write", { args: [String(port)] }));
  assert.equal(line["first"], sendBuffer, "the first onWritable means connected and tells the whole buffer");
  assert.equal(line["tooMuch"], `would block: ${sendBuffer + 1} bytes, room for ${sendBuffer}`);
  assert.ok(number(line, "left") < 1000);
  assert.ok(number(line, "calls") > 1);
  assert.equal(line["error"], undefined);
});

test("writes are gathered and sent once a turn in segments of 1,436 bytes", async () => {
  const { lines } = await withServer((socket) => socket.resume(), async (port) => await run("tcp-segments", { args: [String(port)], report: true }));
  assert.deepEqual(lines[0], { counts: [sendBuffer, sendBuffer, sendBuffer] });
  const report = lines.at(-1) ?? {};
  assert.equal(report["bytesSent"], 3310);
  assert.equal(report["segments"], Math.ceil(3300 / segment) + 1);
});

test("what is written before close still arrives", async () => {
  let received = 0;
  const { lines } = await withServer(
    (socket) => socket.on("data", (data) => { received += data.length; }),
    async (port) => await run("tcp-close", { args: [String(port)], report: true }),
  );
  assert.equal(lines.at(-1)?.["bytesSent"], 5000);
  assert.equal(received, 5000);
});

test("read gives bytes, fills buffers, throws for more than is available, and errors come after the data", async () => {
  const { log } = await withServer(
    (socket) => socket.once("data", () => socket.end("abcdefgh")),
    async (port) => await runWell("tcp-read", { args: [String(port)] }),
  );
  assert.deepEqual(log, [
    "not ready: the first onWritable has not come yet", "undefined", 8, "mine", "invalid: 9 bytes asked for, 8 available",
    "invalid: 9 bytes asked for, 8 available", "ab", 2, "cd", 101, "fgh", "undefined", "error", "closed", "closed", "closed",
  ]);
});

test("no more than the window is taken from a peer while the program does not read, and nothing is lost", async () => {
  const size = 1024 * 1024;
  const { lines } = await withServer(
    (socket) => socket.end(Buffer.alloc(size)),
    async (port) => await run("tcp-unread", { args: [String(port)] }),
  );
  assert.deepEqual(lines.map((line) => line["event"]), ["started", "end"]);
  assert.deepEqual(lines.at(-1), { event: "end", total: size, most: receiveWindow });
});

test("256 KiB go to an echo and come back unchanged, in an ESP32's memory", async () => {
  const size = 256 * 1024;
  const line = await withServer(
    (socket) => socket.pipe(socket),
    async (port) => await runWell("tcp-echo", { heap: "esp32", args: [String(port), String(size)] }),
  );
  assert.deepEqual(line, { sent: size, received: size, wrong: 0 });
});

test("a refused connection is an error; wrong options throw before anything is opened", async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => { resolve(address !== null && typeof address === "object" ? address.port : 0); });
    });
  });
  const line = await runWell("tcp-refused", { args: [String(port)] });
  assert.deepEqual(line, {
    wrong: [
      "TypeError: TCP: options must be an object",
      "RangeError: port is required: 0 to 65535",
      "RangeError: port must be 0 to 65535",
      "Error: address must be a numeric IPv4 address, as the resolver gives: somewhere",
      "RangeError: format must be \"number\" or \"buffer\"",
      "TypeError: onReadable must be a function",
    ],
    refused: true,
  });
});

test("UDP packets go and come with address and port", async () => {
  const peer = createSocket("udp4");
  peer.on("message", (message, from) => { peer.send(`${message.toString()} pong`, from.port, from.address); });
  const port = await new Promise<number>((resolve) => { peer.bind(0, "127.0.0.1", () => { resolve(peer.address().port); }); });
  try {
    const line = await runWell("udp", { args: [String(port)] });
    assert.deepEqual(line, { count: 1, text: "ping pong", address: "127.0.0.1", port, more: true });
  } finally {
    peer.close();
  }
});

test("the resolver answers in both shapes, never from inside resolve, and not after close", async () => {
  assert.deepEqual(await runWell("resolver"), {
    options: "localhost 127.0.0.1",
    callback: "null 127.0.0.1 localhost",
    numeric: "192.0.2.7",
    missing: "failed no.such.invalid",
  });
});

test("a module written for the SDK runs unmodified", async () => {
  const line = await withServer(
    (socket) => socket.once("data", (data) => socket.write(`${data.toString().trim()} world\n`)),
    async (port) => await runWell("sdk-main", {
      heap: "esp32", args: [String(port)], preload: { "embedded:network/line/client": fixture("sdk-style") },
    }),
  );
  assert.deepEqual(line, { line: "hello world" });
});
