import { type Identification, identify, type Provenance } from "../identification.js";
import { hex, type I2CSensorOptions, RegisterBus } from "../register-bus.js";
import {
  type Calibration, calibrationLength, compensateFine, compensateHumidity, compensatePressure, compensateTemperature, secondBankOffset,
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
const oversamplingBits = 0xfc;

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
export class BME280 {
  private readonly bus: RegisterBus;
  /** Undefined until the chip has started up and its registers were read. */
  private calibration: Calibration | undefined;
  private measuring = false;
  private time = 0;
  private readonly data = new Uint8Array(burstLength);
  /** Pairs of register and value. ctrl_hum takes effect with the write of ctrl_meas, which also starts the measurement (datasheet 5.4.3). */
  private readonly start = Uint8Array.of(register.controlHumidity, 1, register.config, 0, register.controlMeasurement, 1 << 5 | 1 << 2 | forcedMode);

  /**
   * Checks that a BME280 answers and resets it.
   * @param options - `sensor.address` is 0x76 (SDO low, the default) or 0x77 (SDO high).
   * @throws TypeError for wrong options; Error when nothing answers or another chip does.
   */
  constructor(options: I2CSensorOptions) {
    const bus = this.bus = new RegisterBus("BME280", options, 0x76);
    try {
      const found = bus.readUint8(register.id);
      if (found !== chipId)
        throw bus.error(`the chip at address ${hex(bus.address)} has id ${hex(found)}, a BME280 has 0x60: check the part (0x58 is a BMP280) and the address`);
      bus.transfer(Uint8Array.of(register.reset, resetCommand));
    } catch (error) {
      bus.close();
      throw error;
    }
  }

  /** Lets go of the bus; a second call does nothing. */
  close(): void {
    this.bus.close();
  }

  /**
   * Changes what the next measurement is to be like; what is not named stays. A measurement under way is dropped.
   * @throws RangeError naming the option and its allowed values; Error when closed.
   */
  configure({ temperatureOversampling, pressureOversampling, humidityOversampling, filter }: BME280Configuration): void {
    const { bus, start } = this;
    bus.checkOpen();
    let humidity = start[startOffset.humidity] ?? 0;
    let config = start[startOffset.config] ?? 0;
    let measurement = start[startOffset.measurement] ?? 0;
    if (temperatureOversampling !== undefined) measurement = (measurement & 0x1f) | (code("temperatureOversampling", temperatureOversampling, "1, ") << 5);
    if (pressureOversampling !== undefined) measurement = (measurement & 0xe3) | (code("pressureOversampling", pressureOversampling, "0, 1, ") << 2);
    if (humidityOversampling !== undefined) humidity = code("humidityOversampling", humidityOversampling, "0, 1, ");
    // The same powers of two, but 1 is not there: their codes are one less (datasheet 5.4.6).
    if (filter !== undefined) config = Math.max(code("filter", filter, "0, ") - 1, 0) << 2;
    start[startOffset.humidity] = humidity;
    start[startOffset.config] = config;
    start[startOffset.measurement] = measurement;
    this.measuring = false;
  }

  /** The registers ctrl_hum, config and ctrl_meas, each with what is written to it (datasheet 5.4.3 to 5.4.6). */
  get configuration(): { readonly registers: Uint8Array } {
    return { registers: this.start.slice() };
  }

  get identification(): Identification {
    return identify("Bosch BME280", "AtmosphericPressure-Humidity-Temperature");
  }

  /**
   * Begins a measurement if none is under way.
   * @returns the readings once the measurement is done, until then `undefined`; after that the next call begins a new one.
   * @throws Error when the chip does not answer, has lost its settings, or when closed.
   */
  sample(): BME280Sample | undefined {
    const { bus, data, start } = this;
    // In one burst: only then do all readings belong to one measurement (datasheet 4.1).
    bus.read(register.status, data);
    if (((data[offset.status] ?? 0) & busy) !== 0) return undefined;

    const calibration = this.calibration ??= readCalibration(bus);
    this.measuring = !this.measuring;
    if (this.measuring) {
      bus.transfer(start);
      this.time = Date.now();
      return undefined;
    }
    const control = start[startOffset.measurement] ?? 0;
    if (((control ^ (data[offset.controlMeasurement] ?? 0)) & oversamplingBits) !== 0)
      throw bus.error("the chip lost its settings while measuring: check its power supply");
    const fine = compensateFine(calibration, uint20(data, offset.temperature));
    const sample: BME280Sample = { time: this.time, thermometer: { temperature: compensateTemperature(fine) / 100 } };
    if (start[startOffset.humidity] !== 0) {
      // The last two bytes of the burst: beyond it there is nothing.
      sample.hygrometer = { humidity: compensateHumidity(calibration, uint20(data, offset.humidity) >> 4, fine) / 1024 };
    }
    if ((control & 0b11100) !== 0) sample.barometer = { pressure: compensatePressure(calibration, uint20(data, offset.pressure), fine) / 256 };
    return sample;
  }
}

export default BME280;

function readCalibration(bus: RegisterBus): Calibration {
  const registers = new Uint8Array(calibrationLength);
  bus.read(register.calibration, registers.subarray(0, secondBankOffset));
  bus.read(register.secondBank, registers.subarray(secondBankOffset));
  return new DataView(registers.buffer);
}

/** The 20-bit reading in three registers (datasheet 5.4.7, 5.4.8). */
function uint20(data: Uint8Array, first: number): number {
  return ((data[first] ?? 0) << 12) | ((data[first + 1] ?? 0) << 4) | ((data[first + 2] ?? 0) >> 4);
}

/** The register's code for 0, 1, 2, 4, 8, 16: 0, 1, 2, 3, 4, 5 (datasheet 5.4.3, 5.4.5). @param few - which of 0 and 1 are allowed. */
function code(option: string, value: number, few: string): number {
  const result = 32 - Math.clz32(value);
  if ((value < 2 && !few.includes(`${value},`)) || value > 16 || value !== (1 << result) >> 1) throw new RangeError(`BME280: ${option} must be ${few}2, 4, 8 or 16`);
  return result;
}
