/**
 * The world of the simulator: everything outside the chip. The host loads this module into a machine of its own and calls what it
 * exports; see `boards/simulator/README.md` for the interface.
 */
import { ADS1115Twin, ads1115Faults } from "./ads1115-twin.js";
import { BH1750Twin, bh1750Faults } from "./bh1750-twin.js";
import { BME280Twin, bme280Faults } from "./bme280-twin.js";
import { parseScene } from "./csv-scene.js";
import { type Fault, parseFault } from "./fault.js";
import { I2CBus } from "./i2c-bus.js";
import { INA219Twin, ina219Faults } from "./ina219-twin.js";
import { batteryFaults, Pins } from "./pins.js";
import { PMSA003ITwin, pmsa003iFaults } from "./pmsa003i-twin.js";
import { SCD4xTwin, scd4xFaults } from "./scd4x-twin.js";
import { dailyCycle } from "./scene.js";
import { SHT4xTwin, sht4xFaults } from "./sht4x-twin.js";

const bus = new I2CBus();
let pins = new Pins(dailyCycle, () => 0);

/**
 * Builds the world.
 * @param options.args - each `scene=CSV` (the text of the table, see `csv-scene.ts`; default: a daily cycle) or
 *   `fault:PART=KIND[@FROM[-TO]]` with times in seconds since the boot; `docs/sensors.md` lists the kinds of each part.
 * @throws Error saying what is wrong and what is allowed.
 */
export function configure(options: { readonly args: readonly string[] }): void {
  let scene = dailyCycle;
  const texts = new Map<string, string[]>();
  for (const arg of options.args) {
    const end = arg.indexOf("=");
    const name = arg.slice(0, Math.max(end, 0));
    const value = arg.slice(end + 1);
    if (name === "scene") scene = parseScene(value);
    else if (name.startsWith("fault:")) texts.set(name.slice(6), [...texts.get(name.slice(6)) ?? [], value]);
    else throw new Error(`World argument "${arg.slice(0, 40)}": must be scene=CSV or fault:PART=KIND[@FROM[-TO]]`);
  }
  const known: string[] = [];
  const faults = <Kind extends string>(part: string, kinds: readonly Kind[]): Fault<Kind>[] => {
    known.push(part);
    const found = texts.get(part) ?? [];
    texts.delete(part);
    return found.map((text) => parseFault(text, kinds));
  };

  const boot = Date.now();
  const now = (): number => Date.now() - boot;
  bus.attach(0, 0x76, new BME280Twin(scene, now, faults("bme280", bme280Faults)));
  bus.attach(0, 0x44, new SHT4xTwin(scene, now, faults("sht4x", sht4xFaults)));
  bus.attach(0, 0x23, new BH1750Twin(scene, now, faults("bh1750", bh1750Faults)));
  bus.attach(0, 0x40, new INA219Twin(scene, now, faults("ina219", ina219Faults)));
  bus.attach(0, 0x48, new ADS1115Twin(scene, now, faults("ads1115", ads1115Faults)));
  bus.attach(0, 0x62, new SCD4xTwin(scene, now, faults("scd4x", scd4xFaults)));
  bus.attach(0, 0x12, new PMSA003ITwin(scene, now, faults("pmsa003i", pmsa003iFaults)));
  pins = new Pins(scene, now, faults("battery", batteryFaults));
  const [unknown] = texts.keys();
  if (unknown !== undefined) throw new Error(`World argument "fault:${unknown.slice(0, 40)}": the part must be one of ${known.join(", ")}`);
}

/** Bytes to a device; no twin needs to know whether a stop follows. @returns false for NACK. */
export function i2cWrite(port: number, address: number, bytes: ArrayBuffer): boolean {
  return bus.write(port, address, bytes);
}

/** Bytes from a device. @returns undefined for NACK. */
export function i2cRead(port: number, address: number, count: number): ArrayBuffer | undefined {
  return bus.read(port, address, count);
}

/** The level of a pin. */
export function digitalRead(pin: number): 0 | 1 {
  return pins.level(pin);
}

/** A pin's voltage, 0 to 1 of full scale. */
export function analogRead(pin: number): number {
  return pins.share(pin);
}
