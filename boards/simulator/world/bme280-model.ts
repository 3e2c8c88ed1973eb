import type { Conditions } from "./scene.js";

/** Trimming parameters as the datasheet names them (BST-BME280-DS002, table 16). */
export interface Trimming {
  readonly T: readonly [number, number, number];
  readonly P: readonly [number, number, number, number, number, number, number, number, number];
  readonly H: readonly [number, number, number, number, number, number];
}

/** T and P: the example of the BMP280's datasheet (BST-BMP280-DS001, 3.12), which measures these alike. H: usual values of this chip. */
export const trimming: Trimming = {
  T: [27_504, 26_435, -1000],
  P: [36_477, -10_685, 3024, 2855, 140, -7, 15_500, -14_600, 6000],
  H: [75, 362, 0, 315, 50, 30],
};

/** Raw readings of the three converters: 20, 20 and 16 bits. */
export interface Readings {
  readonly temperature: number;
  readonly pressure: number;
  readonly humidity: number;
}

/**
 * What the chip's converters read under given conditions: the datasheet's floating-point formulas (8.1) solved for the reading.
 * On purpose not the driver's integer formulas: the two check each other.
 */
export function readings({ T, P, H }: Trimming, conditions: Pick<Conditions, "temperature" | "humidity" | "pressure">): Readings {
  const temperature = solve(20, (reading) => fineTemperature(T, reading) / 5120 - conditions.temperature);
  const fine = fineTemperature(T, temperature);
  return {
    temperature,
    pressure: solve(20, (reading) => conditions.pressure - pressure(P, reading, fine)),
    humidity: solve(16, (reading) => humidity(H, reading, fine) - conditions.humidity),
  };
}

/** Registers 0x88 to 0xA1 and 0xE1 to 0xE7. */
export function writeTrimming(registers: Uint8Array, { T, P, H }: Trimming): void {
  const view = new DataView(registers.buffer, registers.byteOffset);
  [...T, ...P].forEach((value, index) => view.setInt16(0x88 + 2 * index, value, true));
  view.setUint8(0xa1, H[0]);
  view.setInt16(0xe1, H[1], true);
  view.setUint8(0xe3, H[2]);
  view.setInt8(0xe4, H[3] >> 4);
  view.setUint8(0xe5, (H[3] & 0x0f) | ((H[4] & 0x0f) << 4));
  view.setInt8(0xe6, H[4] >> 4);
  view.setInt8(0xe7, H[5]);
}

/** The reading of so many bits at which a rising function is nearest to 0. */
function solve(bits: number, rising: (reading: number) => number): number {
  let low = 0;
  let high = 2 ** bits - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (rising(middle) <= 0) low = middle;
    else high = middle;
  }
  return Math.abs(rising(low)) <= Math.abs(rising(high)) ? low : high;
}

function fineTemperature([t1, t2, t3]: Trimming["T"], reading: number): number {
  return (reading / 16_384 - t1 / 1024) * t2 + (reading / 131_072 - t1 / 8192) ** 2 * t3;
}

function pressure([p1, p2, p3, p4, p5, p6, p7, p8, p9]: Trimming["P"], reading: number, fine: number): number {
  const x = fine / 2 - 64_000;
  const offset = (x * x * p6) / 32_768 + x * p5 * 2;
  const slope = (1 + ((p3 * x * x) / 524_288 + p2 * x) / 524_288 / 32_768) * p1;
  const p = ((1_048_576 - reading - (offset / 4 + p4 * 65_536) / 4096) * 6250) / slope;
  return p + ((p9 * p * p) / 2_147_483_648 + (p * p8) / 32_768 + p7) / 16;
}

function humidity([h1, h2, h3, h4, h5, h6]: Trimming["H"], reading: number, fine: number): number {
  const x = fine - 76_800;
  const h = (reading - (h4 * 64 + (h5 / 16_384) * x)) * ((h2 / 65_536) * (1 + (h6 / 67_108_864) * x * (1 + (h3 / 67_108_864) * x)));
  return h * (1 - (h1 * h) / 524_288);
}
