import { deepEqual, equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import { startBroker, type Broker } from "../../boards/simulator/tools/broker.js";
import { freePort } from "../../boards/simulator/tools/free-port.js";
import { Observer } from "./observer.js";
import { SimulatedFirmware } from "./simulated-firmware.js";

interface Bench {
  readonly broker: Broker;
  readonly node: SimulatedFirmware;
  readonly observer: Observer;
}

/** A node in the simulator, mosquitto, and MQTT.js on the other side. */
async function withNode(config: Readonly<Record<string, unknown>>, use: (bench: Bench) => Promise<void>): Promise<void> {
  const broker = await startBroker({ kind: "mosquitto" });
  const observer = await Observer.connect(broker.url);
  const node = await SimulatedFirmware.boot({ broker: broker.url, node: "bench", interval: 1, ...config });
  try {
    await use({ broker, node, observer });
  } finally {
    await node.end("SIGKILL");
    await observer.end();
    await broker.stop();
  }
}

test("a node in the simulator is born, publishes telemetry and says goodbye", () =>
  withNode({}, async ({ node, observer }) => {
    equal((await observer.message((message) => message.topic === "xs-mqtt/bench/status")).text, "online");
    const telemetry = await observer.message((message) => message.topic === "xs-mqtt/bench/telemetry");
    const reading = JSON.parse(telemetry.text) as Record<string, unknown>;
    deepEqual(Object.keys(reading), ["time", "uptime", "temperature", "humidity", "pressure"]);
    const online = await node.event("online");
    deepEqual([online["mqtt"], online["resumed"]], [5, false]);
    await node.event("telemetry", 2);
    equal(await node.end("SIGTERM"), 0);
    equal((await observer.message((message) => message.topic === "xs-mqtt/bench/status" && message.text !== "online")).text, "offline");
    const stopped = await node.event("stopped");
    ok(Number(stopped["published"]) >= 4);
    equal(stopped["acknowledged"], stopped["published"]);
  }));

test("a command is answered on its Response Topic with its Correlation Data, or on the node's own topic", () =>
  withNode({}, async ({ node, observer }) => {
    await node.event("online");
    await observer.publish("xs-mqtt/bench/command/identify", "", { properties: { responseTopic: "bench/answers", correlationData: Buffer.from("c-1") } });
    const answer = await observer.message((message) => message.topic === "bench/answers");
    equal(answer.correlationData, "c-1");
    equal((JSON.parse(answer.text) as { node: string }).node, "bench");
    await observer.publish("xs-mqtt/bench/command/interval", "0");
    match((await observer.message((message) => message.topic === "xs-mqtt/bench/response/interval")).text, /1 to 86,?400/);
    await observer.publish("xs-mqtt/bench/command/explode", "");
    match((await observer.message((message) => message.topic === "xs-mqtt/bench/response/explode")).text, /identify, interval, read, restart/);
  }));

test("a node in the simulator goes through a WebSocket", async () => {
  const port = await freePort();
  const broker = await startBroker({ kind: "mosquitto", settings: [`listener ${port} 127.0.0.1`, "protocol websockets"] });
  const observer = await Observer.connect(broker.url);
  const node = await SimulatedFirmware.boot({ broker: `ws://127.0.0.1:${port}`, node: "bench", interval: 1 });
  try {
    await node.event("telemetry", 2);
    await observer.publish("xs-mqtt/bench/command/identify", "", { qos: 1 });
    match((await observer.message((message) => message.topic === "xs-mqtt/bench/response/identify")).text, /"mqtt":5/);
    equal(await node.end("SIGTERM"), 0);
    equal((await observer.message((message) => message.topic === "xs-mqtt/bench/status" && message.text !== "online")).text, "offline");
  } finally {
    await node.end("SIGKILL");
    await observer.end();
    await broker.stop();
  }
});

test("the will fires when the simulator is killed", () =>
  withNode({}, async ({ node, observer }) => {
    await observer.message((message) => message.topic === "xs-mqtt/bench/status" && message.text === "online");
    await node.end("SIGKILL");
    equal((await observer.message((message) => message.topic === "xs-mqtt/bench/status" && message.text !== "online")).text, "offline");
  }));

test("the node comes back when its broker was killed and started again", () =>
  withNode({}, async ({ broker, node }) => {
    await node.event("online");
    await broker.kill();
    match(String((await node.event("offline"))["reason"]), /lost|connect/);
    const again = await startBroker({ kind: "mosquitto", port: broker.port });
    try {
      deepEqual([(await node.event("online", 2))["mqtt"]], [5]);
      const observer = await Observer.connect(again.url);
      await observer.message((message) => message.topic === "xs-mqtt/bench/telemetry");
      await observer.end();
    } finally {
      await again.stop();
    }
  }));
