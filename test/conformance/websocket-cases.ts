/** MQTT over WebSocket (MQTT 5.0, 6), on raw frames: what every WebSocket client of ours has to do. */
import { deepEqual, equal, match } from "node:assert/strict";
import type { TestContext } from "node:test";
import { EventQueue } from "../client/event-queue.js";
import type { subject, Subject } from "../client/network.js";
import { BINARY, CLOSE, CONTINUATION, frame, ScriptedWebSocketServer, TEXT, type WebSocketLink } from "../client/scripted-web-socket.js";
import { bytes, join } from "../protocol/support/bytes.js";

const CONNACK = "20 03 00 00 00";

/** A PUBLISH at QoS 0 on the topic "a" with one byte. */
const publish = (text: string): Uint8Array => bytes(`30 05 00 01 'a' 00 '${text}'`);

/**
 * Registers the cases.
 * @param test of node:test.
 * @param open makes a client for a URL.
 */
export function webSocketCases(test: (title: string, body: (t: TestContext) => Promise<void>) => unknown, open: typeof subject): void {
  /** A client whose CONNECT was taken as a frame. */
  async function connected(t: TestContext): Promise<Subject & { readonly link: WebSocketLink }> {
    const server = await ScriptedWebSocketServer.start(t);
    const client = open(t, server.url, { reconnect: false });
    const link = await server.accept();
    await link.upgrade();
    match((await link.frame()).payload, /^10 /);
    link.send(BINARY, CONNACK);
    await client.connections.next();
    return { ...client, link };
  }

  test("[MQTT-6.0.0-1] every packet goes out in binary frames, masked and whole", async (t) => {
    const { client, link } = await connected(t);
    client.topic("a", { qos: 1 }).publish(bytes("'xyz'"));
    deepEqual(await link.frame(), { opcode: BINARY, final: true, masked: true, payload: "32 09 00 01 61 00 01 00 78 79 7A" });
    await client.close();
    deepEqual(await link.frame(), { opcode: BINARY, final: true, masked: true, payload: "E0 00" });
    deepEqual(await link.frame(), { opcode: CLOSE, final: true, masked: true, payload: "03 E8" });
  });

  test("[MQTT-6.0.0-1] a text frame ends the connection, even one that holds a packet", async (t) => {
    const { disconnections, link } = await connected(t);
    link.send(TEXT, publish("x"));
    const { error } = await disconnections.next();
    match(error.message, /^lost the connection to 127\.0\.0\.1:\d+: the broker sent text through the WebSocket/);
    deepEqual(await link.frame(), { opcode: CLOSE, final: true, masked: true, payload: "03 EB" });
    link.send(CLOSE, "03 EB");
    await link.closed();
  });

  test("[MQTT-6.0.0-1] an empty text frame ends the connection", async (t) => {
    const { disconnections, link } = await connected(t);
    link.send(TEXT, "");
    match((await disconnections.next()).error.message, /sent text/);
  });

  test("[MQTT-6.0.0-1] a text frame in place of a CONNACK ends the attempt", async (t) => {
    const server = await ScriptedWebSocketServer.start(t);
    const { disconnections } = open(t, server.url, { reconnect: false, version: 5 });
    const link = await server.accept();
    await link.upgrade();
    await link.frame();
    link.send(TEXT, CONNACK);
    match((await disconnections.next()).error.message, /^is it an MQTT broker.*sent text/);
  });

  async function texts(client: Subject["client"], link: WebSocketLink): Promise<EventQueue<string>> {
    const got = new EventQueue<string>();
    const subscribed = client.subscribe("a", (message) => got.push(message.text()));
    match((await link.frame()).payload, /^82 /);
    link.send(BINARY, "90 04 00 01 00 00");
    await subscribed;
    return got;
  }

  test("[MQTT-6.0.0-2] a packet is put together from frames of a byte each", async (t) => {
    const { client, link } = await connected(t);
    const got = await texts(client, link);
    for (const byte of publish("x")) link.send(BINARY, Uint8Array.of(byte));
    equal(await got.next(), "x");
  });

  test("[MQTT-6.0.0-2] a packet is put together from the fragments of one message", async (t) => {
    const { client, link } = await connected(t);
    const got = await texts(client, link);
    const packet = publish("x");
    link.send(BINARY, packet.subarray(0, 1), false);
    link.send(CONTINUATION, packet.subarray(1, 4), false);
    link.send(CONTINUATION, packet.subarray(4));
    equal(await got.next(), "x");
  });

  test("[MQTT-6.0.0-2] one frame may hold several packets and a part of the next", async (t) => {
    const { client, link } = await connected(t);
    const got = await texts(client, link);
    const rest = publish("4");
    link.send(BINARY, join(publish("1"), publish("2"), publish("3"), rest.subarray(0, 3)));
    deepEqual([await got.next(), await got.next(), await got.next()], ["1", "2", "3"]);
    link.send(BINARY, rest.subarray(3));
    equal(await got.next(), "4");
  });

  test("[MQTT-6.0.0-2] frames that share a segment, empty ones among them, are read one after the other", async (t) => {
    const { client, link } = await connected(t);
    const got = await texts(client, link);
    link.write(join(frame(BINARY, publish("1")), frame(BINARY, new Uint8Array(0)), frame(BINARY, publish("2").subarray(0, 2)), frame(BINARY, publish("2").subarray(2))));
    deepEqual([await got.next(), await got.next()], ["1", "2"]);
  });

  test("[MQTT-6.0.0-3] the opening handshake offers the subprotocol mqtt", async (t) => {
    const server = await ScriptedWebSocketServer.start(t);
    open(t, `${server.url}/broker?key=1`, { reconnect: false });
    const request = await (await server.accept()).request();
    equal(request.header("Sec-WebSocket-Protocol"), "mqtt");
    equal(request.line, "GET /broker?key=1 HTTP/1.1");
  });

  for (const [what, protocol] of [["no subprotocol", null], ["another subprotocol", "mqttv3.1"], ["one in other letters", "MQTT"]] as const)
    test(`[MQTT-6.0.0-4] a server that chooses ${what} is refused before a CONNECT is sent`, async (t) => {
      const server = await ScriptedWebSocketServer.start(t);
      const { disconnections } = open(t, server.url, { reconnect: false });
      const link = await server.accept();
      await link.upgrade(protocol);
      const { error } = await disconnections.next();
      equal(error.kind, "transport");
      match(error.message, /^cannot connect to 127\.0\.0\.1:\d+: the WebSocket on the path \/mqtt is for something else: it does not choose the subprotocol "mqtt"$/);
      await link.closed();
      deepEqual(link.left, []);
    });
}
