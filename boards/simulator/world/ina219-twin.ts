import { WordRegisterTwin } from "./word-registers.js";

/** `wrong-id`: resets to other settings; `never-ready`: a conversion never ends; `absurd`: the bus voltage is at its end, 32.76 V. */
export const ina219Faults = ["nack", "wrong-id", "never-ready", "absurd"] as const;

/** Ohms: the shunt of the usual breakout board. */
const shunt = 0.1;
/** Conversion times in milliseconds by the converter's four bits (datasheet SBOS448G, 8.6.2.1). */
const times = [0.093, 0.163, 0.304, 0.586, 0.093, 0.163, 0.304, 0.586, 0.586, 1.1, 2.13, 4.26, 8.51, 17.02, 34.05, 68.1];

/** The simulated twin of an INA219: reset, triggered conversions of shunt and bus voltage, conversion ready bit. */
export class INA219Twin extends WordRegisterTwin<(typeof ina219Faults)[number], "supplyVoltage" | "current"> {
  #configuration = 0x399f;
  #doneAt = 0;
  #shuntReading = 0;
  #busReading = 0;

  protected override writeRegister(register: number, value: number): void {
    if (register !== 0) return;
    this.#configuration = value & 0x8000 ? 0x399f : value;
    this.#doneAt = this.has("never-ready") ? Infinity : this.now + (times[(value >> 7) & 0xf] ?? 0) + (times[(value >> 3) & 0xf] ?? 0);
  }

  protected override readRegister(register: number): number {
    if (this.#doneAt === Infinity && !this.has("never-ready")) this.#doneAt = this.now;
    const done = this.now >= this.#doneAt;
    if (done) this.#convert();
    switch (register) {
      case 0: return this.has("wrong-id") ? 0x4127 : this.#configuration;
      case 1: return this.#shuntReading;
      case 2: return (this.#busReading << 3) | (done ? 0b10 : 0);
      default: return 0;
    }
  }

  #convert(): void {
    const { supplyVoltage, current } = this.conditions;
    this.#shuntReading = Math.round((current * shunt) / 0.000_01);
    this.#busReading = this.has("absurd") ? 8191 : Math.round(supplyVoltage / 0.004);
  }
}
