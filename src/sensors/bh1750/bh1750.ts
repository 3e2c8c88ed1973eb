import type { Identification, Provenance } from "../identification.js";
import { I2CSensor, type I2CSensorOptions } from "../i2c-sensor.js";

/** Instructions (datasheet BH1750FVI, "Instruction Set Architecture"). */
const instruction = { powerOn: 0x01, reset: 0x07, measurementTimeHigh: 0x40, measurementTimeLow: 0x60, oneTime: 0x20, oneTimeFine: 0x21 } as const;
/** The measurement time register's value after power-on, and its range (datasheet, "Adjust measurement result for influence of optical window"). */
const measurementTime = { usual: 69, minimum: 31, maximum: 254 } as const;
/** Milliseconds that a measurement takes at most with the usual measurement time (datasheet, "Electrical Characteristics"). */
const longestMeasurement = 180;
/** The counter at its end: more light than it can count. */
const saturated = 0xffff;

export interface BH1750Configuration {
  /** In steps of 0.5 lx instead of 1 lx, up to half the brightness. Default false. */
  readonly fine?: boolean;
  /** Measurement time register, 31 to 254: more is more sensitive, and slower in proportion. Default 69. */
  readonly measurementTime?: number;
}

export interface BH1750Sample extends Provenance {
  /** Lux, 0 to 54,612 with the default configuration, to 121,555 with the shortest measurement time. */
  lightmeter: { illuminance: number };
}

/**
 * ROHM BH1750FVI: ambient light over I2C (ECMA-419, 13 Sensor Class Pattern and 31 Provenance).
 *
 * `sample` begins a measurement and gives `undefined` until it is done, 180 ms later; then the chip sleeps. It has neither
 * identification nor checksum nor a ready bit: what does not acknowledge is found, what answers wrongly is not.
 * Datasheet: BH1750FVI, https://www.rohm.com/products/sensors-mems/ambient-light-sensor-ics
 */
export class BH1750 extends I2CSensor {
  private readonly data = new Uint8Array(2);
  private fine = false;
  private measurementTime: number = measurementTime.usual;
  private measuring = false;
  private time = 0;

  /**
   * Switches the chip on and clears its reading.
   * @param options - `sensor.address` is 0x23 (ADDR low, the default) or 0x5C (ADDR high).
   * @throws TypeError for wrong options; Error when nothing answers.
   */
  constructor(options: I2CSensorOptions) {
    super("BH1750", options, 0x23);
    this.transfer(instruction.powerOn);
    this.transfer(instruction.reset);
  }

  /** Changes what the next measurement is to be like; one under way is dropped. @throws RangeError naming the option and its range; Error when closed. */
  configure({ fine, measurementTime: value }: BH1750Configuration): void {
    this.checkOpen();
    if (value !== undefined) {
      if (!Number.isInteger(value) || value < measurementTime.minimum || value > measurementTime.maximum)
        throw new RangeError(`BH1750: measurementTime must be a whole number from ${measurementTime.minimum} to ${measurementTime.maximum}`);
      this.measurementTime = value;
    }
    if (fine !== undefined) this.fine = fine;
    this.measuring = false;
  }

  get configuration(): BH1750Configuration {
    return { fine: this.fine, measurementTime: this.measurementTime };
  }

  get identification(): Identification {
    return { model: "ROHM BH1750FVI", classification: "AmbientLight" };
  }

  /**
   * Begins a measurement if none is under way.
   * @returns the reading once it is there, until then `undefined`.
   * @throws Error when the chip does not answer, there is more light than it can count, or when closed.
   */
  sample(): BH1750Sample | undefined {
    this.checkOpen();
    const { data, time, fine } = this;
    const factor = this.measurementTime / measurementTime.usual;
    const now = Date.now();
    if (!this.measuring) {
      // Each time: a chip that lost power has forgotten it, and would count a different time.
      this.transfer(instruction.measurementTimeHigh | (this.measurementTime >> 5));
      this.transfer(instruction.measurementTimeLow | (this.measurementTime & 0x1f));
      this.transfer(fine ? instruction.oneTimeFine : instruction.oneTime);
      this.measuring = true;
      this.time = now;
      return undefined;
    }
    // The magnitude: a clock that is set back must not stop the driver.
    if (Math.abs(now - time) < longestMeasurement * factor) return undefined;
    this.measuring = false;
    this.transfer(undefined, data);
    const count = ((data[0] ?? 0) << 8) | (data[1] ?? 0);
    if (count === saturated) throw this.error("more light than it can count: set fine to false, or measurementTime to less");
    return { time, lightmeter: { illuminance: toIlluminance(count, factor, fine) } };
  }
}

export default BH1750;

/**
 * Lux (datasheet, "I2C Bus Access", and "Adjust measurement result for influence of optical window").
 * @param factor - measurement time in units of the usual one.
 */
export function toIlluminance(count: number, factor: number, fine: boolean): number {
  return count / 1.2 / factor / (fine ? 2 : 1);
}
