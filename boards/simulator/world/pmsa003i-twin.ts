import { I2CTwin, padded, quantised } from "./twin.js";

/** `crc`: the sum is wrong; `never-ready`: no frame yet; `absurd`: 65,535 micrograms, with a right sum. */
export const pmsa003iFaults = ["nack", "crc", "never-ready", "absurd"] as const;

/** Milliseconds after power-on until there is a first frame. */
const firstFrame = 1000;

/** The simulated twin of a PMSA003I: 32 registers that hold the latest frame. */
export class PMSA003ITwin extends I2CTwin<(typeof pmsa003iFaults)[number], "pm1" | "pm2_5" | "pm10"> {
  #pointer = 0;

  protected override receive(bytes: Uint8Array): boolean {
    this.#pointer = bytes[0] ?? 0;
    return true;
  }

  protected override send(count: number): Uint8Array {
    return padded(this.#frame().slice(this.#pointer), count);
  }

  #frame(): number[] {
    if (this.now < firstFrame || this.has("never-ready")) return new Array<number>(32).fill(0);
    const { pm1, pm2_5, pm10 } = this.conditions;
    const masses = (this.has("absurd") ? [0xffff, 0xffff, 0xffff] : [pm1, pm2_5, pm10]).map((mass) => quantised(mass, 16));
    // Twice: under standard conditions and under those of the air. Then the numbers of particles, version and error code.
    const words = [0x424d, 28, ...masses, ...masses, 1200, 350, 60, 8, 2, 1, 0x9700];
    const bytes = words.flatMap((word) => [word >> 8, word & 0xff]);
    const sum = bytes.reduce((total, byte) => total + byte, this.has("crc") ? 1 : 0);
    return [...bytes, sum >> 8, sum & 0xff];
  }
}
