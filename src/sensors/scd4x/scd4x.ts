import { checkedWord } from "../crc-8.js";
import type { Identification, Provenance } from "../identification.js";
import { I2CSensor, type I2CSensorOptions } from "../i2c-sensor.js";

/** Commands (datasheet SCD4x 1.3, table 9). */
const command = { startPeriodic: 0x21b1, stopPeriodic: 0x3f86, serialNumber: 0x3682, dataReady: 0xe4b8, readMeasurement: 0xec05 } as const;
/** Milliseconds after stop_periodic_measurement until the chip takes the next command; after others 1 (datasheet, table 9). */
const stopTime = 500;
/** The bits of get_data_ready_status that are all 0 until there is a measurement (datasheet, 3.8.2). */
const readyBits = 0x07ff;

export interface SCD4xSample extends Provenance {
  /** Parts per million, 0 to 40,000; specified from 400 to 2,000 (SCD40) or 5,000 (SCD41). */
  carbonDioxideDetector: { CO2: number };
  /** Degrees Celsius, of the warm chip itself, less an offset of 4 degrees. */
  thermometer: { temperature: number };
  /** Percent of relative humidity. */
  hygrometer: { humidity: number };
}

/**
 * Sensirion SCD40, SCD41: carbon dioxide, temperature and humidity over I2C (ECMA-419, 13 Sensor Class Pattern and 31 Provenance).
 *
 * The chip measures every 5 s by itself; `sample` gives each measurement once, and `undefined` until there is a new one: ask every
 * 20 ms or less often. A reading with a wrong checksum is thrown, not given. After `close` the chip measures on: a new instance stops it.
 * Datasheet: SCD4x, https://sensirion.com/products/catalog/SCD40
 */
export class SCD4x extends I2CSensor {
  private readonly request = new Uint8Array(2);
  private readonly data = new Uint8Array(9);
  /** As much of `data` as the status has: a word and its checksum. */
  private readonly status = this.data.subarray(0, 3);
  /** The command that was sent last, and when. */
  private pending = 0;
  private time = Date.now();
  private serialNumber: string | undefined;

  /**
   * Stops what a restarted program may have left running: the chip takes no other command before.
   * @param options - `sensor.address` is always 0x62.
   * @throws TypeError for wrong options; Error when nothing answers.
   */
  constructor({ sensor }: I2CSensorOptions) {
    super("SCD4x", { sensor: { hz: 100_000, ...sensor } }, 0x62);
    this.send(command.stopPeriodic);
  }

  /** There is nothing to configure. @throws Error when closed. */
  configure(): void {
    this.checkOpen();
  }

  get configuration(): Readonly<Record<string, never>> {
    return {};
  }

  /** With the serial number from the first sample on. */
  get identification(): Identification {
    return { model: "Sensirion SCD4x", classification: "CarbonDioxide-Humidity-Temperature", uniqueID: this.serialNumber };
  }

  /**
   * Goes a step on: an answer is fetched in the call after the one that asked for it, 1 ms later or more.
   * @returns the readings once for each measurement, else `undefined`.
   * @throws Error when the chip does not answer, a checksum is wrong, or when closed.
   */
  sample(): SCD4xSample | undefined {
    this.checkOpen();
    const { data, pending } = this;
    switch (pending) {
      case command.stopPeriodic:
        // The magnitude: a clock that is set back must not stop the driver.
        if (Math.abs(Date.now() - this.time) >= stopTime) this.send(command.serialNumber);
        return undefined;
      case command.serialNumber:
        this.transfer(undefined, data);
        this.serialNumber = [this.word(0), this.word(3), this.word(6)].map((word) => word.toString(16).padStart(4, "0")).join("");
        this.send(command.startPeriodic);
        return undefined;
      case command.dataReady:
        this.transfer(undefined, this.status);
        this.send((this.word(0) & readyBits) === 0 ? command.dataReady : command.readMeasurement);
        return undefined;
      case command.readMeasurement: {
        this.transfer(undefined, data);
        // Not to be read a second time: the chip's buffer is empty now.
        this.pending = command.startPeriodic;
        const CO2 = this.word(0), temperature = toTemperature(this.word(3)), humidity = toHumidity(this.word(6));
        return { time: this.time, carbonDioxideDetector: { CO2 }, thermometer: { temperature }, hygrometer: { humidity } };
      }
      default:
        this.send(command.dataReady);
        return undefined;
    }
  }

  private send(value: number): void {
    const { request } = this;
    request[0] = value >> 8;
    request[1] = value;
    this.transfer(request);
    this.pending = value;
    this.time = Date.now();
  }

  private word(start: number): number {
    const word = checkedWord(this.data, start);
    if (word < 0) throw this.error("wrong checksum: check wiring and pull-up resistors");
    return word;
  }
}

export default SCD4x;

/** Degrees Celsius (datasheet, 3.5.2). */
function toTemperature(word: number): number {
  return (175 * word) / 65_535 - 45;
}

/** Percent (datasheet, 3.5.2). */
function toHumidity(word: number): number {
  return (100 * word) / 65_535;
}
