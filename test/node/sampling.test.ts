import assert from "node:assert/strict";
import { test } from "node:test";
import { Sampler } from "../../src/node/sampling.js";
import { FakeSensor, FakeTimers } from "./fake-host.js";

function sampler(): { timers: FakeTimers; sensor: FakeSensor; sampler: Sampler } {
  const timers = new FakeTimers();
  const sensor = new FakeSensor();
  const open = (): FakeSensor => {
    sensor.opened++;
    sensor.open = true;
    return sensor;
  };
  return { timers, sensor, sampler: new Sampler(timers, { open }, {}) };
}

test("a sensor just opened is not asked at once; calls during a measurement share it", async () => {
  const bench = sampler();
  const first = bench.sampler.measure();
  assert.equal(bench.sampler.measure(), first);
  assert.equal(bench.sensor.opened, 0);
  await bench.timers.pass(40);
  assert.equal(await first, bench.sensor.sampled);
  assert.equal(bench.timers.count, 0);
  assert.notEqual(bench.sampler.measure(), first);
  await bench.timers.pass(40);
  assert.equal(bench.sensor.opened, 1);
});

test("a sensor that is never ready fails after 1 s and is closed", async () => {
  const bench = sampler();
  bench.sensor.never = true;
  const failed = assert.rejects(bench.sampler.measure(), /the sensor has no result after 1000 ms/);
  await bench.timers.pass(999);
  assert.equal(bench.sensor.open, true);
  await bench.timers.pass(1);
  await failed;
  assert.equal(bench.sensor.open, false);
  assert.equal(bench.timers.count, 0);
});

test("a sensor that cannot be opened fails the measurement only", async () => {
  const timers = new FakeTimers();
  const sensor = new FakeSensor();
  let present = false;
  const open = (): FakeSensor => {
    if (!present) throw new Error("no answer");
    return sensor;
  };
  const late = new Sampler(timers, { open }, {});
  const failed = assert.rejects(late.measure(), /no answer/);
  await timers.pass(20);
  await failed;
  present = true;
  const measured = late.measure();
  await timers.pass(40);
  assert.equal(await measured, sensor.sampled);
});

test("after close nothing is asked any more, and the measurement under way fails", async () => {
  const bench = sampler();
  const stopped = assert.rejects(bench.sampler.measure(), /^Error: the measurement was stopped$/);
  await bench.timers.pass(20);
  bench.sampler.close();
  await stopped;
  assert.equal(bench.sensor.open, false);
  assert.equal(bench.timers.count, 0);
});

test("a sensor that cannot even be closed is opened anew all the same", async () => {
  const bench = sampler();
  bench.sensor.fault = "no answer";
  bench.sensor.stuck = "no bus";
  const failed = assert.rejects(bench.sampler.measure(), /no answer/);
  await bench.timers.pass(20);
  await failed;
  bench.sensor.fault = undefined;
  const measured = bench.sampler.measure();
  await bench.timers.pass(40);
  assert.equal(await measured, bench.sensor.sampled);
  assert.equal(bench.sensor.opened, 2);
  bench.sampler.close();
});
