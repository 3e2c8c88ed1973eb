/**
 * The world of the simulator: everything outside the chip. The host loads this module into a machine of its own and calls what it
 * exports; see `boards/simulator/README.md` for the interface.
 */
import { BME280Twin, bme280Faults } from "./bme280-twin.js";
import { parseScene } from "./csv-scene.js";
import { parseFault } from "./fault.js";
import { I2CBus } from "./i2c-bus.js";
import { dailyCycle } from "./scene.js";

const bus = new I2CBus();

/**
 * Builds the world.
 * @param options.args - each `scene=CSV` (the text of the table, see `csv-scene.ts`; default: a daily cycle) or
 *   `fault:bme280=KIND[@FROM[-TO]]` with KIND `nack`, `wrong-id` or `never-ready` and times in seconds since the boot.
 * @throws Error saying what is wrong and what is allowed.
 */
export function configure(options: { readonly args: readonly string[] }): void {
  let scene = dailyCycle;
  let fault: ReturnType<typeof parseFault<(typeof bme280Faults)[number]>> | undefined;
  for (const arg of options.args) {
    const end = arg.indexOf("=");
    const name = arg.slice(0, Math.max(end, 0));
    const value = arg.slice(end + 1);
    if (name === "scene") scene = parseScene(value);
    else if (name === "fault:bme280") fault = parseFault(value, bme280Faults);
    else throw new Error(`World argument "${arg.slice(0, 40)}": must be scene=CSV or fault:bme280=KIND[@FROM[-TO]]`);
  }
  const boot = Date.now();
  bus.attach(0, 0x76, new BME280Twin(scene, () => Date.now() - boot, fault));
}

/** Bytes to a device; no twin needs to know whether a stop follows. @returns false for NACK. */
export function i2cWrite(port: number, address: number, bytes: ArrayBuffer): boolean {
  return bus.write(port, address, bytes);
}

/** Bytes from a device. @returns undefined for NACK. */
export function i2cRead(port: number, address: number, count: number): ArrayBuffer | undefined {
  return bus.read(port, address, count);
}
