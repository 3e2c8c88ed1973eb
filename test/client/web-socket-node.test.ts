/** WebSocket URLs on Node, in all that takes a URL. */
import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { connect, device, MQTTClient, report, Resolver, webSocket } from "../../boards/node/index.js";
import type { ControlMessage } from "../../src/client/mqtt-client-options.js";
import { refused } from "../protocol/support/encoding.js";
import { EventQueue } from "./event-queue.js";
import { subject } from "./network.js";
import { BINARY, ScriptedWebSocketServer } from "./scripted-web-socket.js";

test("report goes through a WebSocket", async (t) => {
  const server = await ScriptedWebSocketServer.start(t);
  const done = report(server.url, [{ topic: "a", payload: "x", qos: 1 }], { id: "r" });
  const link = await server.accept();
  await link.upgrade();
  match((await link.frame()).payload, /^10 .* 72$/);
  equal((await link.frame()).payload, "32 07 00 01 61 00 01 00 78");
  link.send(BINARY, "20 03 00 00 00  40 02 00 01");
  await done;
  equal((await link.frame()).payload, "E0 00");
});

test("MQTTClient goes through a WebSocket", async (t) => {
  const server = await ScriptedWebSocketServer.start(t);
  const operations = new EventQueue<number>();
  const client = new MQTTClient({ ...webSocket(`${server.url}/mqtt`, device.network.ws), onControl: ({ operation }: ControlMessage) => operations.push(operation) });
  t.after(() => client.close());
  const link = await server.accept();
  await link.upgrade();
  equal((await link.frame()).payload, "10 0C 00 04 4D 51 54 54 04 02 00 00 00 00");
  link.send(BINARY, "20 02 00 00");
  equal(await operations.next(), MQTTClient.CONNACK);
});

test("user and password of the URL are in the CONNECT, not in the handshake", async (t) => {
  const server = await ScriptedWebSocketServer.start(t);
  subject(t, server.url.replace("//", "//me:p%40ss@"), { reconnect: false });
  const link = await server.accept();
  await link.upgrade();
  match((await link.frame()).payload, / 00 02 6D 65 00 04 70 40 73 73$/);
});

test("the options socket and dns are those of the connection beneath", async (t) => {
  const server = await ScriptedWebSocketServer.start(t);
  const asked: string[] = [];
  class OwnResolver extends Resolver {
    override resolve(...[options, callback]: Parameters<Resolver["resolve"]>): void {
      asked.push(options.host);
      super.resolve({ ...options, host: "127.0.0.1" }, callback);
    }
  }
  const { disconnections } = subject(t, `ws://broker.test:${server.port}`, {
    reconnect: false, version: 5, dns: { io: OwnResolver }, socket: { ...device.network.ws.socket, sendBufferSize: 20 }, will: { topic: "a", payload: "x".repeat(20) },
  });
  const link = await server.accept();
  equal((await link.request()).header("host"), `broker.test:${server.port}`);
  deepEqual(asked, ["broker.test"]);
  link.write("HTTP/1.1 404 Not Found\r\n\r\n");
  match((await disconnections.next()).error.message, /^cannot connect to broker\.test:\d+: the server answers HTTP 404 on the path \/mqtt: give the path of its WebSocket$/);
});

test("a wrong URL is refused with an example of its kind", async () => {
  refused(() => connect("ws://host:port"), /^the URL "ws:\/\/host:port" must be like ws:\/\/host:80\/path/);
  let thrown: unknown;
  await report("wss://", []).catch((error: unknown) => (thrown = error));
  refused(() => {
    throw thrown;
  }, /^the URL "wss:\/\/" must be like ws:\/\/host:80\/path/);
});
