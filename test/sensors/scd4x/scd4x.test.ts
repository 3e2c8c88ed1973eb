import assert from "node:assert/strict";
import { test } from "node:test";
import type { I2CDevice } from "../../../boards/simulator/world/i2c-bus.js";
import { wordsWithChecksums } from "../../../boards/simulator/world/sensirion-words.js";
import { SCD4x } from "../../../src/sensors/scd4x/scd4x.js";
import { SCD4xTwin, scd4xFaults } from "../../../boards/simulator/world/scd4x-twin.js";
import { benches, I2CBench, isNear } from "../i2c-bench.js";

const bench = benches(0x62, SCD4xTwin, scd4xFaults, { co2: 800, temperature: 21.5, humidity: 45 });

/** A chip that answers as the examples of the datasheet (version 1.3, tables 24, 22 and 11). @param crc - of the carbon dioxide's word. */
function exampleChip(crc: number): () => I2CDevice {
  const answers: Readonly<Record<number, readonly number[]>> = {
    0x3682: [0xf8, 0x96, 0x31, 0x9f, 0x07, 0xc2, 0x3b, 0xbe, 0x89],
    0xe4b8: wordsWithChecksums([0x8006]),
    0xec05: [0x01, 0xf4, crc, 0x66, 0x67, 0xa2, 0x5e, 0xb9, 0x3c],
  };
  let answer: readonly number[] | undefined;
  return () => ({
    write: ([high = 0, low = 0]) => {
      answer = answers[(high << 8) | low];
      return true;
    },
    read: (count) => answer && Uint8Array.from(answer).subarray(0, count),
  });
}

test("the datasheet's worked examples: serial number, 500 ppm, 25 degrees, 37 %", (context) => {
  const subject = new I2CBench(context, 0x62, exampleChip(0x33));
  const sensor = new SCD4x(subject.options);
  const { carbonDioxideDetector, thermometer, hygrometer } = subject.sample(sensor, 1000, 10);
  assert.equal(carbonDioxideDetector.CO2, 500);
  // The datasheet rounds; independently, 0x6667 is 26,215 and 0x5EB9 24,249: 5 * 26,215 / 13,107 * 7 - 45 and 24,249 / 655.35.
  assert.equal(thermometer.temperature.toFixed(6), "25.002670");
  assert.equal(hygrometer.humidity.toFixed(6), "37.001602");
  assert.equal(sensor.identification.uniqueID, "f8969f073bbe");
});

test("the example's checksum as the datasheet prints it is wrong, and refused", (context) => {
  // Table 11 has 0x7B behind 0x01F4, which is that of 0x7FCE in table 18; its own algorithm (3.11) gives 0x33.
  const subject = new I2CBench(context, 0x62, exampleChip(0x7b));
  assert.throws(() => subject.sample(new SCD4x(subject.options), 1000, 10), /SCD4x: wrong checksum/);
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

test("one that never gets ready gives no value; the bus is clocked as slowly as the chip needs", (context) => {
  const subject = bench(context, "never-ready");
  const sensor = new SCD4x(subject.options);
  assert.throws(() => subject.sample(sensor, 20_000, 100), /no sample within 20000 ms/);
  assert.equal(subject.opened[0]?.["hz"], 100_000);
});
