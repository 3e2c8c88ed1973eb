import assert from "node:assert/strict";
import { test } from "node:test";
import { ADS1115, toVoltage } from "../../../src/sensors/ads1115/ads1115.js";
import { ADS1115Twin, ads1115Faults } from "../../../boards/simulator/world/ads1115-twin.js";
import { benches, isNear, takes } from "../i2c-bench.js";

const bench = benches(0x48, ADS1115Twin, ads1115Faults, { supplyVoltage: 3.7, illuminance: 500 });

test("the datasheet's data format: full scale, one step, and the steps of all ranges", () => {
  // SBAS444, "Data Format" and "Full-Scale Range (FSR) and LSB Size", which gives the steps in microvolts.
  assert.equal(toVoltage(0x7fff, 4.096), 4.096 - 0.000_125);
  assert.equal(toVoltage(-0x8000, 4.096), -4.096);
  for (const [range, step] of [[6.144, 187.5], [4.096, 125], [2.048, 62.5], [1.024, 31.25], [0.512, 15.625], [0.256, 7.8125]] as const)
    assert.equal(toVoltage(1, range), step / 1e6);
});

test("measures one input by default, up to four one after the other", (context) => {
  const subject = bench(context);
  const sensor = new ADS1115(subject.options);
  const one = subject.sample(sensor);
  assert.deepEqual(Object.keys(one.voltmeter), ["voltage0"]);
  assert.ok(isNear(one.voltmeter.voltage0, 1.85, 0.0001));
  sensor.configure({ channels: 4, range: 2.048 });
  assert.deepEqual(sensor.configuration, { channels: 4, range: 2.048 });
  const { voltmeter } = subject.sample(sensor);
  assert.deepEqual(Object.keys(voltmeter), ["voltage0", "voltage1", "voltage2", "voltage3"]);
  assert.ok(isNear(voltmeter.voltage0, 1.85, 0.0001) && isNear(voltmeter.voltage1, 1.65, 0.0001));
  assert.equal(voltmeter.voltage3, 0);
});

test("a conversion takes 8 ms, and the sample has the time of the first", (context) => {
  const subject = bench(context);
  const sensor = new ADS1115(subject.options);
  takes(subject, sensor, 8);
});

test("a power dip while measuring is told, not published as a value", (context) => {
  const subject = bench(context);
  const sensor = new ADS1115(subject.options);
  sensor.sample();
  subject.twin.write(Uint8Array.of(1, 0x85, 0x83));
  subject.tick(50);
  assert.throws(() => sensor.sample(), /ADS1115: the chip lost its settings: check its power supply/);
});

test("wrong options name what is allowed; one that never gets ready gives no value", (context) => {
  const subject = bench(context, "never-ready@0-1");
  const sensor = new ADS1115(subject.options);
  for (const channels of [0, 5, 1.5]) assert.throws(() => sensor.configure({ channels }), /channels must be 1, 2, 3 or 4/);
  assert.throws(() => sensor.configure({ range: 5 }), /range must be one of 6.144, 4.096, 2.048, 1.024, 0.512, 0.256/);
  assert.throws(() => subject.sample(sensor, 900), /no sample within 900 ms/);
  subject.tick(100);
  assert.ok(subject.sample(sensor));
});
