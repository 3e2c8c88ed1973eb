/**
 * The BME280's compensation formulas (datasheet BST-BME280-DS002, 4.2.3) in integer arithmetic, equal to the last digit to the
 * datasheet's 32-bit formulas for temperature and humidity and to its 64-bit formula for pressure.
 *
 * Pressure needs neither BigInt nor an allocation: a double holds integers up to 2^53 exactly, and the two products that grow beyond
 * that are multiplied in halves. A shift to the right of the datasheet is here a division rounded down.
 */

/**
 * The chip's trimming parameters as they lie in its registers, 0x88 to 0xA1 and then 0xE1 to 0xE7, in words with the low byte first: the
 * order of the chip, and of all that XS and Node run on.
 */
export type Calibration = Int16Array & Readonly<Record<(typeof trimming)[keyof typeof trimming], number>>;

/** Words of the trimming parameters (datasheet, table 16). `H1` is a high byte, `H3` a low one; the last ones share their words. */
const trimming = { T1: 0, T2: 1, T3: 2, P1: 3, P2: 4, P3: 5, P4: 6, P5: 7, P6: 8, P7: 9, P8: 10, P9: 11, H1: 12, H2: 13, H3H4: 14, H4H5: 15, H6: 16 } as const;

/** Bytes of {@link Calibration}; the last one is none of the chip's. */
export const calibrationLength = 34;
/** Where the second bank of registers begins in it. */
export const secondBankOffset = 26;

const { floor } = Math;

/**
 * The fine temperature `t_fine` that the other formulas start from, in 1/5120 degrees Celsius.
 * @param adc - 20-bit reading of the temperature registers.
 */
export function compensateFine(calibration: Calibration, adc: number): number {
  const t1 = calibration[trimming.T1] & 0xffff;
  const difference = (adc >> 4) - t1;
  return ((((adc >> 3) - (t1 << 1)) * calibration[trimming.T2]) >> 11) + ((((difference * difference) >> 12) * calibration[trimming.T3]) >> 14);
}

/**
 * Pressure in 1/256 pascal; 0 when the calibration is void.
 * @param adc - 20-bit reading of the pressure registers.
 */
export function compensatePressure(calibration: Calibration, adc: number, fine: number): number {
  const x = fine - 128_000;
  const square = x * x;
  const offset = square * calibration[trimming.P6] + (x * calibration[trimming.P5] + calibration[trimming.P4] * 0x4_0000) * 0x2_0000;
  const slope = floor((square * calibration[trimming.P3]) / 256) + x * calibration[trimming.P2] * 4096;
  const divisor = multiplyShift(0x8000_0000_0000 + slope, calibration[trimming.P1] & 0xffff, 8192);
  if (divisor === 0) return 0;

  // (dividend * 3125) / divisor, in halves: the quotient and the remainder of dividend / divisor are each multiplied.
  const dividend = (1_048_576 - adc) * 0x8000_0000 - offset;
  const remainder = dividend % divisor;
  const raw = ((dividend - remainder) / divisor) * 3125 + (((remainder * 3125) / divisor) | 0);

  const scaled = floor(raw / 8192);
  const quadratic = multiplyShift(scaled * scaled, calibration[trimming.P9], 32);
  const linear = floor((raw * calibration[trimming.P8]) / 0x8_0000);
  return floor((raw + quadratic + linear) / 256) + calibration[trimming.P7] * 16;
}

/**
 * Relative humidity in 1/1024 percent, 0 to 102,400.
 * @param adc - 16-bit reading of the humidity registers.
 */
export function compensateHumidity(calibration: Calibration, adc: number, fine: number): number {
  const h3h4 = calibration[trimming.H3H4];
  const h4h5 = calibration[trimming.H4H5];
  const h4 = ((h3h4 >> 8) << 4) | (h4h5 & 0x0f);
  const x = fine - 76_800;
  const linear = ((adc << 14) - (h4 << 20) - (h4h5 >> 4) * x + 16_384) >> 15;
  const curve = ((((x * ((calibration[trimming.H6] << 24) >> 24)) >> 10) * (((x * (h3h4 & 0xff)) >> 11) + 32_768)) >> 10) + 2_097_152;
  const first = linear * ((curve * calibration[trimming.H2] + 8192) >> 14);
  const coarse = first >> 15;
  const value = first - ((((coarse * coarse) >> 7) * ((calibration[trimming.H1] >> 8) & 0xff)) >> 4);
  return value < 0 ? 0 : value > 419_430_400 ? 102_400 : value >> 12;
}

/** `value * factor / 2^20 / divisor` rounded down, without the product, which may exceed 2^53. */
function multiplyShift(value: number, factor: number, divisor: number): number {
  const high = floor(value / 0x10_0000);
  return floor((high * factor + floor(((value - high * 0x10_0000) * factor) / 0x10_0000)) / divisor);
}
