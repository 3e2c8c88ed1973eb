import type { Conditions } from "./scene.js";
import { I2CTwin, padded } from "./twin.js";

/** A part with big-endian 16-bit registers behind a pointer, as Texas Instruments makes them. */
export abstract class WordRegisterTwin<Kind extends string, Name extends keyof Conditions> extends I2CTwin<Kind, Name> {
  #pointer = 0;

  protected override receive(bytes: Uint8Array): boolean {
    const [pointer = 0, high, low] = bytes;
    this.#pointer = pointer;
    if (high !== undefined && low !== undefined) this.writeRegister(pointer, (high << 8) | low);
    return true;
  }

  protected override send(count: number): Uint8Array {
    const value = this.readRegister(this.#pointer) & 0xffff;
    return padded([value >> 8, value & 0xff], count);
  }

  protected abstract writeRegister(register: number, value: number): void;
  protected abstract readRegister(register: number): number;
}
