import assert from "node:assert/strict";
import { test } from "node:test";
import { checkedWord } from "../../../src/sensors/crc-8.js";
import { SCD4x, toHumidity, toTemperature } from "../../../src/sensors/scd4x/scd4x.js";
import { SCD4xTwin, scd4xFaults } from "../../../boards/simulator/world/scd4x-twin.js";
import { benches, isNear } from "../i2c-bench.js";

const bench = benches(0x62, SCD4xTwin, scd4xFaults, { co2: 800, temperature: 21.5, humidity: 45 });

test("the datasheet's worked example of read_measurement: 500 ppm, 25 degrees, 37 %", () => {
  // SCD4x, 3.5.2: 0x01f4 0x33 0x6667 0xa2 0x5eb9 0x3c.
  const answer = Uint8Array.of(0x01, 0xf4, 0x33, 0x66, 0x67, 0xa2, 0x5e, 0xb9, 0x3c);
  assert.equal(checkedWord(answer, 0), 500);
  assert.equal(Math.round(toTemperature(checkedWord(answer, 3))), 25);
  assert.equal(Math.round(toHumidity(checkedWord(answer, 6))), 37);
});

test("gives each measurement of the chip once, every 5 s", (context) => {
  const subject = bench(context);
  const sensor = new SCD4x(subject.options);
  const first = subject.sample(sensor, 7000, 100);
  assert.equal(first.carbonDioxideDetector.CO2, 800);
  assert.ok(isNear(first.thermometer.temperature, 21.5, 0.002) && isNear(first.hygrometer.humidity, 45, 0.001));
  assert.equal(sensor.identification.uniqueID, "f8969f073bbe");
  const began = subject.now;
  subject.conditions = { ...subject.conditions, co2: 1200 };
  assert.equal(subject.sample(sensor, 7000, 100).carbonDioxideDetector.CO2, 1200);
  assert.ok(isNear(subject.now - began, 5000, 300));
});

test("stops what a restarted program left running, and then measures", (context) => {
  const subject = bench(context);
  subject.sample(new SCD4x(subject.options), 7000, 100);
  assert.ok(subject.sample(new SCD4x(subject.options), 7000, 100));
});

test("a wrong checksum is thrown, never given as a value", (context) => {
  const subject = bench(context, "crc");
  assert.throws(() => subject.sample(new SCD4x(subject.options), 7000, 100), /SCD4x: wrong checksum/);
});

test("no chip; one that never gets ready gives no old value", (context) => {
  const subject = bench(context, "nack@0-1", "never-ready@1");
  assert.throws(() => new SCD4x(subject.options), /no answer at address 0x62/);
  assert.equal(subject.closed, 1);
  subject.tick(1000);
  const sensor = new SCD4x(subject.options);
  assert.throws(() => subject.sample(sensor, 20_000, 100), /no sample within 20000 ms/);
  sensor.close();
  assert.throws(() => sensor.sample(), /closed/);
  assert.throws(() => sensor.configure(), /closed/);
  assert.equal(subject.opened[0]?.["hz"], 100_000);
});
