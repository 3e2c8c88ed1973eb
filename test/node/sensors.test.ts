import assert from "node:assert/strict";
import { test } from "node:test";
import { digitalInputType } from "../../src/sensors/digital-input/digital-input-type.js";
import { digitalOutputType } from "../../src/sensors/digital-output/digital-output-type.js";
import { FakePins } from "../sensors/fake-pins.js";
import { Bench, FakeSensor, fakeType } from "./fake-host.js";

/** A node that is online, with sensors "a" (every 10 s) and "b" (every 4 s). */
async function online(fields: Readonly<Record<string, unknown>> = {}): Promise<{ readonly bench: Bench; readonly a: FakeSensor; readonly b: FakeSensor }> {
  const bench = new Bench();
  const [a, b] = [new FakeSensor(), new FakeSensor()];
  bench.registry = [fakeType(a, "A"), fakeType(b, "B", 0x77), digitalOutputType];
  bench.start({ sensors: { a: { type: "A", interval: 10, ...fields }, b: { type: "B", interval: 4 } } });
  bench.client.come();
  await bench.timers.pass(100);
  return { bench, a, b };
}

async function command(bench: Bench, name: string, payload = ""): Promise<unknown> {
  bench.client.deliver(`xs-mqtt/kitchen/command/${name}`, payload);
  await bench.timers.pass(100);
  return bench.payloads(`response/${name}`).at(-1);
}

const keys = (payload: unknown): string[] => Object.keys(payload as object);

test("each sensor tells on its own topic in its own interval, with who measured", async () => {
  const { bench } = await online();
  await bench.timers.pass(20_000);
  assert.equal(bench.payloads("telemetry/a").length, 3);
  assert.equal(bench.payloads("telemetry/b").length, 6);
  assert.deepEqual(bench.payloads("telemetry"), []);
  assert.deepEqual(keys(bench.payloads("telemetry/a").at(-1)), ["time", "uptime", "sensor", "temperature", "humidity", "pressure"]);
});

/** A sensor's states as they were shown, each retained. */
function states(bench: Bench, name: string): unknown[] {
  const topic = `xs-mqtt/kitchen/sensor/${name}`;
  assert.ok(bench.client.published.every((each) => each.topic !== topic || each.options.retain));
  return bench.payloads(`sensor/${name}`);
}

const units = { temperature: "°C", humidity: "%", pressure: "Pa" };

test("each sensor shows what it is, in which units, and whether it works: at its first readings, when it fails, fails otherwise and is back", async () => {
  const { bench, a } = await online();
  const start = bench.epoch / 1000;
  const working = { type: "A", interval: 10, units, state: "working" };
  assert.deepEqual(states(bench, "a"), [working]);
  a.fault = "A: wrong checksum";
  await bench.timers.pass(12_000);
  a.fault = "A: no answer";
  await bench.timers.pass(12_000);
  a.fault = undefined;
  await bench.timers.pass(40_000);
  const failing = { ...working, state: "failing", since: start + 10 };
  assert.deepEqual(states(bench, "a"), [working, { ...failing, error: "A: wrong checksum" }, { ...failing, error: "A: no answer" }, working]);
  assert.deepEqual(states(bench, "b").length, 1);
});

test("what changed without a connection is shown at the next one; a sensor that was given up is told as stopped", async () => {
  const { bench, a } = await online({ onFailure: "stop" });
  bench.client.lose("gone");
  a.fault = "broken";
  await bench.timers.pass(20_000);
  const before = states(bench, "a").length;
  bench.client.come();
  await bench.timers.pass(0);
  assert.deepEqual(states(bench, "a").slice(before), [{ type: "A", interval: 10, units, state: "stopped", since: bench.epoch / 1000 + 10, error: "broken" }]);
  assert.equal(states(bench, "b").length, 2);
});

test("the states wait for one another: they fill no queue", async () => {
  const { bench } = await online();
  const shown = (): number => states(bench, "a").length + states(bench, "b").length;
  assert.equal(shown(), 2);
  bench.client.lose("gone");
  Object.defineProperty(bench.client, "acknowledges", { get: () => bench.client.published.at(-1)?.topic === "xs-mqtt/kitchen/status" });
  bench.client.come();
  await bench.timers.pass(0);
  assert.equal(shown(), 3);
});

test("interval changes single sensors, too; all of what it names or nothing", async () => {
  const { bench } = await online();
  assert.deepEqual(await command(bench, "interval", '{"a":2,"b":3}'), { ok: true, interval: { a: 2, b: 3 } });
  const before = [bench.payloads("telemetry/a").length, bench.payloads("telemetry/b").length];
  await bench.timers.pass(12_000);
  assert.deepEqual([bench.payloads("telemetry/a").length, bench.payloads("telemetry/b").length], [(before[0] ?? 0) + 6, (before[1] ?? 0) + 4]);
  assert.deepEqual((states(bench, "a").at(-1) as { interval: unknown }).interval, 2);
  const error = async (payload: string): Promise<unknown> => (await command(bench, "interval", payload) as { error: unknown }).error;
  assert.equal(await error('{"a":5,"c":5}'), 'the payload of interval: "c" must be one of a, b');
  assert.equal(await error('{"a":5,"b":0}'), "the payload of interval: b must be a number of seconds from 1 to 86400");
  assert.equal(await error('{"a":"5"}'), "the payload of interval: a must be a number of seconds from 1 to 86400");
  assert.equal(await error("{a:5}"), "the payload of interval must be a number of seconds from 1 to 86400");
  assert.deepEqual((states(bench, "a").at(-1) as { interval: unknown }).interval, 2);
});

test("a failing sensor is tried again after 1, 2, 4 ... s, stops no other, and says how often it failed when it is back", async () => {
  const { bench, a } = await online();
  a.fault = "A: wrong checksum";
  await bench.timers.pass(10_000);
  const failed = bench.payloads("telemetry/a").slice(1);
  await bench.timers.pass(31_100);
  // Measured at 10 s, and then 1, 2, 4, 8 and 16 s after each failure.
  assert.equal(bench.payloads("telemetry/a").length - 1, failed.length + 5);
  assert.ok(bench.payloads("telemetry/a").slice(1).every((payload) => (payload as { error: unknown }).error === "A: wrong checksum"));
  assert.ok(bench.events.some(([event, message]) => event === "error" && message === "a: A: wrong checksum"));
  assert.equal(bench.payloads("telemetry/b").length, 11, "every 4 s");
  a.fault = undefined;
  await bench.timers.pass(33_000);
  const back = bench.payloads("telemetry/a").find((payload) => keys(payload).includes("faults")) as { faults: unknown };
  assert.deepEqual(back.faults, { count: 6, last: "A: wrong checksum" });
  const before = bench.payloads("telemetry/a").length;
  await bench.timers.pass(10_000);
  assert.equal(bench.payloads("telemetry/a").length, before + 1, "its interval again");
  assert.ok(!keys(bench.payloads("telemetry/a").at(-1)).includes("faults"));
});

test("the wait between two tries ends at 300 s", async () => {
  const { bench, a } = await online({ retry: 60 });
  a.never = true;
  await bench.timers.pass(10_000 + 2000);
  const count = (): number => bench.payloads("telemetry/a").length;
  // 60, 120, 240, then 300 each, and 1 s for each try.
  await bench.timers.pass(430_000);
  const before = count();
  await bench.timers.pass(903_000);
  assert.equal(count(), before + 3);
});

test("quiet tells nobody but the log; stop tells once and gives the sensor up", async () => {
  const quiet = await online({ onFailure: "quiet" });
  quiet.a.fault = "broken";
  await quiet.bench.timers.pass(60_000);
  assert.equal(quiet.bench.payloads("telemetry/a").length, 1);
  assert.ok(quiet.bench.events.some(([event]) => event === "error"));

  const stop = await online({ onFailure: "stop" });
  stop.a.fault = "broken";
  await stop.bench.timers.pass(60_000);
  assert.equal(stop.bench.payloads("telemetry/a").length, 2);
  assert.equal(stop.a.open, false);
  assert.equal(stop.bench.payloads("telemetry/b").length, 16);
});

test("an absurd value is told as a fault, and the sensor is opened anew", async () => {
  const { bench, a } = await online();
  a.sampled = { thermometer: { temperature: 900 } };
  await bench.timers.pass(10_000);
  assert.match((bench.payloads("telemetry/a").at(-1) as { error: string }).error, /^temperature 900 is absurd/);
  assert.equal(a.open, false);
});

test("read measures one or all; a failing one does not hide the others", async () => {
  const { bench, a } = await online();
  a.fault = "broken";
  assert.deepEqual(await command(bench, "read", "b"), { ok: true, temperature: 21.5, humidity: 45.12, pressure: 101_325.25 });
  assert.deepEqual(await command(bench, "read"), { ok: true, a: { error: "broken" }, b: { temperature: 21.5, humidity: 45.12, pressure: 101_325.25 } });
  assert.deepEqual(await command(bench, "read", "c"), { ok: false, error: "the payload of read must be empty or one of a, b" });
  assert.deepEqual((await command(bench, "identify") as { sensors: unknown }).sensors, ["A", "B"]);
});

test("the node's interval is that of the sensors without one", async () => {
  const bench = new Bench();
  bench.registry = [fakeType(new FakeSensor(), "A"), fakeType(new FakeSensor(), "B", 0x77)];
  bench.start({ interval: 20, sensors: { a: { type: "A" }, b: { type: "B", interval: 10 } } });
  bench.client.come();
  await bench.timers.pass(20_100);
  assert.deepEqual([bench.payloads("telemetry/a").length, bench.payloads("telemetry/b").length], [2, 3]);
  await command(bench, "interval", "5");
  await bench.timers.pass(9900);
  assert.deepEqual([bench.payloads("telemetry/a").length, bench.payloads("telemetry/b").length], [2 + 2, 4]);
});

test("set switches actuators; a mistake says what is allowed; the end switches them off", async () => {
  const pins = new FakePins();
  const bench = new Bench();
  bench.device = { ...bench.device, io: { Digital: pins.Digital } };
  bench.registry = [digitalOutputType];
  const node = bench.start({ sensors: { relay: { type: "DigitalOutput", pin: 16 } } });
  bench.client.come();
  await bench.timers.pass(0);
  assert.deepEqual(await command(bench, "set", '{"relay":1}'), { ok: true });
  assert.deepEqual(pins.written.at(-1), [16, 1]);
  const error = async (payload: string): Promise<unknown> => (await command(bench, "set", payload) as { error: unknown }).error;
  assert.equal(await error("relay"), "the payload of set must be an object of numbers for relay");
  assert.equal(await error('{"lamp":1}'), 'the payload of set: "lamp" must be one of relay');
  assert.equal(await error('{"relay":"on"}'), "the payload of set: relay must be a number");
  assert.equal(await error('{"relay":2}'), "DigitalOutput: the value must be 0 or 1");
  await node.stop();
  assert.deepEqual(pins.written.at(-1), [16, 0]);
});

test("a board without what a part needs says so: an actuator or a bus that is not there stops the start, a class that is missing is a fault", async () => {
  const bench = new Bench();
  bench.registry = [digitalOutputType];
  assert.throws(() => bench.start({ sensors: { relay: { type: "DigitalOutput", pin: 16 } } }), /this board has no device\.io\.Digital/);
  const other = new Bench();
  other.registry = [fakeType(new FakeSensor(), "A"), digitalInputType];
  assert.throws(() => other.start({ sensors: { a: { type: "A", bus: "second" } } }), /sensors\.a\.bus must be one of default$/);
  other.start({ sensors: { door: { type: "DigitalInput", pin: 4 } } });
  other.client.come();
  await other.timers.pass(100);
  assert.match(String(other.client.published.at(-1)?.payload), /"error":"this board has no device\.io\.Digital"/);
});
