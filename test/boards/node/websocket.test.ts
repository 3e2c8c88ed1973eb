import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { device } from "../../../boards/node/provider.js";
import WebSocketClient, { type WebSocketClientOptions } from "../../../boards/node/websocket.js";
import { Authority } from "../../broker/certificates.js";
import { EventQueue } from "../../client/event-queue.js";
import { BINARY, CLOSE, CONTINUATION, frame, PING, PONG, ScriptedWebSocketServer, TEXT, WebSocketLink } from "../../client/scripted-web-socket.js";
import { bytes, join } from "../../protocol/support/bytes.js";
import { listenTLS } from "./peer.js";

const text = (data: ArrayBuffer | undefined): string => (data === undefined ? "undefined" : new TextDecoder().decode(data));

/** A client that tells its callbacks in order. */
class Subject {
  readonly calls = new EventQueue<string>();
  readonly instances = new Set<WebSocketClient>();
  readonly client: WebSocketClient;

  constructor(test: TestContext, port: number, options: Partial<WebSocketClientOptions> = {}) {
    const note = (instance: WebSocketClient, call: string): void => {
      this.instances.add(instance);
      this.calls.push(call);
    };
    this.client = new WebSocketClient({
      ...device.network.ws, host: "127.0.0.1", port, protocol: "mqtt", path: "/p",
      onReadable(count, { binary, more }) {
        note(this, `readable ${count}${binary ? "" : " text"}${more ? " more" : ""}`);
      },
      onWritable(count) {
        note(this, `writable ${count}`);
      },
      onControl(opcode, payload) {
        note(this, `control ${opcode} ${text(payload)}`);
      },
      onError(error) {
        note(this, `error ${error.message}`);
      },
      onClose(reason) {
        note(this, `close ${reason.message}`);
      },
      ...options,
    });
    test.after(() => this.client.close());
  }
}

async function connected(test: TestContext, socket: Partial<WebSocketClientOptions["socket"]> = {}): Promise<Subject & { readonly link: WebSocketLink }> {
  const server = await ScriptedWebSocketServer.start(test);
  const subject = new Subject(test, server.port, { socket: { ...device.network.ws.socket, ...socket } });
  const link = await server.accept();
  await link.upgrade();
  assert.equal(await subject.calls.next(), `writable ${socket.sendBufferSize ?? 16_384}`);
  return Object.assign(subject, { link });
}

test("options are validated before anything is opened", () => {
  const options = { ...device.network.ws, host: "localhost" };
  assert.throws(() => Reflect.construct(WebSocketClient, []) as unknown, TypeError);
  assert.throws(() => new WebSocketClient({ ...options, host: "" }), /host must be/);
  assert.throws(() => new WebSocketClient({ ...options, port: 65_536 }), /port must be 1 to 65535/);
  assert.throws(() => new WebSocketClient({ ...options, socket: { io: Object } }), /socket\.io must be TCP or TLSSocket/);
  assert.throws(() => new WebSocketClient({ ...options, socket: { ...options.socket, sendBufferSize: 0 } }), /sendBufferSize/);
  assert.throws(() => Reflect.construct(WebSocketClient, [{ ...options, onReadable: 1 }]) as unknown, /onReadable must be a function/);
});

test("the first onWritable means connected; callbacks come as methods; headers are sent", async (context) => {
  const server = await ScriptedWebSocketServer.start(context);
  const { client, calls, instances } = new Subject(context, server.port, { headers: new Map([["X-Key", "1"]]), target: 7 });
  assert.throws(() => client.write(bytes("00")), /before the first onWritable/);
  const link = await server.accept();
  const request = link.request();
  link.write("HTTP/1.1 404 Not Found\r\n\r\n");
  const { line, header } = await request;
  assert.deepEqual([line, header("host"), header("x-key")], ["GET /p HTTP/1.1", `127.0.0.1:${server.port}`, "1"]);
  assert.equal(await calls.next(), "error the server answers HTTP 404 on the path /p: give the path of its WebSocket");
  assert.deepEqual([[...instances], client.target], [[client], 7]);
});

test("a write is a frame of its kind, and its bytes are copied", async (context) => {
  const { client, link } = await connected(context, { sendBufferSize: 100 });
  const data = bytes("01 02 03");
  assert.equal(client.write(data.subarray(1)), 98);
  data.fill(0);
  assert.equal(client.write(bytes("'a'").buffer, { binary: false, more: true }), 97);
  assert.equal(client.write(bytes("'b'")), 96);
  client.write(bytes("'hi'"), { opcode: WebSocketClient.ping });
  assert.throws(() => client.write(new Uint8Array(97)), /96 are writable now/);
  assert.throws(() => client.write(new Uint8Array(1), { opcode: 3 }), /opcode 3/);
  const frames = [await link.frame(), await link.frame(), await link.frame(), await link.frame()];
  assert.deepEqual(frames.map(({ opcode, final, payload }) => [opcode, final, payload]), [[BINARY, true, "02 03"], [TEXT, false, "61"], [CONTINUATION, true, "62"], [PING, true, "68 69"]]);
});

test("over TLS, frames of one turn share a record, and onWritable follows when the system has them", async (context) => {
  const authority = new Authority();
  const { certificate: cert, key } = authority.issue("127.0.0.1");
  const server = await listenTLS(context, { cert, key });
  const { client, calls } = new Subject(context, server.port, { socket: { ...device.network.wss.socket, secure: { certificate: authority.certificate } } });
  const link = new WebSocketLink(await server.accept());
  await link.upgrade();
  assert.equal(await calls.next(), "writable 16384");
  client.write(new Uint8Array(5));
  assert.equal(client.write(new Uint8Array(50)), 16_384 - 55);
  assert.equal(await calls.next(), "writable 16384");
  await link.frame();
  await link.frame();
  // Each has a header of 6 bytes.
  assert.equal(link.arrivals.at(-1), 67);
});

test("the next message is announced when the present one is read", async (context) => {
  const { client, calls, link } = await connected(context);
  link.write(join(frame(BINARY, bytes("'abc'")), frame(BINARY, bytes("")), frame(TEXT, bytes("'d'"), false), frame(CONTINUATION, bytes("'e'"))));
  assert.equal(await calls.next(), "readable 3");
  assert.equal(text(client.read(2)), "ab");
  assert.throws(() => client.read(new Uint8Array(2)), /1 are available/);
  assert.equal(client.read(new Uint8Array(1)), 1);
  assert.deepEqual(calls.left, []);
  assert.equal(await calls.next(), "readable 0");
  assert.equal(await calls.next(), "readable 2 text");
  assert.equal(text(client.read()), "de");
  assert.equal(client.read(), undefined);
});

test("a message that came while another was read is announced once", async (context) => {
  const server = await ScriptedWebSocketServer.start(context);
  const announced = new EventQueue<number>();
  new Subject(context, server.port, {
    onReadable(count) {
      announced.push(count);
      if (count === 1) this.read();
    },
  });
  const link = await server.accept();
  await link.upgrade();
  link.write(join(frame(BINARY, bytes("01")), frame(BINARY, bytes("02 02"))));
  assert.deepEqual([await announced.next(), await announced.next()], [1, 2]);
  link.send(PING, "");
  await link.frame();
  assert.deepEqual(announced.left, []);
});

test("what cannot be asked for is an error", async (context) => {
  const server = await ScriptedWebSocketServer.start(context);
  assert.match(await new Subject(context, server.port, { protocol: "a b" }).calls.next(), /^error .*subprotocol/);
  assert.match(await new Subject(context, server.port, { headers: [["a b", ""]] }).calls.next(), /^error .*token/);
});

test("a ping is answered and told", async (context) => {
  const { calls, link } = await connected(context);
  link.send(PING, "'abc'");
  assert.equal(await calls.next(), "control 9 abc");
  const { opcode, payload } = await link.frame();
  assert.deepEqual([opcode, payload], [PONG, "61 62 63"]);
});

test("the server's closing is told once all before it is read, with its status and reason", async (context) => {
  const { client, calls, link } = await connected(context);
  link.write(join(frame(BINARY, bytes("'abc'")), frame(CLOSE, bytes("03 E9 'bye'"))));
  assert.equal(await calls.next(), "readable 3");
  assert.equal((await link.frame()).payload, "03 E9 62 79 65");
  link.end();
  await link.closed();
  assert.equal(client.write(bytes("00")), 0);
  assert.deepEqual(calls.left, []);
  assert.equal(text(client.read()), "abc");
  assert.equal(await calls.next(), "control 8 \u0003\ufffdbye");
  assert.equal(await calls.next(), "close the server closed the WebSocket: status 1001 bye");
});

test("a connection that ends without a closing is an error", async (context) => {
  const { calls, link } = await connected(context);
  link.end();
  assert.equal(await calls.next(), "error the connection was closed");
});

test("what breaks the WebSocket protocol is an error", async (context) => {
  const { calls, link } = await connected(context);
  link.write(bytes("C2 00"));
  assert.match(await calls.next(), /^error Invalid WebSocket frame: RSV1/);
});

for (const how of ["close", "close with its handshake"])
  test(`${how}: what was written still goes out, and no callback follows`, async (context) => {
    const { client, calls, link } = await connected(context);
    link.send(BINARY, "00");
    assert.equal(await calls.next(), "readable 1");
    client.write(bytes("'last'"));
    if (how !== "close") client.write(bytes("03 E8"), { opcode: WebSocketClient.close });
    client.close();
    client.close();
    assert.equal((await link.frame()).payload, "6C 61 73 74");
    if (how !== "close") {
      assert.equal((await link.frame()).payload, "03 E8");
      link.send(CLOSE, "03 E8");
    }
    await link.closed();
    assert.throws(() => client.write(bytes("00")), /after close/);
    assert.throws(() => client.read(), /after close/);
    assert.deepEqual(calls.left, []);
  });

test("close takes what the server still has to say, so that it is not reset", async (context) => {
  const { client, calls, link } = await connected(context, { receiveBufferSize: 1000 });
  for (let i = 0; i < 1000; i++) link.send(BINARY, new Uint8Array(16_384));
  assert.equal(await calls.next(), "readable 16384");
  client.write(bytes("'last'"));
  client.close();
  assert.equal((await link.frame()).payload, "6C 61 73 74");
  await link.closed();
  assert.equal(link.unsent, 0);
});

test("close before the handshake is over ends the connection", async (context) => {
  const server = await ScriptedWebSocketServer.start(context);
  const { client, calls } = new Subject(context, server.port);
  const link = await server.accept();
  await link.request();
  client.close();
  await link.closed();
  assert.deepEqual(calls.left, []);
});

test("a client that is not read makes the server wait", async (context) => {
  const { client, calls, link } = await connected(context, { receiveBufferSize: 1000 });
  const count = 1000;
  const message = new Uint8Array(16_384);
  for (let i = 0; i < count; i++) link.send(BINARY, message);
  assert.equal(await calls.next(), "readable 16384");
  for (let turn = 0; turn < 50; turn++) await nextTurn();
  assert.ok(link.unsent > 0, "the server still holds a part");
  let received = 0;
  for (let call = "readable 16384"; ; call = await calls.next()) {
    assert.equal(call, "readable 16384");
    received += client.read()?.byteLength ?? 0;
    if (received === count * message.length) break;
  }
});

const strangers: readonly (readonly [string, (link: WebSocketLink) => void, string])[] = [
  ["speaks MQTT", (link) => link.write(bytes("20 02 00 00")), "error the server does not speak HTTP: give the port of its WebSocket"],
  ["ends the connection", (link) => link.end(), "error the server ends the connection when it is asked for a WebSocket: give the port that has one"],
];
for (const [what, act, expected] of strangers)
  test(`a server that ${what} is told of as such`, async (context) => {
    const server = await ScriptedWebSocketServer.start(context);
    const { calls } = new Subject(context, server.port);
    const link = await server.accept();
    await link.request();
    act(link);
    assert.equal(await calls.next(), expected);
  });
