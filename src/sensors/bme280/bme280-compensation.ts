/**
 * The BME280's compensation formulas (datasheet BST-BME280-DS002, 4.2.3) in integer arithmetic, equal to the last digit to the
 * datasheet's 32-bit formulas for temperature and humidity and to its 64-bit formula for pressure.
 *
 * Pressure needs neither BigInt nor an allocation: a double holds integers up to 2^53 exactly, and the two products that grow beyond
 * that are multiplied in halves. A shift to the right of the datasheet is here a division rounded down.
 */

/** Bytes of {@link Calibration}: registers 0x88 to 0xA1, then 0xE1 to 0xE7. */
export const calibrationLength = 33;
/** Where the second bank of registers, 0xE1 and following, begins in {@link Calibration}. */
export const secondBankOffset = 26;

/** The chip's trimming parameters as they lie in its registers (datasheet, table 16). */
export type Calibration = DataView;

/**
 * The fine temperature `t_fine` that the three other formulas start from, in 1/5120 degrees Celsius.
 * @param adc - 20-bit reading of the temperature registers.
 */
export function compensateFine(calibration: Calibration, adc: number): number {
  const t1 = calibration.getUint16(0, true);
  const coarse = (((adc >> 3) - (t1 << 1)) * calibration.getInt16(2, true)) >> 11;
  const difference = (adc >> 4) - t1;
  return coarse + ((((difference * difference) >> 12) * calibration.getInt16(4, true)) >> 14);
}

/** Temperature in 1/100 degrees Celsius. */
export function compensateTemperature(fine: number): number {
  return (fine * 5 + 128) >> 8;
}

/**
 * Pressure in 1/256 pascal; 0 when the calibration is void.
 * @param adc - 20-bit reading of the pressure registers.
 */
export function compensatePressure(calibration: Calibration, adc: number, fine: number): number {
  const x = fine - 128_000;
  const square = x * x;
  const offset =
    square * calibration.getInt16(16, true) + x * calibration.getInt16(14, true) * 0x2_0000 + calibration.getInt16(12, true) * 0x8_0000_0000;
  const slope = Math.floor((square * calibration.getInt16(10, true)) / 256) + x * calibration.getInt16(8, true) * 4096;
  const divisor = multiplyShift(0x8000_0000_0000 + slope, calibration.getUint16(6, true), 0x100_0000, 512);
  if (divisor === 0)
    return 0;

  // (dividend * 3125) / divisor, in halves: the quotient and the remainder of dividend / divisor are each multiplied.
  const dividend = (1_048_576 - adc) * 0x8000_0000 - offset;
  const remainder = dividend % divisor;
  const raw = ((dividend - remainder) / divisor) * 3125 + Math.trunc((remainder * 3125) / divisor);

  const scaled = Math.floor(raw / 8192);
  const quadratic = multiplyShift(scaled * scaled, calibration.getInt16(22, true), 0x10_0000, 32);
  const linear = Math.floor((raw * calibration.getInt16(20, true)) / 0x8_0000);
  return Math.floor((raw + quadratic + linear) / 256) + calibration.getInt16(18, true) * 16;
}

/**
 * Relative humidity in 1/1024 percent, 0 to 102,400.
 * @param adc - 16-bit reading of the humidity registers.
 */
export function compensateHumidity(calibration: Calibration, adc: number, fine: number): number {
  const shared = calibration.getUint8(30);
  const h4 = (calibration.getInt8(29) << 4) | (shared & 0x0f);
  const h5 = (calibration.getInt8(31) << 4) | (shared >> 4);
  const x = fine - 76_800;
  const linear = ((adc << 14) - (h4 << 20) - h5 * x + 16_384) >> 15;
  const curve = ((((x * calibration.getInt8(32)) >> 10) * (((x * calibration.getUint8(28)) >> 11) + 32_768)) >> 10) + 2_097_152;
  const first = linear * ((curve * calibration.getInt16(secondBankOffset, true) + 8192) >> 14);
  const coarse = first >> 15;
  const value = first - ((((coarse * coarse) >> 7) * calibration.getUint8(25)) >> 4);
  return Math.min(Math.max(value, 0), 419_430_400) >> 12;
}

/** `(value * factor) / (split * divisor)` rounded down, without the product, which may exceed 2^53. */
function multiplyShift(value: number, factor: number, split: number, divisor: number): number {
  const high = Math.floor(value / split);
  return Math.floor((high * factor + Math.floor(((value - high * split) * factor) / split)) / divisor);
}
