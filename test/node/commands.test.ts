import assert from "node:assert/strict";
import { test } from "node:test";
import { version } from "../../src/node/version.js";
import { FakePins } from "../sensors/fake-pins.js";
import { Bench, fakeNetwork } from "./fake-host.js";

/** A node that is online and has told its first telemetry. */
async function online(config: Record<string, unknown> = {}, bench = new Bench()): Promise<Bench> {
  bench.start({ interval: 10, ...config });
  bench.client.come();
  await bench.timers.pass(100);
  return bench;
}

async function command(bench: Bench, name: string, payload = ""): Promise<unknown> {
  bench.client.deliver(`xs-mqtt/kitchen/command/${name}`, payload);
  await bench.timers.pass(100);
  return bench.payloads(`response/${name}`).at(-1);
}

test("read measures now and answers with the values", async () => {
  const bench = await online();
  bench.sensor.sampled = { thermometer: { temperature: -3.07 } };
  assert.deepEqual(await command(bench, "read"), { ok: true, temperature: -3.07 });
  bench.sensor.fault = "BME280: no answer";
  assert.deepEqual(await command(bench, "read"), { ok: false, error: "BME280: no answer" });
});

test("interval changes the interval at once", async () => {
  const bench = await online();
  assert.deepEqual(await command(bench, "interval", " 2.5 "), { ok: true, interval: 2.5 });
  const before = bench.payloads("telemetry").length;
  await bench.timers.pass(10_000);
  assert.equal(bench.payloads("telemetry").length, before + 4);
});

test("identify describes the node and blinks the LED for 5 s", async () => {
  const bench = new Bench();
  const pins = new FakePins();
  bench.device = { ...bench.device, network: fakeNetwork, io: { Digital: pins.Digital }, pin: { led: 2 } };
  await online({}, bench);
  assert.deepEqual(await command(bench, "identify"), { ok: true, node: "kitchen", version, mqtt: 5, sensors: ["FAKE"], interval: 10, uptime: 0 });
  await bench.timers.pass(1000);
  bench.client.deliver("xs-mqtt/kitchen/command/identify", "");
  assert.deepEqual([pins.opened.length, pins.closed], [2, 1], "it blinks anew");
  await bench.timers.pass(5000);
  assert.equal(pins.closed, 2);
  assert.deepEqual(pins.opened[0], { pin: 2, mode: 8 });
  assert.deepEqual(pins.written.slice(-4), [[2, 1], [2, 0], [2, 1], [2, 0]]);
});

test("restart answers, stops cleanly, then restarts; where the host cannot, it says so", async () => {
  const bench = new Bench();
  let restarts = 0;
  bench.restarts = () => restarts++;
  await online({}, bench);
  assert.deepEqual(await command(bench, "restart"), { ok: true });
  assert.equal(bench.payloads("status").at(-1), "offline");
  assert.equal(bench.client.closed, true);
  assert.equal(restarts, 1);

  assert.deepEqual(await command(await online(), "restart"), { ok: false, error: "this host cannot restart the node" });
});

test("a second restart, and any command while the node stops, is refused: there is one restart", async () => {
  const bench = new Bench();
  let restarts = 0;
  bench.restarts = () => restarts++;
  await online({}, bench);
  const refused = { ok: false, error: "the node is stopping: send the command again when it is online" };
  for (let i = 0; i < 2; i++) {
    bench.client.deliver("xs-mqtt/kitchen/command/restart", "");
    await new Promise(setImmediate);
  }
  assert.deepEqual(bench.payloads("response/restart"), [{ ok: true }, refused]);

  // The goodbye waits for its acknowledgement.
  bench.client.acknowledges = false;
  await bench.timers.pass(0);
  assert.deepEqual(await command(bench, "interval", "5"), refused);
  await bench.timers.pass(3000);
  assert.equal(bench.timers.count, 0);
  assert.equal(restarts, 1);
});

test("a measurement for a command is answered when the node stops", async () => {
  const bench = new Bench();
  const node = bench.start();
  bench.client.come();
  await bench.timers.pass(100);
  bench.client.deliver("xs-mqtt/kitchen/command/read", "");
  await node.stop();
  assert.deepEqual(bench.payloads("response/read"), [{ ok: false, error: "the measurement was stopped" }]);
});

test("unknown commands and wrong arguments are answered with what is allowed", async () => {
  const bench = await online();
  const error = async (name: string, payload: string): Promise<unknown> => (await command(bench, name, payload) as { error: unknown }).error;
  assert.equal(await error("reboot", ""), 'command "reboot" must be one of identify, interval, read, restart, set');
  for (const payload of ["", "soon", "0", "86401", "Infinity"])
    assert.equal(await error("interval", payload), "the payload of interval must be a number of seconds from 1 to 86400");
  assert.equal(await error("read", "all"), "the payload of read must be empty");
});

test("a retained command is refused", async () => {
  const bench = await online();
  bench.client.deliver("xs-mqtt/kitchen/command/interval", "2", { retain: true });
  await bench.timers.pass(0);
  assert.deepEqual(bench.payloads("response/interval"), [{ ok: false, error: "a retained command is not carried out: publish it without retain" }]);
});

test("the answer goes to the Response Topic with the Correlation Data as it was", async () => {
  const bench = await online();
  bench.client.deliver("xs-mqtt/kitchen/command/read", "", { responseTopic: "answers/1", correlationData: Uint8Array.of(1, 2, 3) });
  await bench.timers.pass(100);
  const { topic, options } = bench.client.published.at(-1) ?? {};
  assert.equal(topic, "answers/1");
  assert.deepEqual(options, { qos: 1, properties: { correlationData: Uint8Array.of(1, 2, 3) } });
});
