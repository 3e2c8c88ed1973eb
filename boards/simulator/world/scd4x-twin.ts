import { wordsWithChecksums } from "./sensirion-words.js";
import { I2CTwin, padded, quantised } from "./twin.js";

/** `crc`: the carbon dioxide's checksum is wrong; `never-ready`: there is no measurement; `absurd`: 65,535 ppm, with a right checksum. */
export const scd4xFaults = ["nack", "crc", "never-ready", "absurd"] as const;

const serialNumber = [0xf896, 0x9f07, 0x3bbe];
/** Milliseconds from one measurement to the next (datasheet SCD4x, 3.5.1). */
const period = 5000;

/** The simulated twin of an SCD4x: periodic measurement, data ready status, serial number; the commands that only an idle chip takes. */
export class SCD4xTwin extends I2CTwin<(typeof scd4xFaults)[number], "co2" | "temperature" | "humidity"> {
  /** When the periodic measurement began; undefined: idle. */
  #began: number | undefined;
  /** The number of the measurement that was read last. */
  #taken = 0;
  #readyAt = 0;
  #answer: readonly number[] | undefined;

  protected override receive(bytes: Uint8Array): boolean {
    const [high = 0, low = 0] = bytes;
    if (this.now < this.#readyAt) return false;
    const command = (high << 8) | low;
    const idle = this.#began === undefined;
    this.#answer = undefined;
    this.#readyAt = this.now + (command === 0x3f86 ? 500 : 1);
    switch (command) {
      case 0x3f86:
        this.#began = undefined;
        return true;
      case 0x21b1:
        this.#began = idle ? this.now : this.#began;
        this.#taken = idle ? 0 : this.#taken;
        return idle;
      case 0x3682:
        this.#answer = wordsWithChecksums(serialNumber);
        return idle;
      case 0xe4b8:
        this.#answer = wordsWithChecksums([this.#ready() ? 0x8006 : 0x8000]);
        return true;
      case 0xec05:
        this.#answer = this.#ready() ? this.#measurement() : undefined;
        return true;
      default:
        return false;
    }
  }

  protected override send(count: number): Uint8Array | undefined {
    return this.now < this.#readyAt || !this.#answer ? undefined : padded(this.#answer, count);
  }

  #number(): number {
    return this.#began === undefined ? 0 : Math.floor((this.now - this.#began) / period);
  }

  #ready(): boolean {
    return this.#number() > this.#taken && !this.has("never-ready");
  }

  #measurement(): readonly number[] {
    this.#taken = this.#number();
    const { co2, temperature, humidity } = this.conditions;
    const words = [this.has("absurd") ? 0xffff : quantised(co2, 16), quantised(((temperature + 45) / 175) * 65_535, 16), quantised((humidity / 100) * 65_535, 16)];
    const bytes = wordsWithChecksums(words);
    if (this.has("crc")) bytes[2] = (bytes[2] ?? 0) ^ 1;
    return bytes;
  }
}
