import type { Identification, Provenance } from "../identification.js";
import { I2CSensor, type I2CSensorOptions } from "../i2c-sensor.js";

/** Registers (datasheet SBAS444, "Register Map"). */
const register = { conversion: 0, configuration: 1 } as const;
/** Bits of the configuration register (datasheet, "Config Register"): start and ready, single-ended input, single-shot mode, comparator off. */
const bit = { start: 0x8000, singleEnded: 0x4000, singleShot: 0x0100, comparatorOff: 0x0003 } as const;
/** Latching comparator: without effect while that is off, and not set after a reset, which it gives away. */
const mark = 0x0004;
/** 128 samples a second: 7.8 ms (datasheet, "Config Register"). */
const rate = 0b100 << 5;
/** Full-scale ranges in volts, by their code (datasheet, "Config Register"). */
const ranges: readonly number[] = [6.144, 4.096, 2.048, 1.024, 0.512, 0.256];
const inputs = ["voltage0", "voltage1", "voltage2", "voltage3"] as const;

export interface ADS1115Configuration {
  /** How many inputs are measured against ground, from AIN0 on: 1 to 4. Default 1. */
  readonly channels?: number;
  /** Full-scale range in volts: 6.144, 4.096, 2.048, 1.024, 0.512 or 0.256. Default 4.096. No input may exceed the supply by more than 0.3 V. */
  readonly range?: number;
}

export interface ADS1115Sample extends Provenance {
  /** Volts at AIN0 to AIN3; those not measured are absent. */
  voltmeter: { [input in (typeof inputs)[number]]?: number };
}

/**
 * Texas Instruments ADS1115: up to four voltages at 16 bits over I2C (ECMA-419, 13 Sensor Class Pattern and 31 Provenance).
 *
 * `sample` begins a measurement and gives `undefined` until all inputs are measured, one after the other, 8 ms each.
 * Datasheet: SBAS444, https://www.ti.com/lit/ds/symlink/ads1115.pdf
 */
export class ADS1115 extends I2CSensor {
  private readonly word = new Uint8Array(2);
  private readonly start = new Uint8Array(3);
  private readonly readings = new Int16Array(inputs.length);
  private channels = 1;
  private range = 1;
  /** The input that is measured now; -1: none. */
  private input = -1;
  private time = 0;

  /**
   * Checks that something answers as an ADS1115 does.
   * @param options - `sensor.address` is 0x48 (the default) to 0x4B, by the pin ADDR.
   * @throws TypeError for wrong options; Error when nothing answers.
   */
  constructor(options: I2CSensorOptions) {
    super("ADS1115", options, 0x48);
    this.read(register.configuration);
  }

  /** Changes what is measured; a measurement under way is dropped. @throws RangeError naming the option and its allowed values; Error when closed. */
  configure({ channels = this.channels, range }: ADS1115Configuration): void {
    this.checkOpen();
    const code = range === undefined ? this.range : ranges.indexOf(range);
    if (code < 0) throw new RangeError(`ADS1115: range must be one of ${ranges.join(", ")}`);
    if (!Number.isInteger(channels) || channels < 1 || channels > inputs.length) throw new RangeError("ADS1115: channels must be 1, 2, 3 or 4");
    this.range = code;
    this.channels = channels;
    this.input = -1;
  }

  get configuration(): ADS1115Configuration {
    return { channels: this.channels, range: ranges[this.range] ?? 0 };
  }

  get identification(): Identification {
    return { model: "Texas Instruments ADS1115", classification: "Voltage" };
  }

  /**
   * Begins a measurement if none is under way.
   * @returns the readings once all inputs are measured, until then `undefined`.
   * @throws Error when the chip does not answer or has lost its settings, or when closed.
   */
  sample(): ADS1115Sample | undefined {
    const { input } = this;
    if (input < 0) {
      this.time = Date.now();
      this.convert(0);
      return undefined;
    }
    const found = this.read(register.configuration);
    if (((found ^ this.settings(input)) & ~bit.start) !== 0) throw this.error("the chip lost its settings: check its power supply");
    if ((found & bit.start) === 0) return undefined;
    this.readings[input] = this.read(register.conversion);
    if (input + 1 < this.channels) {
      this.convert(input + 1);
      return undefined;
    }
    this.input = -1;
    const voltmeter: ADS1115Sample["voltmeter"] = {};
    for (let index = 0; index <= input; index++) {
      const name = inputs[index];
      if (name) voltmeter[name] = toVoltage(this.readings[index] ?? 0, ranges[this.range] ?? 0);
    }
    return { time: this.time, voltmeter };
  }

  private convert(input: number): void {
    const { start } = this;
    const settings = this.settings(input);
    start[0] = register.configuration;
    start[1] = settings >> 8;
    start[2] = settings;
    this.transfer(start);
    this.input = input;
  }

  private settings(input: number): number {
    return bit.start | bit.singleEnded | (input << 12) | (this.range << 9) | bit.singleShot | rate | mark | bit.comparatorOff;
  }

  private read(first: number): number {
    const { word } = this;
    this.transfer(first, word);
    return ((word[0] ?? 0) << 8) | (word[1] ?? 0);
  }
}

export default ADS1115;

/** Volts of a reading in two's complement, -32,768 to 32,767 (datasheet, "Full-Scale Range (FSR) and LSB Size" and "Data Format"). */
export function toVoltage(reading: number, range: number): number {
  return (reading * range) / 32_768;
}
