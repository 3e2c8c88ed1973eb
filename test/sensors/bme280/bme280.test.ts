import assert from "node:assert/strict";
import { test } from "node:test";
import { BME280, type BME280Configuration } from "../../../src/sensors/bme280/bme280.js";
import { Bench } from "./bench.js";

function near(actual: number | undefined, expected: number, tolerance: number): void {
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= tolerance, `${actual ?? "nothing"} is not ${expected} +- ${tolerance}`);
}

test("samples what the scene says, over the range of the chip, as finely as the chip resolves", () => {
  for (const conditions of [
    { temperature: 21.5, humidity: 45, pressure: 101_325 },
    { temperature: -40, humidity: 0, pressure: 30_000 },
    { temperature: 85, humidity: 100, pressure: 110_000 },
    { temperature: 26.47, humidity: 99, pressure: 95_000 },
  ]) {
    const bench = new Bench();
    bench.conditions = conditions;
    const sensor = bench.open();
    sensor.configure({ temperatureOversampling: 16, pressureOversampling: 16, humidityOversampling: 16 });
    const sample = bench.sample(sensor);
    near(sample.thermometer.temperature, conditions.temperature, 0.01);
    near(sample.hygrometer?.humidity, conditions.humidity, 0.02);
    near(sample.barometer?.pressure, conditions.pressure, 0.5);
  }
});

test("without configure, each quantity is measured once, within the datasheet's 9.3 ms", () => {
  const bench = new Bench();
  const sensor = bench.open();
  bench.now = 2;
  assert.equal(sensor.sample(), undefined);
  bench.now += 9.2;
  assert.equal(sensor.sample(), undefined);
  bench.now += 0.2;
  const sample = sensor.sample();
  near(sample?.thermometer.temperature, 21.5, 0.01);
  near(sample?.barometer?.pressure, 101_325, 3);
});

test("each measurement is new, and each sample an object of its own", () => {
  const bench = new Bench();
  const sensor = bench.open();
  const first = bench.sample(sensor);
  bench.conditions = { temperature: 30, humidity: 20, pressure: 90_000 };
  const second = bench.sample(sensor);
  near(first.thermometer.temperature, 21.5, 0.01);
  near(second.thermometer.temperature, 30, 0.01);
});

test("does not begin before the chip has started up", () => {
  const bench = new Bench();
  const sensor = bench.open();
  for (let asked = 0; asked < 3; asked++) assert.equal(sensor.sample(), undefined);
  const sample = bench.sample(sensor);
  near(sample.thermometer.temperature, 21.5, 0.01);
});

test("a quantity with oversampling 0 is absent", () => {
  const bench = new Bench();
  const sensor = bench.open();
  sensor.configure({ humidityOversampling: 0, pressureOversampling: 0 });
  assert.deepEqual(Object.keys(bench.sample(sensor)), ["time", "thermometer"]);
  sensor.configure({ humidityOversampling: 1 });
  assert.deepEqual(Object.keys(bench.sample(sensor)), ["time", "thermometer", "hygrometer"]);
});

test("configure drops the measurement under way: no sample mixes two configurations", () => {
  const bench = new Bench();
  const sensor = bench.open();
  sensor.configure({ humidityOversampling: 0 });
  bench.now = 5;
  assert.equal(sensor.sample(), undefined);
  sensor.configure({ humidityOversampling: 1 });
  near(bench.sample(sensor).hygrometer?.humidity, 45, 0.02);
});

test("the filter slows the answer to a jump", () => {
  const bench = new Bench();
  const sensor = bench.open();
  sensor.configure({ filter: 4 });
  bench.sample(sensor);
  bench.conditions = { ...bench.conditions, temperature: 29.5 };
  near(bench.sample(sensor).thermometer.temperature, 23.5, 0.05);
});

test("a wrong option names its allowed values and changes nothing", () => {
  const bench = new Bench();
  const sensor = bench.open();
  const wrong = (options: Record<string, unknown>): BME280Configuration => options;
  assert.throws(() => sensor.configure(wrong({ humidityOversampling: 3 })), { name: "RangeError", message: "BME280: humidityOversampling must be 0, 1, 2, 4, 8 or 16" });
  assert.throws(() => sensor.configure(wrong({ pressureOversampling: 1, temperatureOversampling: 0 })), /temperatureOversampling must be 1, 2, 4, 8 or 16/);
  assert.throws(() => sensor.configure(wrong({ filter: 1 })), /filter must be 0, 2, 4, 8 or 16/);
  assert.deepEqual(Object.keys(bench.sample(sensor)), ["time", "thermometer", "hygrometer", "barometer"]);
});

test("options are checked before the bus is acquired, and are left as they are", () => {
  const bench = new Bench();
  const wrong = (options: unknown): ConstructorParameters<typeof BME280>[0] => Object.assign({ sensor: { io: bench.io } }, options);
  assert.throws(() => new BME280(wrong({ onError: 1 })), /onError must be a function/);
  assert.throws(() => new BME280(wrong({ sensor: {} })), /sensor.io must be an ECMA-419 I2C class/);
  assert.equal(bench.opened.length, 0);

  new BME280(Object.freeze({ sensor: Object.freeze({ io: bench.io, data: 4, clock: 5, hz: 100_000 }) })).close();
  assert.deepEqual(bench.opened, [{ io: bench.io, data: 4, clock: 5, hz: 100_000, address: 0x76 }]);
});

test("nothing at the address: says what to check and lets go of the bus", () => {
  const bench = new Bench();
  assert.throws(() => new BME280({ sensor: { io: bench.io, address: 0x77 } }), {
    message: "BME280: no answer at address 0x77: check wiring, power and address",
  });
  assert.equal(bench.closed, 1);
});

test("another chip: says what was found and lets go of the bus", () => {
  const bench = new Bench("wrong-id");
  assert.throws(() => bench.open(), /the chip at address 0x76 has id 0x58, a BME280 has 0x60: check the part \(0x58 is a BMP280\) and the address/);
  assert.equal(bench.closed, 1);
});

test("a chip that stops answering: sample throws, a new instance goes on when it is back", () => {
  const bench = new Bench("nack@1-2");
  const sensor = bench.open();
  bench.sample(sensor);
  bench.now = 1000;
  assert.throws(() => sensor.sample(), /no answer at address 0x76/);
  sensor.close();
  bench.now = 2000;
  near(bench.sample(bench.open()).thermometer.temperature, 21.5, 0.01);
});

test("a measurement that never ends gives undefined, not an old value", () => {
  const bench = new Bench("never-ready");
  const sensor = bench.open();
  assert.throws(() => bench.sample(sensor), /no sample within 200 ms/);
});

test("a power dip while measuring is told, not published as a value", () => {
  const bench = new Bench();
  const sensor = bench.open();
  bench.now = 5;
  sensor.sample();
  bench.twin.write(Uint8Array.of(0xe0, 0xb6));
  bench.now = 50;
  assert.throws(() => sensor.sample(), /lost its settings while measuring: check its power supply/);
});

test("close twice lets go once; after that every method throws", () => {
  const bench = new Bench();
  const sensor = bench.open();
  sensor.close();
  sensor.close();
  assert.equal(bench.closed, 1);
  assert.throws(() => sensor.sample(), /closed/);
  assert.throws(() => sensor.configure({ filter: 2 }), /closed/);
});
