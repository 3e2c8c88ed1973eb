/** An I2C bus for Moddable's simulator, which has none: the sensor on it is the one of our own simulator. */
import { configure, i2cRead, i2cWrite } from "../simulator/world/index.js";
import type { Bus } from "../../src/sensors/bus.js";

class SimulatedI2C implements Bus {
  private readonly address: number;

  constructor(options: Record<string, unknown>) {
    this.address = Number(options["address"]);
  }

  read(result: Uint8Array): void {
    const bytes = i2cRead(0, this.address, result.length);
    if (bytes === undefined) throw new Error("no answer");
    result.set(new Uint8Array(bytes));
  }

  write(data: Uint8Array): void {
    if (!i2cWrite(0, this.address, data.slice().buffer)) throw new Error("no answer");
  }

  writeRead(data: Uint8Array, result: Uint8Array): void {
    this.write(data);
    this.read(result);
  }

  close(): void {
    // Nothing is held.
  }
}

configure({ args: [] });
globalThis.device = Object.freeze({ ...globalThis.device, I2C: { default: { io: SimulatedI2C } } });
