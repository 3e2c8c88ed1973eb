import assert from "node:assert/strict";
import { test } from "node:test";
import { Bench } from "./fake-host.js";

const readings = { temperature: 21.5, humidity: 45.12, pressure: 101_325.25 };

test("connects with a will, announces its birth and listens for commands", async () => {
  const bench = new Bench();
  bench.start({ broker: "mqtts://host:1", brokerUser: "u", brokerPassword: "p", keepAlive: 30 });
  const { url, options, filter } = bench.client;
  assert.equal(url, "mqtts://host:1");
  assert.deepEqual(options.will, { topic: "xs-mqtt/kitchen/status", payload: "offline", qos: 1, retain: true });
  assert.deepEqual([options.id, options.user, options.password, options.keepAlive], ["xs-mqtt-kitchen", "u", "p", 30_000]);
  assert.equal(filter, "xs-mqtt/kitchen/command/+");
  assert.deepEqual(bench.client.published, []);

  bench.client.come();
  await bench.timers.pass(0);
  assert.deepEqual(bench.client.published, [{ topic: "xs-mqtt/kitchen/status", payload: "online", options: { qos: 1, retain: true } }]);
  assert.deepEqual(bench.events, [["online", { node: "kitchen", mqtt: 5, resumed: false }]]);
});

test("the broker is told never to send what the receive buffer cannot take", () => {
  const bench = new Bench();
  bench.start();
  const { receiveBuffer, properties } = bench.client.options;
  assert.deepEqual([receiveBuffer, properties?.maximumPacketSize], [512, 512]);
});

test("the longest names, and credentials of any length, have room in the CONNECT", () => {
  const longest = { prefix: "端".repeat(64), node: "点".repeat(32) };
  const token = "ü".repeat(2000);
  for (const config of [{ brokerUser: token, brokerPassword: token }, { broker: `mqtt://${encodeURIComponent(token)}:${encodeURIComponent(token)}@broker` }]) {
    const bench = new Bench();
    bench.start({ ...longest, ...config });
    assert.deepEqual([bench.client.options.user, bench.client.options.password], [token, token]);
  }
});

test("publishes telemetry once online and then once in an interval", async () => {
  const bench = new Bench();
  bench.start({ interval: 10, qos: 0 });
  await bench.timers.pass(60_000);
  bench.client.come();
  await bench.timers.pass(100);
  const time = Date.UTC(2026, 0, 1) / 1000 + 60;
  assert.deepEqual(bench.payloads("telemetry"), [{ time, uptime: 60, ...readings }]);
  assert.deepEqual(bench.client.published.at(-1)?.options, { qos: 0, retain: false });
  assert.deepEqual(bench.events.at(-1), ["telemetry", "xs-mqtt/kitchen/telemetry", bench.client.published.at(-1)?.payload]);

  await bench.timers.pass(20_000);
  assert.equal(bench.payloads("telemetry").length, 3);
});

test("without a clock that was set, telemetry has the uptime only", async () => {
  const bench = new Bench();
  bench.epoch = 0;
  bench.start();
  bench.client.come();
  await bench.timers.pass(100);
  assert.deepEqual(bench.payloads("telemetry"), [{ uptime: 0, ...readings }]);
});

test("a failing sensor is reported, opened anew at the next measurement, and stops nothing", async () => {
  const bench = new Bench();
  bench.start({ interval: 10 });
  bench.sensor.fault = "BME280: no answer";
  bench.client.come();
  await bench.timers.pass(1000);
  assert.deepEqual(bench.payloads("telemetry").map((payload) => Object.keys(payload as object)), [["time", "uptime", "error"]]);
  assert.match(String(bench.client.published.at(-1)?.payload), /"error":"BME280: no answer"/);
  assert.equal(bench.sensor.open, false);

  bench.sensor.fault = undefined;
  await bench.timers.pass(10_000);
  assert.equal(bench.sensor.opened, 2);
  assert.match(String(bench.client.published.at(-1)?.payload), /"temperature":21.5/);
});

test("after a loss it announces itself again and goes on in its interval", async () => {
  const bench = new Bench();
  bench.start({ interval: 10 });
  bench.client.come();
  await bench.timers.pass(5000);
  bench.client.lose("connection reset");
  bench.client.come(4, true);
  await bench.timers.pass(0);
  assert.deepEqual(bench.events.slice(-2), [["offline", "connection reset"], ["online", { node: "kitchen", mqtt: 4, resumed: true }]]);
  assert.deepEqual(bench.payloads("status"), ["online", "online"]);
  await bench.timers.pass(5100);
  assert.equal(bench.payloads("telemetry").length, 2);
});

test("a client that has ended is made anew after a minute", async () => {
  const bench = new Bench();
  bench.start();
  bench.client.lose("password must be accompanied by user", true);
  await bench.timers.pass(59_999);
  assert.equal(bench.clients.length, 1);
  await bench.timers.pass(1);
  assert.equal(bench.clients.length, 2);
  bench.client.come();
  await bench.timers.pass(100);
  assert.equal(bench.payloads("telemetry").length, 1);
});

test("stop publishes offline, waits for its acknowledgement, closes everything; a second stop is the same", async () => {
  const bench = new Bench();
  const node = bench.start();
  bench.client.come();
  await bench.timers.pass(100);
  const stopped = node.stop();
  assert.equal(node.stop(), stopped);
  await stopped;
  assert.deepEqual(bench.client.published.at(-1), { topic: "xs-mqtt/kitchen/status", payload: "offline", options: { qos: 1, retain: true } });
  assert.equal(bench.client.closed, true);
  assert.equal(bench.sensor.open, false);
  assert.equal(bench.timers.count, 0);
  assert.deepEqual([node.published, node.acknowledged, node.received], [3, 3, 0]);
});

test("stop waits at most 3 s for a broker that does not answer, and not at all without a connection", async () => {
  const bench = new Bench();
  const node = bench.start();
  bench.client.come();
  await bench.timers.pass(0);
  bench.client.acknowledges = false;
  void node.stop();
  await bench.timers.pass(2999);
  assert.equal(bench.client.closed, false);
  await bench.timers.pass(1);
  assert.equal(bench.client.closed, true);
  assert.deepEqual([node.published, node.acknowledged], [2, 1]);

  const offline = new Bench();
  await offline.start().stop();
  assert.equal(offline.client.closed, true);
  assert.deepEqual(offline.client.published, []);
});

test("a stop at the moment of the connection leaves offline behind, not online", async () => {
  const bench = new Bench();
  const node = bench.start();
  bench.client.come();
  await node.stop();
  assert.deepEqual(bench.payloads("status"), ["offline"]);
  assert.equal(bench.timers.count, 0);
});

test("after stop nothing is measured, published or told any more", async () => {
  const bench = new Bench();
  const node = bench.start();
  bench.client.come();
  await bench.timers.pass(0);
  await node.stop();
  const told = bench.events.length;
  bench.client.lose("closed", true);
  await bench.timers.pass(200_000);
  assert.equal(bench.events.length, told);
  assert.equal(bench.clients.length, 1);
});
