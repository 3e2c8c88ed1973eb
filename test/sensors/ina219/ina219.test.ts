import assert from "node:assert/strict";
import { test } from "node:test";
import { INA219, toSample } from "../../../src/sensors/ina219/ina219.js";
import { INA219Twin, ina219Faults } from "../../../boards/simulator/world/ina219-twin.js";
import { benches, isNear, takes } from "../i2c-bench.js";

const bench = benches(0x40, INA219Twin, ina219Faults, { supplyVoltage: 3.7, current: 0.25 });

test("the datasheet's worked example: 2 milliohms, 20 mV, 0x5D98: 11.98 V, 10.0 A, 119.8 W", () => {
  // SBOS448F, table 3: the shunt register has 0x07D0, 2000 steps of 10 uV; the bus voltage register 0x5D98, 2995 steps of 4 mV above 3 bits.
  assert.deepEqual(toSample(0, 2000, 0x5d98 >> 3, 0.002), { time: 0, voltmeter: { voltage: 11.98 }, ammeter: { current: 10 }, powermeter: { power: 11.98 * 10 } });
  assert.equal((11.98 * 10).toFixed(1), "119.8");
});

test("samples what the scene says, in both directions of the current", (context) => {
  const subject = bench(context);
  const sensor = new INA219(subject.options);
  for (const [supplyVoltage, current] of [[3.7, 0.25], [26, 3.2], [0, 0], [12, -1.5]] as const) {
    subject.conditions = { ...subject.conditions, supplyVoltage, current };
    const { voltmeter, ammeter, powermeter } = subject.sample(sensor);
    assert.ok(isNear(voltmeter.voltage, supplyVoltage, 0.002 + 1e-9));
    assert.ok(isNear(ammeter.current, current, 0.000_05 + 1e-9));
    assert.equal(powermeter.power, voltmeter.voltage * ammeter.current);
  }
});

test("gives undefined until both conversions are done, 17.02 ms", (context) => {
  const subject = bench(context);
  const sensor = new INA219(subject.options);
  takes(subject, sensor, 18);
});

test("another shunt scales current and power", (context) => {
  const subject = bench(context);
  const sensor = new INA219(subject.options);
  sensor.configure({ shunt: 0.01 });
  assert.deepEqual(sensor.configuration, { shunt: 0.01 });
  assert.ok(isNear(subject.sample(sensor).ammeter.current, 2.5, 0.001));
  for (const shunt of [0, -1, 101, NaN]) assert.throws(() => sensor.configure({ shunt }), /shunt must be a number of ohms from 0.0001 to 100/);
});

test("a power dip while measuring is told, not published as a value", (context) => {
  const subject = bench(context);
  const sensor = new INA219(subject.options);
  sensor.sample();
  subject.twin.write(Uint8Array.of(0, 0x80, 0));
  subject.tick(50);
  assert.throws(() => sensor.sample(), /INA219: the chip lost its settings: check its power supply/);
});

test("another chip is told as such; one that never gets ready gives no value", (context) => {
  const subject = bench(context, "wrong-id@0-1", "never-ready@1-2");
  assert.throws(() => new INA219(subject.options), /does not reset as an INA219 does: check part and address/);
  assert.equal(subject.closed, 1);
  subject.tick(1000);
  const sensor = new INA219(subject.options);
  assert.throws(() => subject.sample(sensor, 900), /no sample within 900 ms/);
  subject.tick(100);
  assert.ok(subject.sample(sensor));
});
