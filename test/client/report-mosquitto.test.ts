/** Reports over real sockets to mosquitto, read by MQTT.js; in XS, in the memory of an ESP32. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { device, report, type ReportMessage } from "../../boards/node/index.js";
import { startBroker, type Broker } from "../../boards/simulator/tools/broker.js";
import { freePort } from "../../boards/simulator/tools/free-port.js";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { runSimulator } from "../../boards/simulator/tools/simulator.js";
import { startTLSBroker } from "../broker/tls-broker.js";
import { peer, type Peer } from "./mqtt-js.js";

async function mosquitto(t: TestContext): Promise<Broker> {
  const broker = await startBroker({ kind: "mosquitto" });
  t.after(() => broker.stop());
  return broker;
}

async function subscriber(t: TestContext, url: string): Promise<Peer> {
  const other = await peer(t, url, { protocolVersion: 5 });
  await other.client.subscribeAsync("#", { qos: 1 });
  return other;
}

/** The next messages: topic, payload and QoS. */
async function received({ messages }: Peer, count: number): Promise<unknown[]> {
  const list: unknown[] = [];
  while (list.length < count) {
    const { topic, payload, qos } = await messages.next();
    list.push([topic, String(payload), qos]);
  }
  return list;
}

test("messages of both QoS arrive, those at QoS 1 first", async (t) => {
  const { url } = await mosquitto(t);
  const other = await subscriber(t, url);
  await report(url, [{ topic: "zero", payload: "0" }, { topic: "one", payload: "1", qos: 1 }, { topic: "größe", payload: new TextEncoder().encode("3 m²"), qos: 1 }]);
  deepEqual(await received(other, 3), [["one", "1", 1], ["größe", "3 m²", 1], ["zero", "0", 0]]);
});

test("more messages than may be unacknowledged, and larger than the socket's buffer", async (t) => {
  const { url } = await mosquitto(t);
  const other = await subscriber(t, url);
  const messages = Array.from({ length: 30 }, (_, i): ReportMessage => ({ topic: `t/${i}`, payload: String(i).repeat(2000), qos: 1 }));
  await report({ host: "localhost", port: Number(new URL(url).port), id: "reporter" }, messages);
  deepEqual(await received(other, 30), messages.map(({ topic, payload, qos }) => [topic, payload, qos]));
});

test("a retained message stays", async (t) => {
  const { url } = await mosquitto(t);
  await report(url, [{ topic: "kept", payload: "k", retain: true }]);
  deepEqual(await received(await subscriber(t, url), 1), [["kept", "k", 0]]);
});

test("mqtts", async (t) => {
  const { broker, authority } = await startTLSBroker(t);
  await report(broker.url, [{ topic: "a", payload: "x", qos: 1 }], { socket: { ...device.network.mqtts.socket, secure: { certificate: authority.certificate } } });
});

test("nobody on the port", async () => {
  const port = await freePort();
  const error: unknown = await report(`mqtt://127.0.0.1:${port}`, []).then(() => undefined, (reason: unknown) => reason);
  ok(error instanceof Error && error.message.startsWith(`cannot reach 127.0.0.1:${port}: `), String(error));
});

test("an ESP32 reports in less than 4 KiB and keeps nothing", async (t) => {
  const { url } = await mosquitto(t);
  const other = await subscriber(t, url);
  const { code, stdout, stderr } = await runSimulator({
    main: join(projectRoot, "test/xs/programs/report.js"), args: [url], preload: { "xs-mqtt": join(projectRoot, "dist/xs-mqtt.js") }, heap: "esp32", quiet: true,
  });
  equal(code, 0, stderr);
  const texts = await received(other, 6);
  deepEqual(texts.slice(3), texts.slice(0, 3));
  deepEqual(texts.slice(3), [["report/temperature", "21.5", 1], ["report/humidity", "40", 1], ["report/light", "\u0001\u0002\u0003", 0]]);
  const { bits, running, after } = JSON.parse(stdout) as Record<string, number>;
  equal(bits, 32);
  ok(Number(running) < 4096, `${String(running)} bytes`);
  ok(Number(after) <= 0, `${String(after)} bytes stay`);
});
