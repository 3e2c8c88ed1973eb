import assert from "node:assert/strict";
import { test } from "node:test";
import { BME280, type BME280Configuration } from "../../../src/sensors/bme280/bme280.js";
import { BME280Twin, bme280Faults } from "../../../boards/simulator/world/bme280-twin.js";
import { benches } from "../i2c-bench.js";

const bench = benches(0x76, BME280Twin, bme280Faults, { temperature: 21.5, humidity: 45, pressure: 101_325 });

function near(actual: number | undefined, expected: number, tolerance: number): void {
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= tolerance, `${actual ?? "nothing"} is not ${expected} +- ${tolerance}`);
}

test("samples what the scene says, over the range of the chip, as finely as the chip resolves", (context) => {
  const subject = bench(context);
  for (const conditions of [
    { temperature: 21.5, humidity: 45, pressure: 101_325 },
    { temperature: -40, humidity: 0, pressure: 30_000 },
    { temperature: 85, humidity: 100, pressure: 110_000 },
    { temperature: 26.47, humidity: 99, pressure: 95_000 },
  ]) {
    subject.conditions = { ...subject.conditions, ...conditions };
    const sensor = new BME280(subject.options);
    sensor.configure({ temperatureOversampling: 16, pressureOversampling: 16, humidityOversampling: 16 });
    const sample = subject.sample(sensor);
    near(sample.thermometer.temperature, conditions.temperature, 0.01);
    near(sample.hygrometer?.humidity, conditions.humidity, 0.02);
    near(sample.barometer?.pressure, conditions.pressure, 0.5);
  }
});

test("without configure, each quantity is measured once, done after the datasheet's 9.3 ms", (context) => {
  const subject = bench(context);
  const sensor = new BME280(subject.options);
  subject.tick(2);
  assert.equal(sensor.sample(), undefined);
  subject.tick(9);
  assert.equal(sensor.sample(), undefined);
  subject.tick(1);
  const sample = sensor.sample();
  near(sample?.thermometer.temperature, 21.5, 0.01);
  near(sample?.barometer?.pressure, 101_325, 3);
});

test("each measurement is new, and each sample an object of its own", (context) => {
  const subject = bench(context);
  const sensor = new BME280(subject.options);
  const first = subject.sample(sensor);
  subject.conditions = { ...subject.conditions, temperature: 30, humidity: 20, pressure: 90_000 };
  const second = subject.sample(sensor);
  near(first.thermometer.temperature, 21.5, 0.01);
  near(second.thermometer.temperature, 30, 0.01);
});

test("does not begin before the chip has started up", (context) => {
  const subject = bench(context);
  const sensor = new BME280(subject.options);
  for (let asked = 0; asked < 3; asked++) assert.equal(sensor.sample(), undefined);
  const sample = subject.sample(sensor);
  near(sample.thermometer.temperature, 21.5, 0.01);
});

test("a quantity with oversampling 0 is absent", (context) => {
  const subject = bench(context);
  const sensor = new BME280(subject.options);
  sensor.configure({ humidityOversampling: 0, pressureOversampling: 0 });
  assert.deepEqual(Object.keys(subject.sample(sensor)), ["time", "thermometer"]);
  sensor.configure({ humidityOversampling: 1 });
  assert.deepEqual(Object.keys(subject.sample(sensor)), ["time", "thermometer", "hygrometer"]);
});

test("configure drops the measurement under way: no sample mixes two configurations", (context) => {
  const subject = bench(context);
  const sensor = new BME280(subject.options);
  sensor.configure({ humidityOversampling: 0 });
  subject.tick(5);
  assert.equal(sensor.sample(), undefined);
  sensor.configure({ humidityOversampling: 1 });
  near(subject.sample(sensor).hygrometer?.humidity, 45, 0.02);
});

test("the filter slows the answer to a jump", (context) => {
  const subject = bench(context);
  const sensor = new BME280(subject.options);
  sensor.configure({ filter: 4 });
  subject.sample(sensor);
  subject.conditions = { ...subject.conditions, temperature: 29.5 };
  near(subject.sample(sensor).thermometer.temperature, 23.5, 0.05);
});

test("a wrong option names its allowed values and changes nothing", (context) => {
  const subject = bench(context);
  const sensor = new BME280(subject.options);
  const wrong = (options: Record<string, unknown>): BME280Configuration => options;
  assert.throws(() => sensor.configure(wrong({ humidityOversampling: 3 })), { name: "RangeError", message: "BME280: humidityOversampling must be one of 0, 1, 2, 4, 8, 16" });
  assert.throws(() => sensor.configure(wrong({ pressureOversampling: 1, temperatureOversampling: 0 })), /temperatureOversampling must be one of 1, 2, 4, 8, 16/);
  assert.throws(() => sensor.configure(wrong({ filter: 1 })), /filter must be one of 0, 2, 4, 8, 16/);
  assert.deepEqual(Object.keys(subject.sample(sensor)), ["time", "thermometer", "hygrometer", "barometer"]);
});

test("another chip: says what was found and lets go of the bus", (context) => {
  const subject = bench(context, "wrong-id");
  assert.throws(() => new BME280(subject.options), /^Error: BME280: id 0x58 instead of 0x60: check part \(0x58 is a BMP280\) and address$/);
  assert.equal(subject.closed, 1);
});

test("a measurement that never ends gives undefined, not an old value", (context) => {
  const subject = bench(context, "never-ready");
  const sensor = new BME280(subject.options);
  assert.throws(() => subject.sample(sensor), /no sample within 1000 ms/);
});

test("a power dip while measuring is told, not published as a value", (context) => {
  const subject = bench(context);
  const sensor = new BME280(subject.options);
  subject.tick(5);
  sensor.sample();
  subject.twin.write(Uint8Array.of(0xe0, 0xb6));
  subject.tick(45);
  assert.throws(() => sensor.sample(), /BME280: the chip lost its settings: check its power supply/);
});
