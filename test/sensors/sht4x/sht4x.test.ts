import assert from "node:assert/strict";
import { test } from "node:test";
import { SHT4x, toHumidity, toTemperature } from "../../../src/sensors/sht4x/sht4x.js";
import { SHT4xTwin, sht4xFaults } from "../../../boards/simulator/world/sht4x-twin.js";
import { benches, isNear, takes } from "../i2c-bench.js";

const bench = benches(0x44, SHT4xTwin, sht4xFaults, { temperature: 21.5, humidity: 45 });

test("the datasheet's formulas at the ends of the range and in the middle, in fractions", () => {
  // The datasheet has no worked example: independently, 175/65535 = 35/13107 and 125/65535 = 25/13107.
  assert.deepEqual([0, 13_107, 65_535].map(toTemperature), [-45, -10, 130]);
  assert.deepEqual([13_107, 26_214].map(toHumidity), [19, 44]);
  assert.deepEqual([0, 3145, 65_535, 55_575].map(toHumidity), [0, 0, 100, 100], "cropped to 0 to 100 %");
});

test("samples what the scene says, over the range of the chip", (context) => {
  const subject = bench(context);
  const sensor = new SHT4x(subject.options);
  for (const [temperature, humidity] of [[21.5, 45], [-40, 0], [85, 100], [125, 3]] as const) {
    subject.conditions = { ...subject.conditions, temperature, humidity };
    const sample = subject.sample(sensor);
    assert.ok(isNear(sample.thermometer.temperature, temperature, 175 / 65_535));
    assert.ok(isNear(sample.hygrometer.humidity, humidity, 125 / 65_535));
  }
});

test("begins a measurement, waits 9 ms, and says when it was begun and by whom", (context) => {
  const subject = bench(context);
  const sensor = new SHT4x(subject.options);
  assert.deepEqual(sensor.identification, { model: "Sensirion SHT4x", classification: "Humidity-Temperature", uniqueID: undefined });
  subject.sample(sensor);
  takes(subject, sensor, 9);
  assert.deepEqual(sensor.identification, { model: "Sensirion SHT4x", classification: "Humidity-Temperature", uniqueID: "0f123456" });
});

test("any repeatability measures; another is refused", (context) => {
  const subject = bench(context);
  const sensor = new SHT4x(subject.options);
  for (const repeatability of ["low", "medium", "high"] as const) {
    sensor.configure({ repeatability });
    assert.deepEqual(sensor.configuration, { repeatability });
    assert.ok(isNear(subject.sample(sensor).thermometer.temperature, 21.5, 0.003));
  }
  assert.throws(() => sensor.configure(Object.assign({}, { repeatability: "best" as never })), /repeatability must be high, medium or low/);
});

test("a wrong checksum is thrown, never given as a value; a new instance goes on when it is over", (context) => {
  const subject = bench(context, "crc@0-1");
  assert.throws(() => subject.sample(new SHT4x(subject.options)), /SHT4x: wrong checksum/);
  subject.tick(1000);
  assert.ok(subject.sample(new SHT4x(subject.options)));
});

test("a chip that never gets ready does not answer when its time is over", (context) => {
  const subject = bench(context, "never-ready");
  assert.throws(() => subject.sample(new SHT4x(subject.options)), /no answer/);
});

test("a clock that is set back does not stop it", (context) => {
  const subject = bench(context);
  const sensor = new SHT4x(subject.options);
  subject.sample(sensor);
  sensor.sample();
  context.mock.timers.setTime(subject.at(3_600_000));
  assert.ok(sensor.sample());
});
