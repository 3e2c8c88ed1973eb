import assert from "node:assert/strict";
import { test } from "node:test";
import { PMSA003ITwin, pmsa003iFaults } from "../../../boards/simulator/world/pmsa003i-twin.js";
import { PMSA003I } from "../../../src/sensors/pmsa003i/pmsa003i.js";
import { benches, fixedPart, I2CBench } from "../i2c-bench.js";

const bench = benches(0x12, PMSA003ITwin, pmsa003iFaults, { pm1: 5, pm2_5: 8, pm10: 12 });

/** Words and their sum by hand: 0x42 + 0x4D + 28 + 1 + 2 + 3 + 4 + 5 + 6 + 0x97 = 343. */
const frame = [0x42, 0x4d, 0, 28, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, ...new Array<number>(12).fill(0), 0x97, 0, 343 >> 8, 343 & 0xff];

test("a frame written out by the data format: the readings under atmospheric conditions", (context) => {
  const { options } = new I2CBench(context, 0x12, fixedPart(frame));
  assert.deepEqual(new PMSA003I(options).sample()?.particulateMatterDetector, { particulateMatter: 5, pm1: 4, pm10: 6 });
});

test("any single wrong bit in a frame is thrown, never given as a value", (context) => {
  for (let bit = 0; bit < 32 * 8; bit++) {
    const wrong = frame.slice();
    wrong[bit >> 3] = (wrong[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    context.mock.timers.reset();
    const { options } = new I2CBench(context, 0x12, fixedPart(wrong));
    assert.throws(() => new PMSA003I(options).sample(), /PMSA003I: wrong checksum/, `bit ${bit}`);
  }
});

test("an error that the part reports is thrown", (context) => {
  const reporting = frame.slice();
  reporting[29] = 2;
  reporting[31] = (343 & 0xff) + 2;
  const { options } = new I2CBench(context, 0x12, fixedPart(reporting));
  assert.throws(() => new PMSA003I(options).sample(), /the part reports error 2: check its fan/);
});

test("samples what the scene says, once there is a frame", (context) => {
  const subject = bench(context);
  const sensor = new PMSA003I(subject.options);
  assert.equal(sensor.sample(), undefined);
  const { time, particulateMatterDetector } = subject.sample(sensor, 1100);
  assert.deepEqual(particulateMatterDetector, { particulateMatter: 8, pm1: 5, pm10: 12 });
  assert.equal(time, subject.at(1000));
});

test("wrong sums, and one that never gets ready; the bus is clocked as slowly as the part needs", (context) => {
  const subject = bench(context, "crc@1-2", "never-ready@2");
  subject.tick(1000);
  assert.throws(() => new PMSA003I(subject.options).sample(), /wrong checksum/);
  subject.tick(1000);
  assert.equal(new PMSA003I(subject.options).sample(), undefined);
  assert.equal(subject.opened[0]?.["hz"], 100_000);
});
