import type { Identification, Provenance } from "../identification.js";
import { I2CSensor, type I2CSensorOptions } from "../i2c-sensor.js";
import {
  type Calibration, calibrationLength, compensateFine, compensateHumidity, compensatePressure, secondBankOffset,
} from "./bme280-compensation.js";

/** Registers (datasheet BST-BME280-DS002, table 18). */
const register = {
  calibration: 0x88, id: 0xd0, reset: 0xe0, secondBank: 0xe1, controlHumidity: 0xf2, status: 0xf3, controlMeasurement: 0xf4, config: 0xf5,
} as const;

const chipId = 0x60;
const resetCommand = 0xb6;
const forcedMode = 1;
/** `measuring` and `im_update` of the status register (datasheet 5.4.4). */
const busy = 0b1001;
/** The registers from status on, as one burst reads them: offsets in {@link BME280.sample}'s buffer. */
const offset = { status: 0, controlMeasurement: 1, pressure: 4, temperature: 7, humidity: 10 } as const;
const burstLength = 12;
/** Where ctrl_hum, config and ctrl_meas stand in the buffer that starts a measurement. */
const startOffset = { humidity: 1, config: 3, measurement: 5 } as const;
/** The bits of ctrl_meas that say what is measured. */
const oversamplingBits = 0b111_111_00;
/** Those of them for the pressure. */
const pressureBits = 0b000_111_00;

/** Number of readings averaged into one: less noise for more time and energy (datasheet 3.4). 0: not measured. */
export type Oversampling = 0 | 1 | 2 | 4 | 8 | 16;

export interface BME280Configuration {
  /** Default 1. Never 0: pressure and humidity are compensated by the temperature. */
  readonly temperatureOversampling?: Exclude<Oversampling, 0>;
  /** Default 1. */
  readonly pressureOversampling?: Oversampling;
  /** Default 1. */
  readonly humidityOversampling?: Oversampling;
  /** Coefficient of the IIR filter over temperature and pressure, against gusts and slamming doors. Default 0, off. */
  readonly filter?: 0 | 2 | 4 | 8 | 16;
}

/** Readings in ECMA-419's units. A quantity with oversampling 0 is absent. */
export interface BME280Sample extends Provenance {
  /** Degrees Celsius, -40 to 85, in steps of 0.01. */
  thermometer: { temperature: number };
  /** Percent of relative humidity, 0 to 100. */
  hygrometer?: { humidity: number };
  /** Pascal, 30,000 to 110,000. */
  barometer?: { pressure: number };
}

/**
 * Bosch BME280: temperature, relative humidity and air pressure over I2C (ECMA-419, 13 Sensor Class Pattern and 31 Provenance).
 *
 * The chip sleeps between measurements (forced mode). Nothing blocks: `sample` begins a measurement and gives `undefined` until it is
 * done, 10 ms later with the default configuration, 113 ms with everything at 16 (datasheet 9.1). Ask again after some milliseconds,
 * the first time not before 2 ms after construction: the chip starts up (datasheet, table 1).
 * After an error the chip's state is unknown: close the instance and make a new one.
 * Datasheet: BST-BME280-DS002, https://www.bosch-sensortec.com/products/environmental-sensors/humidity-sensors-bme280/
 */
export class BME280 extends I2CSensor {
  /** Undefined until the chip has started up and its registers were read. */
  private calibration: Calibration | undefined;
  /** When the measurement under way began; undefined: there is none. */
  private time: number | undefined;
  private readonly data = new Uint8Array(burstLength);
  /** Pairs of register and value. ctrl_hum takes effect with the write of ctrl_meas, which also starts the measurement (datasheet 5.4.3). */
  private readonly start = Uint8Array.of(register.controlHumidity, 1, register.config, 0, register.controlMeasurement, 1 << 5 | 1 << 2 | forcedMode);

  /**
   * Checks that a BME280 answers and resets it.
   * @param options - `sensor.address` is 0x76 (SDO low, the default) or 0x77 (SDO high).
   * @throws TypeError for wrong options; Error when nothing answers or another chip does.
   */
  constructor(options: I2CSensorOptions) {
    super("BME280", options, 0x76);
    const { data } = this;
    this.transfer(register.id, data);
    const found = data[0] ?? 0;
    if (found !== chipId) throw this.error(`id 0x${found.toString(16)} instead of 0x60: check part (0x58 is a BMP280) and address`);
    this.transfer(Uint8Array.of(register.reset, resetCommand));
  }

  /**
   * Changes what the next measurement is to be like; what is not named stays. A measurement under way is dropped.
   * @throws RangeError naming the option and its allowed values; Error when closed.
   */
  configure(options: BME280Configuration): void {
    this.checkOpen();
    const { start } = this;
    const temperature = code(options, "temperatureOversampling", ((start[startOffset.measurement] ?? 0) >> 5) - 1, "1, 2, 4, 8, 16") + 1;
    const pressure = code(options, "pressureOversampling", ((start[startOffset.measurement] ?? 0) >> 2) & 7, "0, 1, 2, 4, 8, 16");
    const humidity = code(options, "humidityOversampling", start[startOffset.humidity] ?? 0, "0, 1, 2, 4, 8, 16");
    start[startOffset.config] = code(options, "filter", (start[startOffset.config] ?? 0) >> 2, "0, 2, 4, 8, 16") << 2;
    start[startOffset.humidity] = humidity;
    start[startOffset.measurement] = (temperature << 5) | (pressure << 2) | forcedMode;
    this.time = undefined;
  }

  /** The registers ctrl_hum, config and ctrl_meas, each with what is written to it (datasheet 5.4.3 to 5.4.6). */
  get configuration(): { readonly registers: Uint8Array } {
    return { registers: this.start.slice() };
  }

  get identification(): Identification {
    return { model: "Bosch BME280", classification: "AtmosphericPressure-Humidity-Temperature" };
  }

  /**
   * Begins a measurement if none is under way.
   * @returns the readings once the measurement is done, until then `undefined`; after that the next call begins a new one.
   * @throws Error when the chip does not answer, has lost its settings, or when closed.
   */
  sample(): BME280Sample | undefined {
    const { data, start } = this;
    // In one burst: only then do all readings belong to one measurement (datasheet 4.1).
    this.transfer(register.status, data);
    if ((data[offset.status] ?? 0) & busy) return undefined;

    let { calibration } = this;
    if (!calibration) {
      const registers = new Uint8Array(calibrationLength);
      this.transfer(register.calibration, registers.subarray(0, secondBankOffset));
      this.transfer(register.secondBank, registers.subarray(secondBankOffset));
      calibration = this.calibration = new Int16Array(registers.buffer) as Calibration;
    }
    const { time } = this;
    if (time === undefined) {
      this.transfer(start);
      this.time = Date.now();
      return undefined;
    }
    this.time = undefined;
    if (((start[startOffset.measurement] ?? 0) ^ (data[offset.controlMeasurement] ?? 0)) & oversamplingBits)
      throw this.error("the chip lost its settings: check its power supply");
    const fine = compensateFine(calibration, uint20(data, offset.temperature));
    const sample: BME280Sample = { time, thermometer: { temperature: ((fine * 5 + 128) >> 8) / 100 } };
    if (start[startOffset.humidity] !== 0) {
      // The last two bytes of the burst: beyond it there is nothing.
      sample.hygrometer = { humidity: compensateHumidity(calibration, uint20(data, offset.humidity) >> 4, fine) / 1024 };
    }
    if ((start[startOffset.measurement] ?? 0) & pressureBits) sample.barometer = { pressure: compensatePressure(calibration, uint20(data, offset.pressure), fine) / 256 };
    return sample;
  }
}

export default BME280;

/** The 20-bit reading in three registers (datasheet 5.4.7, 5.4.8). */
function uint20(data: Uint8Array, first: number): number {
  return ((data[first] ?? 0) << 12) | ((data[first + 1] ?? 0) << 4) | ((data[first + 2] ?? 0) >> 4);
}

/** The code of an option's value, its place among the allowed ones (datasheet 5.4.3, 5.4.5, 5.4.6). @param present - that where it has none. */
function code(options: BME280Configuration, option: keyof BME280Configuration, present: number, allowed: string): number {
  const value = options[option];
  if (value === undefined) return present;
  const place = allowed.split(", ").indexOf(`${value}`);
  if (place < 0) throw new RangeError(`BME280: ${option} must be one of ${allowed}`);
  return place;
}
