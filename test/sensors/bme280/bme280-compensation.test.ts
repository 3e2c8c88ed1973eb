import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { I2CDevice } from "../../../boards/simulator/world/i2c-bus.js";
import { BME280 } from "../../../src/sensors/bme280/bme280.js";
import {
  type Calibration, calibrationLength, compensateFine, compensateHumidity, compensatePressure,
} from "../../../src/sensors/bme280/bme280-compensation.js";
import { I2CBench } from "../i2c-bench.js";

/** Trimming parameters by their names in the datasheet. */
interface Trimming {
  readonly T: readonly number[];
  readonly P: readonly number[];
  readonly H: readonly number[];
}

/** The worked example of the BMP280's datasheet (BST-BMP280-DS001, 3.12); the BME280's has none, its formulas are the same. */
const example: Trimming = {
  T: [27504, 26435, -1000],
  P: [36477, -10685, 3024, 2855, 140, -7, 15500, -14600, 6000],
  H: [75, 362, 0, 315, 50, 30],
};

/** Their registers, 0x88 to 0xA1 and 0xE1 to 0xE7 (datasheet BST-BME280-DS002, table 16). */
function registers({ T, P, H }: Trimming): DataView<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(calibrationLength));
  [...T, ...P].forEach((value, index) => view.setInt16(2 * index, value, true));
  const [h1 = 0, h2 = 0, h3 = 0, h4 = 0, h5 = 0, h6 = 0] = H;
  view.setUint8(25, h1);
  view.setInt16(26, h2, true);
  view.setUint8(28, h3);
  view.setInt8(29, h4 >> 4);
  view.setUint8(30, (h4 & 0xf) | ((h5 & 0xf) << 4));
  view.setInt8(31, h5 >> 4);
  view.setInt8(32, h6);
  return view;
}

function calibration(trimming: Trimming): Calibration {
  return new Int16Array(registers(trimming).buffer) as Calibration;
}

/** A chip that has measured what the worked example begins with. */
function exampleChip(): I2CDevice {
  const memory = new Uint8Array(256);
  const trimming = new Uint8Array(registers(example).buffer);
  memory.set(trimming.subarray(0, 26), 0x88);
  memory.set(trimming.subarray(26), 0xe1);
  memory[0xd0] = 0x60;
  // ctrl_meas as the driver sets it, then pressure 415148 and temperature 519888.
  memory.set([0b001_001_01, 0, 0, 415_148 >> 12, (415_148 >> 4) & 0xff, (415_148 & 0xf) << 4, 519_888 >> 12, (519_888 >> 4) & 0xff, (519_888 & 0xf) << 4], 0xf4);
  let pointer = 0;
  return {
    write: (bytes) => {
      pointer = bytes[0] ?? 0;
      return true;
    },
    read: (count) => memory.subarray(pointer, pointer + count),
  };
}

/** The datasheet's 64-bit formula (BST-BME280-DS002, 4.2.3) in BigInt: shifts and divisions are C's. */
function referencePressure({ P }: Trimming, adc: number, fine: number): bigint {
  const [p1 = 0n, p2 = 0n, p3 = 0n, p4 = 0n, p5 = 0n, p6 = 0n, p7 = 0n, p8 = 0n, p9 = 0n] = P.map(BigInt);
  let var1 = BigInt(fine) - 128000n;
  let var2 = var1 * var1 * p6;
  var2 = var2 + ((var1 * p5) << 17n);
  var2 = var2 + (p4 << 35n);
  var1 = ((var1 * var1 * p3) >> 8n) + ((var1 * p2) << 12n);
  var1 = (((1n << 47n) + var1) * p1) >> 33n;
  if (var1 === 0n) return 0n;
  let p = 1048576n - BigInt(adc);
  p = (((p << 31n) - var2) * 3125n) / var1;
  var1 = (p9 * (p >> 13n) * (p >> 13n)) >> 25n;
  var2 = (p8 * p) >> 19n;
  return ((p + var1 + var2) >> 8n) + (p7 << 4n);
}

function referenceFine({ T }: Trimming, adc: number): bigint {
  const [t1 = 0n, t2 = 0n, t3 = 0n] = T.map(BigInt);
  const a = BigInt(adc);
  const var1 = (((a >> 3n) - (t1 << 1n)) * t2) >> 11n;
  const var2 = (((((a >> 4n) - t1) * ((a >> 4n) - t1)) >> 12n) * t3) >> 14n;
  return var1 + var2;
}

/** The datasheet's 32-bit formula; trimming parameters at which C's int32 would overflow are not a chip's: the run is dropped. */
function referenceHumidity({ H }: Trimming, adc: number, fine: number): bigint {
  const [h1 = 0n, h2 = 0n, h3 = 0n, h4 = 0n, h5 = 0n, h6 = 0n] = H.map(BigInt);
  const x = BigInt(fine) - 76800n;
  const linear = int32((BigInt(adc) << 14n) - (h4 << 20n) - h5 * x + 16384n) >> 15n;
  const curve = int32(((x * h6) >> 10n) * (((x * h3) >> 11n) + 32768n)) >> 10n;
  let v = int32(linear * (int32((curve + 2097152n) * h2 + 8192n) >> 14n));
  v = v - (int32(((v >> 15n) * (v >> 15n) >> 7n) * h1) >> 4n);
  v = v < 0n ? 0n : v;
  v = v > 419430400n ? 419430400n : v;
  return v >> 12n;
}

function int32(value: bigint): bigint {
  fc.pre(value === BigInt.asIntN(32, value));
  return value;
}

test("the datasheet's worked example: 25.08 degrees Celsius, 100653.25 Pa", () => {
  const fine = compensateFine(calibration(example), 519_888);
  assert.equal(fine, 128_422);
  const pressure = compensatePressure(calibration(example), 415_148, fine);
  assert.equal(BigInt(pressure), referencePressure(example, 415_148, fine));
  assert.equal((pressure / 256).toFixed(2), "100653.25", "the datasheet's own 100653.27 is that of its floating-point formula");
});

const signed16 = fc.integer({ min: -32_768, max: 32_767 });
/** From -40 to 85 degrees Celsius, in 1/5120. */
const fineTemperature = fc.integer({ min: -40 * 5120, max: 85 * 5120 });

test("the driver gives the worked example's readings", (context) => {
  const { options } = new I2CBench(context, 0x76, exampleChip);
  const sensor = new BME280(options);
  sensor.sample();
  const sample = sensor.sample();
  assert.equal(sample?.thermometer.temperature, 25.08);
  assert.equal(sample.barometer?.pressure.toFixed(2), "100653.25");
});

test("pressure equals the 64-bit formula over all trimming parameters, readings and temperatures", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 16_384, max: 65_535 }), fc.array(signed16, { minLength: 8, maxLength: 8 }), fc.integer({ min: 0, max: 0xfffff }), fineTemperature,
      (p1, rest, adc, fine) => {
        const trimming = { ...example, P: [p1, ...rest] };
        assert.equal(BigInt(compensatePressure(calibration(trimming), adc, fine)), referencePressure(trimming, adc, fine));
      },
    ),
    { numRuns: 20_000 },
  );
});

test("void trimming parameters give no division by zero", () => {
  assert.equal(compensatePressure(calibration({ ...example, P: [0, 0, 0, 0, 0, 0, 0, 0, 0] }), 415_148, 128_422), 0);
});

test("the fine temperature equals the 32-bit formula", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 20_000, max: 35_000 }), fc.integer({ min: 20_000, max: 32_767 }), fc.integer({ min: -5000, max: 5000 }), fc.integer({ min: 0x40000, max: 0xc0000 }),
      (t1, t2, t3, adc) => {
        const trimming = { ...example, T: [t1, t2, t3] };
        assert.equal(BigInt(compensateFine(calibration(trimming), adc)), referenceFine(trimming, adc));
      },
    ),
    { numRuns: 5000 },
  );
});

test("humidity equals the 32-bit formula and stays within 0 and 100 %", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 255 }), fc.integer({ min: 300, max: 420 }), fc.integer({ min: 0, max: 255 }), fc.integer({ min: 250, max: 400 }),
      fc.integer({ min: -100, max: 100 }), fc.integer({ min: -128, max: 127 }), fc.integer({ min: 0, max: 0xffff }), fineTemperature,
      (h1, h2, h3, h4, h5, h6, adc, fine) => {
        const trimming = { ...example, H: [h1, h2, h3, h4, h5, h6] };
        const humidity = compensateHumidity(calibration(trimming), adc, fine);
        assert.equal(BigInt(humidity), referenceHumidity(trimming, adc, fine));
        assert.ok(humidity >= 0 && humidity <= 102_400);
      },
    ),
    { numRuns: 20_000 },
  );
});
