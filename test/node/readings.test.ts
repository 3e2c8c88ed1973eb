import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Filter } from "../../src/node/filter.js";
import { Readings } from "../../src/node/readings.js";
import { readParts } from "../../src/node/sensor-configuration.js";
import { registry } from "../../src/sensors/registry.js";

function readings(fields: Readonly<Record<string, unknown>>): Readings {
  const [settings] = readParts({ it: fields }, registry, ["default"]).sensors;
  assert.ok(settings);
  return new Readings(settings);
}

function air(temperature: number, humidity = 50): object {
  return { time: 0, thermometer: { temperature }, hygrometer: { humidity } };
}

const plain = { median: 1, average: 1 };

test("calibration is value * scale + offset, of each quantity its own", () => {
  const subject = readings({ type: "SHT4x", scale: { humidity: 1.1 }, offset: { temperature: -0.5, humidity: 2 } });
  subject.take(air(21.5, 40));
  assert.equal(subject.format(), '"temperature":21,"humidity":46');
});

test("the median drops an outlier; until there are enough readings, it is that of those there are", () => {
  const filter = new Filter({ ...plain, median: 3 }, 0);
  assert.deepEqual([10, 12, 100, 11, 13].map((value) => filter.next(value)), [10, 11, 12, 12, 13]);
});

test("the median equals that of a sorted array, the average the mean", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 7 }).map((half) => 2 * half + 1), fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 40 }), (size, values) => {
    const median = new Filter({ ...plain, median: size }, 0);
    const average = new Filter({ ...plain, average: size }, 0);
    values.forEach((value, index) => {
      const last = values.slice(Math.max(index + 1 - size, 0), index + 1);
      const sorted = [...last].sort((a, b) => a - b);
      assert.equal(median.next(value), ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2);
      assert.ok(Math.abs(average.next(value) - last.reduce((sum, each) => sum + each, 0) / last.length) < 1e-9);
    });
  }));
});

test("calibration goes before the median, the median before the average", () => {
  const filter = new Filter({ scale: [2], offset: [1], median: 3, average: 2 }, 0);
  // Calibrated 1, 3, 201, 5; medians 1, 2, 3, 5; averages of two.
  assert.deepEqual([0, 1, 100, 2].map((value) => filter.next(value)), [1, 1.5, 2.5, 4]);
});

test("with a threshold only what differs by it from what was told is news, or when the heartbeat is due", () => {
  const subject = readings({ type: "SHT4x", delta: { temperature: 0.5 }, heartbeat: 60 });
  const news = (uptime: number, temperature: number, humidity = 50): boolean => {
    subject.take(air(temperature, humidity));
    return subject.isNews(uptime);
  };
  assert.equal(news(0, 20), true, "the first");
  assert.equal(news(10, 20.4, 90), false, "humidity has no threshold, and is no news by itself");
  assert.equal(news(20, 20.8), true, "slow changes add up");
  assert.equal(news(79, 20.9), false);
  assert.equal(news(80, 20.9), true, "60 s after the last");
});

test("without a threshold everything is news", () => {
  const subject = readings({ type: "SHT4x" });
  subject.take(air(20));
  assert.deepEqual([subject.isNews(0), subject.isNews(1)], [true, true]);
});

test("a value that the part cannot measure is thrown, and leaves no trace in the filters", () => {
  const subject = readings({ type: "SHT4x", average: 2 });
  subject.take(air(20));
  assert.throws(() => subject.take(air(130)), /^Error: temperature 130 is absurd: must be from -40 to 125 °C$/);
  assert.throws(() => subject.take(air(20, NaN)), /humidity NaN is absurd/);
  subject.take(air(22));
  assert.equal(subject.format(), '"temperature":21,"humidity":50');
});

test("a sample without groups, as some of the SDK's, and one with a part of the quantities", () => {
  const flat = readings({ type: "TMP117" });
  flat.take({ temperature: 21.1234, alert: 0 });
  assert.equal(flat.format(), '"temperature":21.12');
  const few = readings({ type: "BME280" });
  few.take({ thermometer: { temperature: 21 } });
  assert.equal(few.format(), '"temperature":21');
  assert.throws(() => few.take({ thermometer: {} }), /the sample has no temperature and no humidity and no pressure/);
});
