import { type Readings, readings, trimming, writeTrimming } from "./bme280-model.js";
import { type Fault, presentFault } from "./fault.js";
import type { I2CDevice } from "./i2c-bus.js";
import type { Scene } from "./scene.js";

/** `nack`: does not answer; `wrong-id`: answers as a BMP280; `never-ready`: a measurement never ends; `absurd`: all readings are 0. */
export const bme280Faults = ["nack", "wrong-id", "never-ready", "absurd"] as const;
export type BME280Fault = (typeof bme280Faults)[number];

/** Registers (datasheet BST-BME280-DS002, table 18). */
const register = { id: 0xd0, reset: 0xe0, controlHumidity: 0xf2, status: 0xf3, controlMeasurement: 0xf4, config: 0xf5, data: 0xf7 } as const;
const writable: readonly number[] = [register.reset, register.controlHumidity, register.controlMeasurement, register.config];

const resetCommand = 0xb6;
const statusMeasuring = 0b1000;
const statusUpdating = 0b0001;
/** Start-up time in ms (datasheet, table 1); until then the trimming parameters are copied and the status register says so. */
const startUpTime = 2;

/**
 * The simulated twin of a BME280 at register level: identification, reset, sleep and forced mode with measuring time, oversampling with
 * its resolution, filter, trimming registers, burst reads and writes in pairs. Normal mode is not simulated: its bits measure once.
 */
export class BME280Twin implements I2CDevice {
  readonly #scene: Scene<"temperature" | "humidity" | "pressure">;
  readonly #now: () => number;
  readonly #faults: readonly Fault<BME280Fault>[];
  readonly #registers = new Uint8Array(256);
  /** The register that the next read begins with. */
  #pointer = 0;
  /** What ctrl_hum was at the last write of ctrl_meas: only that counts (datasheet 5.4.3). */
  #humidityOversampling = 0;
  #readyAt = 0;
  #doneAt: number | undefined;
  /** What the IIR filter remembers; undefined after a reset. */
  #filtered: { temperature: number; pressure: number } | undefined;

  /** @param now - milliseconds since the boot. */
  constructor(scene: Scene<"temperature" | "humidity" | "pressure">, now: () => number, faults: readonly Fault<BME280Fault>[] = []) {
    this.#scene = scene;
    this.#now = now;
    this.#faults = faults;
    this.#reset();
  }

  write(bytes: Uint8Array): boolean {
    if (this.#presentFault() === "nack") return false;
    this.#update();
    // The first byte is a register, the next its value, then a register again (datasheet 6.2.1).
    for (let index = 0; index < bytes.length; index += 2) {
      const value = bytes[index + 1];
      this.#pointer = bytes[index] ?? 0;
      if (value !== undefined) this.#writeRegister(this.#pointer, value);
    }
    return true;
  }

  read(count: number): Uint8Array | undefined {
    const fault = this.#presentFault();
    if (fault === "nack") return undefined;
    this.#update();
    const result = new Uint8Array(count);
    for (let index = 0; index < count; index++) {
      const address = (this.#pointer + index) & 0xff;
      result[index] = address === register.id && fault === "wrong-id" ? 0x58 : this.#registers[address] ?? 0;
    }
    this.#pointer = (this.#pointer + count) & 0xff;
    return result;
  }

  #presentFault(): BME280Fault | undefined {
    return presentFault(this.#faults, this.#now());
  }

  #reset(): void {
    this.#registers.fill(0);
    this.#registers[register.id] = 0x60;
    this.#registers[register.status] = statusUpdating;
    this.#registers.set([0x80, 0, 0, 0x80, 0, 0, 0x80, 0], register.data);
    this.#humidityOversampling = 0;
    this.#filtered = undefined;
    this.#doneAt = undefined;
    this.#readyAt = this.#now() + startUpTime;
  }

  /** Lets happen what is due by now. */
  #update(): void {
    const now = this.#now();
    const registers = this.#registers;
    if (registers[register.status] === statusUpdating && now >= this.#readyAt) {
      writeTrimming(registers, trimming);
      registers[register.status] = 0;
    }
    if (this.#doneAt !== undefined && now >= this.#doneAt && this.#presentFault() !== "never-ready") {
      this.#measure(this.#doneAt);
      this.#doneAt = undefined;
      registers[register.status] = 0;
      this.#writeControl(this.#control() & ~0b11);
    }
  }

  #writeRegister(address: number, value: number): void {
    if (!writable.includes(address)) return;
    if (address === register.reset) {
      if (value === resetCommand) this.#reset();
      return;
    }
    this.#registers[address] = value;
    if (address === register.controlMeasurement) {
      this.#humidityOversampling = oversampling(this.#registers[register.controlHumidity] ?? 0);
      if ((value & 0b11) !== 0 && this.#doneAt === undefined) this.#start();
    }
  }

  #control(): number {
    return this.#registers[register.controlMeasurement] ?? 0;
  }

  #writeControl(value: number): void {
    this.#registers[register.controlMeasurement] = value;
  }

  #start(): void {
    const control = this.#control();
    const slots = [oversampling(control >> 5), oversampling(control >> 2), this.#humidityOversampling];
    // The longest measuring time (datasheet 9.1); temperature has no overhead of its own.
    const time = slots.reduce((sum, times, index) => sum + 2.3 * times + (index > 0 && times > 0 ? 0.575 : 0), 1.25);
    this.#doneAt = this.#now() + time;
    this.#registers[register.status] = statusMeasuring;
  }

  /** Fills the data registers as of a time in milliseconds; what is not measured reads 0x80000 or 0x8000 (datasheet 5.4.7 to 5.4.9). */
  #measure(time: number): void {
    const control = this.#control();
    const absurd = this.#presentFault() === "absurd";
    const raw = absurd ? { temperature: 0, pressure: 0, humidity: 0 } : this.#filter(readings(trimming, this.#scene(time / 1000)));
    this.#store(register.data, oversampling(control >> 2), raw.pressure);
    this.#store(register.data + 3, oversampling(control >> 5), raw.temperature);
    const humidity = this.#humidityOversampling > 0 ? raw.humidity : 0x8000;
    this.#registers.set([humidity >> 8, humidity & 0xff], register.data + 6);
  }

  #store(address: number, times: number, reading: number): void {
    const value = times > 0 ? reading & -(1 << unusedBits(times, this.#filterCoefficient())) : 0x80000;
    this.#registers.set([value >> 12, (value >> 4) & 0xff, (value << 4) & 0xf0], address);
  }

  /** The IIR filter (datasheet 3.4.4); the first measurement passes as it is. */
  #filter(raw: Readings): Readings {
    const coefficient = this.#filterCoefficient();
    const last = this.#filtered ?? raw;
    const next = {
      temperature: Math.round((last.temperature * (coefficient - 1) + raw.temperature) / coefficient),
      pressure: Math.round((last.pressure * (coefficient - 1) + raw.pressure) / coefficient),
    };
    this.#filtered = next;
    return { ...next, humidity: raw.humidity };
  }

  /** 1 (off), 2, 4, 8 or 16 (datasheet 5.4.6). */
  #filterCoefficient(): number {
    return 1 << Math.min(((this.#registers[register.config] ?? 0) >> 2) & 0b111, 4);
  }
}

/** The number of readings that the three lowest bits ask for (datasheet 5.4.3, 5.4.5). */
function oversampling(bits: number): number {
  return (1 << Math.min(bits & 0b111, 5)) >> 1;
}

/** Resolution is 16 bits and one more for each doubling of the oversampling, 20 with the filter (datasheet 3.4.2, 3.4.3). */
function unusedBits(times: number, filterCoefficient: number): number {
  return filterCoefficient > 1 ? 0 : 4 - Math.log2(times);
}
