import { checkedWord } from "../crc-8.js";
import type { Identification, Provenance } from "../identification.js";
import { I2CSensor, type I2CSensorOptions } from "../i2c-sensor.js";

/** Commands (datasheet SHT4x, "Command Overview"), and 0 for none under way. */
const command = { none: 0, readSerialNumber: 0x89, softReset: 0x94 } as const;
const measure = { high: 0xfd, medium: 0xf6, low: 0xe0 } as const;
/** Milliseconds that a measurement takes at most, 8.3 at high repeatability; a reset takes 1 (datasheet, "Timings"). */
const longestCommand = 9;
/** Both words of an answer, each with its checksum. */
const answerLength = 6;

export interface SHT4xConfiguration {
  /** `high`: 8.3 ms, `medium`: 4.5 ms, `low`: 1.6 ms, with more noise and less energy. Default `high`. */
  readonly repeatability?: "high" | "medium" | "low";
}

export interface SHT4xSample extends Provenance {
  /** Degrees Celsius, -45 to 130; the chip is specified from -40 to 125. */
  thermometer: { temperature: number };
  /** Percent of relative humidity, 0 to 100. */
  hygrometer: { humidity: number };
}

/**
 * Sensirion SHT40, SHT41, SHT45: temperature and relative humidity over I2C (ECMA-419, 13 Sensor Class Pattern and 31 Provenance).
 *
 * `sample` begins a measurement and gives `undefined` until it is done, 9 ms later. A reading with a wrong checksum is thrown, not
 * given. After an error close the instance and make a new one: that resets the chip.
 * Datasheet: https://sensirion.com/products/catalog/SHT40
 */
export class SHT4x extends I2CSensor {
  private readonly data = new Uint8Array(answerLength);
  private repeatability: keyof typeof measure = "high";
  /** The command under way, and when it was sent. */
  private pending: number = command.softReset;
  private time = Date.now();
  private serialNumber: string | undefined;

  /**
   * Resets the chip.
   * @param options - `sensor.address` is 0x44 (the default), 0x45 or 0x46, by the part's letter A, B, C.
   * @throws TypeError for wrong options; Error when nothing answers.
   */
  constructor(options: I2CSensorOptions) {
    super("SHT4x", options, 0x44);
    this.transfer(command.softReset);
  }

  /** Changes what the next measurement is to be like. @throws RangeError naming the allowed values; Error when closed. */
  configure({ repeatability }: SHT4xConfiguration): void {
    this.checkOpen();
    if (repeatability === undefined) return;
    if (!Object.hasOwn(measure, repeatability)) throw new RangeError("SHT4x: repeatability must be high, medium or low");
    this.repeatability = repeatability;
  }

  get configuration(): SHT4xConfiguration {
    return { repeatability: this.repeatability };
  }

  /** With the serial number from the first sample on. */
  get identification(): Identification {
    return { model: "Sensirion SHT4x", classification: "Humidity-Temperature", uniqueID: this.serialNumber };
  }

  /**
   * Begins a measurement if none is under way.
   * @returns the readings once they are there, until then `undefined`.
   * @throws Error when the chip does not answer, a checksum is wrong, or when closed.
   */
  sample(): SHT4xSample | undefined {
    this.checkOpen();
    const { data, pending, time } = this;
    const now = Date.now();
    if (pending !== command.none) {
      // The magnitude: a clock that is set back must not stop the driver.
      if (Math.abs(now - time) < longestCommand) return undefined;
      if (pending !== command.softReset) {
        this.transfer(undefined, data);
        const first = checkedWord(data, 0);
        const second = checkedWord(data, 3);
        if (first < 0 || second < 0) throw this.error("wrong checksum: check wiring and pull-up resistors");
        if (pending !== command.readSerialNumber) {
          this.pending = command.none;
          return { time, thermometer: { temperature: toTemperature(first) }, hygrometer: { humidity: toHumidity(second) } };
        }
        this.serialNumber = (first * 0x1_0000 + second).toString(16).padStart(8, "0");
      }
    }
    this.time = now;
    this.pending = pending === command.softReset ? command.readSerialNumber : measure[this.repeatability];
    this.transfer(this.pending);
    return undefined;
  }
}

export default SHT4x;

/** Degrees Celsius (datasheet, "Conversion of Signal Output"). */
export function toTemperature(word: number): number {
  return (175 * word) / 65_535 - 45;
}

/** Percent; the formula leaves 0 to 100 at the ends of the range, and is cropped (the same). */
export function toHumidity(word: number): number {
  return Math.min(Math.max((125 * word) / 65_535 - 6, 0), 100);
}
