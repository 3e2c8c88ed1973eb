import { WordRegisterTwin } from "./word-registers.js";

/** `never-ready`: a conversion never ends; `absurd`: the input is at full scale. */
export const ads1115Faults = ["nack", "never-ready", "absurd"] as const;

/** Volts of full scale by the gain's three bits, and samples a second by the rate's (datasheet SBAS444, "Config Register"). */
const fullScales = [6.144, 4.096, 2.048, 1.024, 0.512, 0.256, 0.256, 0.256];
const rates = [8, 16, 32, 64, 128, 250, 475, 860];

/** The simulated twin of an ADS1115: half the supply at AIN0, a photo resistor's voltage at AIN1, AIN2 and AIN3 on ground. */
export class ADS1115Twin extends WordRegisterTwin<(typeof ads1115Faults)[number], "supplyVoltage" | "illuminance"> {
  #configuration = 0x8583;
  #doneAt = 0;
  #conversion = 0;

  protected override writeRegister(register: number, value: number): void {
    if (register !== 1) return;
    this.#configuration = value;
    if (value & 0x8000) this.#doneAt = this.has("never-ready") ? Infinity : this.now + 1000 / (rates[(value >> 5) & 0b111] ?? 8);
  }

  protected override readRegister(register: number): number {
    if (this.#doneAt === Infinity && !this.has("never-ready")) this.#doneAt = this.now;
    const done = this.now >= this.#doneAt;
    if (register === 1) return (this.#configuration & 0x7fff) | (done ? 0x8000 : 0);
    if (done) this.#convert();
    return register === 0 ? this.#conversion : 0;
  }

  #convert(): void {
    const { supplyVoltage, illuminance } = this.conditions;
    const inputs = [supplyVoltage / 2, (3.3 * illuminance) / (illuminance + 500), 0, 0];
    const volts = inputs[(this.#configuration >> 12) & 0b11] ?? 0;
    const fullScale = fullScales[(this.#configuration >> 9) & 0b111] ?? 0;
    this.#conversion = this.has("absurd") ? 0x7fff : Math.min(Math.round((volts / fullScale) * 0x8000), 0x7fff);
  }
}
