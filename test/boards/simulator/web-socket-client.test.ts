/** The simulator's WebSocket client does what Node's does; here over Node's TCP. */
import { equal } from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { device } from "../../../boards/node/index.js";
import { decodeHeader, encodeFrame, headerLength } from "../../../boards/simulator/web-socket/frame.js";
import { sha1 } from "../../../boards/simulator/web-socket/sha-1.js";
import WebSocketClient from "../../../boards/simulator/web-socket/web-socket-client.js";
import { webSocket } from "../../../src/client/web-socket.js";
import { PING, PONG, BINARY, CLOSE, ScriptedWebSocketServer } from "../../client/scripted-web-socket.js";
import { subject } from "../../client/network.js";
import { webSocketCases } from "../../conformance/websocket-cases.js";
import { bytes, hex } from "../../protocol/support/bytes.js";

const client = { ...device.network.ws, io: WebSocketClient };
const open: typeof subject = (t, url, options) => subject(t, typeof url === "string" ? webSocket(url, client) : url, options);

webSocketCases(test, open);

test("a ping is answered with its payload, between two frames of a message", async (t) => {
  const server = await ScriptedWebSocketServer.start(t);
  const { connections } = open(t, server.url, { reconnect: false });
  const link = await server.accept();
  await link.upgrade();
  await link.frame();
  link.send(BINARY, "20 03", false);
  link.send(PING, "'hi'");
  const { opcode, payload, masked } = await link.frame();
  equal(`${opcode} ${payload} ${masked}`, `${PONG} 68 69 true`);
  link.send(0, "00 00 00");
  await connections.next();
});

const wrong: readonly (readonly [what: string, frame: string, message: RegExp])[] = [
  ["a frame with a reserved bit", "C2 00", /an extension/],
  ["a masked frame", "82 80 00 00 00 00", /masked/],
  ["an unknown opcode", "83 00", /unknown opcode 3/],
  ["a fragmented ping", "09 00", /no place/],
  ["a long ping", "89 7E 00 7E", /no place/],
  ["a continuation of nothing", "80 00", /no place/],
  ["a length in more bytes than it needs", "82 7E 00 05", /wrong length/],
];

for (const [what, frame, message] of wrong)
  test(`${what} ends the connection`, async (t) => {
    const server = await ScriptedWebSocketServer.start(t);
    const { disconnections } = open(t, server.url, { reconnect: false, version: 5 });
    const link = await server.accept();
    await link.upgrade();
    await link.frame();
    link.write(bytes(frame));
    equal(message.test((await disconnections.next()).error.message), true);
    await link.closed();
  });

test("the server's closing is answered and told with its status", async (t) => {
  const server = await ScriptedWebSocketServer.start(t);
  const { disconnections } = open(t, server.url, { reconnect: false, version: 5 });
  const link = await server.accept();
  await link.upgrade();
  await link.frame();
  link.send(CLOSE, "03 E9 'gone'");
  equal((await link.frame()).payload, "03 E9");
  equal(/status 1001$/.test((await disconnections.next()).error.message), true);
});

test("a server that answers in HTTP only is told of as such", async (t) => {
  const server = await ScriptedWebSocketServer.start(t);
  const { disconnections } = open(t, server.url, { reconnect: false });
  const link = await server.accept();
  await link.request();
  link.write("HTTP/1.1 404 Not Found\r\n\r\n");
  equal(/answers HTTP 404 on the path \/mqtt/.test((await disconnections.next()).error.message), true);
});

test("SHA-1 is that of Node for texts around the bounds of a block", () => {
  for (const length of [0, 1, 54, 55, 56, 60, 63, 64, 119, 120]) {
    const text = "a".repeat(length);
    equal(Buffer.from(sha1(text)).toString("hex"), createHash("sha1").update(text).digest("hex"), `${length}`);
  }
});

test("a frame has the shortest length that there is, and its payload masked", () => {
  const mask = bytes("01 02 03 04");
  const header = (length: number): string => hex(encodeFrame(BINARY, new Uint8Array(length), true, mask).subarray(0, 10));
  equal(hex(encodeFrame(BINARY, bytes("00 00 FF"), false, mask)), "02 83 01 02 03 04 01 02 FC");
  equal(header(125), "82 FD 01 02 03 04 01 02 03 04");
  equal(header(126), "82 FE 00 7E 01 02 03 04 01 02");
  equal(header(65_536), "82 FF 00 00 00 00 00 01 00 00");
  equal(headerLength(bytes("82 7F")), 10);
  equal(decodeHeader(bytes("82 7F 00 00 00 00 00 01 00 00"), false).length, 65_536);
});
