import { I2CTwin, padded, quantised } from "./twin.js";

/** `absurd`: the counter is at its end. The chip has neither checksum nor ready bit. */
export const bh1750Faults = ["nack", "absurd"] as const;

/** The simulated twin of a BH1750: power, reset, one-time modes with their time and step, measurement time register. */
export class BH1750Twin extends I2CTwin<(typeof bh1750Faults)[number], "illuminance"> {
  #on = false;
  #measurementTime = 69;
  #reading = 0;
  #pending: { readonly at: number; readonly factor: number } | undefined;

  protected override receive(bytes: Uint8Array): boolean {
    const [instruction = 0] = bytes;
    if (bytes.length !== 1) return false;
    if (instruction === 0x01 || instruction === 0x00) this.#on = instruction === 0x01;
    else if (instruction === 0x07 && this.#on) this.#reading = 0;
    else if (instruction >> 3 === 0b01000) this.#measurementTime = (this.#measurementTime & 0x1f) | ((instruction & 0b111) << 5);
    else if (instruction >> 5 === 0b011) this.#measurementTime = (this.#measurementTime & 0xe0) | (instruction & 0x1f);
    else if (instruction === 0x20 || instruction === 0x21) {
      // Typical: 120 ms (datasheet, "Electrical Characteristics").
      this.#pending = { at: this.now + (120 * this.#measurementTime) / 69, factor: instruction === 0x21 ? 2 : 1 };
    }
    return true;
  }

  protected override send(count: number): Uint8Array {
    if (this.#pending && this.now >= this.#pending.at) {
      const counts = this.conditions.illuminance * 1.2 * (this.#measurementTime / 69) * this.#pending.factor;
      this.#reading = this.has("absurd") ? 0xffff : quantised(counts, 16);
      this.#pending = undefined;
      this.#on = false;
    }
    return padded([this.#reading >> 8, this.#reading & 0xff], count);
  }
}
