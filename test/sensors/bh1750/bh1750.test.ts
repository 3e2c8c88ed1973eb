import assert from "node:assert/strict";
import { test } from "node:test";
import { BH1750, toIlluminance } from "../../../src/sensors/bh1750/bh1750.js";
import { BH1750Twin, bh1750Faults } from "../../../boards/simulator/world/bh1750-twin.js";
import { benches, isNear, takes } from "../i2c-bench.js";

const bench = benches(0x23, BH1750Twin, bh1750Faults, { illuminance: 350 });

test("the datasheet's worked example: 1000_0011 1001_0000 is 28067 lx", () => {
  // BH1750FVI technical note 2009.04 Rev.B, "I2C Bus Access", 4): (2^15 + 2^9 + 2^8 + 2^7 + 2^4) / 1.2.
  assert.equal(Math.round(toIlluminance(0b1000_0011_1001_0000, 1, false)), 28_067);
});

test("measurement time and fine mode divide, as the datasheet's formula for them says", () => {
  assert.equal(toIlluminance(1200, 138 / 69, false), 500);
  assert.equal(toIlluminance(1200, 1, true), 500);
});

test("samples what the scene says, in steps of the mode", (context) => {
  const subject = bench(context);
  const sensor = new BH1750(subject.options);
  for (const illuminance of [0, 1, 350, 54_000]) {
    subject.conditions = { ...subject.conditions, illuminance };
    assert.ok(isNear(subject.sample(sensor).lightmeter.illuminance, illuminance, 0.5 / 1.2 + 1e-9));
  }
  sensor.configure({ fine: true, measurementTime: 254 });
  subject.conditions = { ...subject.conditions, illuminance: 2.6 };
  assert.ok(isNear(subject.sample(sensor).lightmeter.illuminance, 2.6, 0.06));
  assert.deepEqual(sensor.configuration, { fine: true, measurementTime: 254 });
});

test("waits 180 ms, longer with a longer measurement time", (context) => {
  const subject = bench(context);
  const sensor = new BH1750(subject.options);
  takes(subject, sensor, 180);
  sensor.configure({ measurementTime: 138 });
  takes(subject, sensor, 360);
});

test("a chip that lost power in between measures with the right measurement time all the same", (context) => {
  const subject = bench(context);
  const sensor = new BH1750(subject.options);
  sensor.configure({ measurementTime: 138 });
  subject.sample(sensor);
  // Power-on: the register has 69 again.
  for (const byte of [0x42, 0x65]) subject.twin.write(Uint8Array.of(byte));
  assert.ok(isNear(subject.sample(sensor).lightmeter.illuminance, 350, 0.5));
});

test("more light than it can count is thrown, not given", (context) => {
  const subject = bench(context, "absurd");
  assert.throws(() => subject.sample(new BH1750(subject.options)), /BH1750: more light than it can count/);
});

test("wrong options name what is allowed", (context) => {
  const sensor = new BH1750(bench(context).options);
  for (const measurementTime of [30, 255, 69.5, NaN]) assert.throws(() => sensor.configure({ measurementTime }), /measurementTime must be a whole number from 31 to 254/);
});
