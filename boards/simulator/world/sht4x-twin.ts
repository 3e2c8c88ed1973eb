import { wordsWithChecksums } from "./sensirion-words.js";
import { I2CTwin, padded, quantised } from "./twin.js";

/** `crc`: the humidity's checksum is wrong; `never-ready`: a measurement never ends; `absurd`: 130 degrees, with a right checksum. */
export const sht4xFaults = ["nack", "crc", "never-ready", "absurd"] as const;

const serialNumber = [0x0f12, 0x3456];
/** Commands and the time they take at most in milliseconds (datasheet SHT4x, "Timings" and "Command Overview"). */
const duration: Readonly<Record<number, number>> = { 0xfd: 8.3, 0xf6: 4.5, 0xe0: 1.6, 0x89: 0.1, 0x94: 1 };

/** The simulated twin of an SHT4x: while it executes a command, it acknowledges nothing. */
export class SHT4xTwin extends I2CTwin<(typeof sht4xFaults)[number], "temperature" | "humidity"> {
  #answer: number[] | undefined;
  #readyAt = 0;

  protected override receive(bytes: Uint8Array): boolean {
    const [command = 0] = bytes;
    if (this.#isBusy() || !(command in duration)) return false;
    this.#readyAt = command >= 0xe0 && this.has("never-ready") ? Infinity : this.now + (duration[command] ?? 0);
    this.#answer = command === 0x94 ? undefined : wordsWithChecksums(command === 0x89 ? serialNumber : this.#measure());
    if (this.#answer && command !== 0x89 && this.has("crc")) this.#answer[5] = (this.#answer[5] ?? 0) ^ 1;
    return true;
  }

  protected override send(count: number): Uint8Array | undefined {
    const answer = this.#isBusy() ? undefined : this.#answer;
    if (answer) this.#answer = undefined;
    return answer && padded(answer, count);
  }

  /** A measurement that never ends does so when the fault is over. */
  #isBusy(): boolean {
    if (this.#readyAt === Infinity && !this.has("never-ready")) this.#readyAt = 0;
    return this.now < this.#readyAt;
  }

  #measure(): number[] {
    const { temperature, humidity } = this.conditions;
    return [this.has("absurd") ? 0xffff : quantised(((temperature + 45) / 175) * 65_535, 16), quantised(((humidity + 6) / 125) * 65_535, 16)];
  }
}
