import { BME280, type BME280Sample } from "../../../src/sensors/bme280/bme280.js";
import type { Bus } from "../../../src/sensors/register-bus.js";
import { BME280Twin, type BME280Fault } from "../../../boards/simulator/world/bme280-twin.js";
import { parseFault } from "../../../boards/simulator/world/fault.js";
import { I2CBus } from "../../../boards/simulator/world/i2c-bus.js";
import type { Conditions } from "../../../boards/simulator/world/scene.js";

/** A BME280's twin on a simulated bus, with a clock that the test moves. */
export class Bench {
  /** Milliseconds since the boot. */
  now = 0;
  conditions: Conditions = { temperature: 21.5, humidity: 45, pressure: 101_325 };
  /** Options that the bus class was constructed with. */
  readonly opened: Record<string, unknown>[] = [];
  closed = 0;
  readonly twin: BME280Twin;
  readonly io: new (options: Record<string, unknown>) => Bus;

  constructor(fault?: string) {
    const kinds: readonly BME280Fault[] = ["nack", "wrong-id", "never-ready"];
    this.twin = new BME280Twin(() => this.conditions, () => this.now, fault === undefined ? undefined : parseFault(fault, kinds));
    const buses = new I2CBus();
    buses.attach(0, 0x76, this.twin);
    this.io = this.#ioClass(buses);
  }

  /** A driver on this bench. */
  open(): BME280 {
    return new BME280({ sensor: { io: this.io, data: 21, clock: 22 } });
  }

  /** Asks until there is a sample, a millisecond each. */
  sample(sensor: BME280): BME280Sample {
    for (let tries = 0; tries < 200; tries++) {
      this.now += 1;
      const sample = sensor.sample();
      if (sample) return sample;
    }
    throw new Error("no sample within 200 ms");
  }

  /** An ECMA-419 I2C class over the simulated bus: like the SDK's, it throws where nothing acknowledges. */
  #ioClass(buses: I2CBus): new (options: Record<string, unknown>) => Bus {
    const { opened } = this;
    const onClose = (): void => {
      this.closed++;
    };
    return class implements Bus {
      readonly #address: number;

      constructor(options: Record<string, unknown>) {
        opened.push(options);
        this.#address = Number(options["address"]);
      }

      write(data: Uint8Array): void {
        if (!buses.write(0, this.#address, Uint8Array.from(data).buffer)) throw new Error("write failed");
      }

      writeRead(data: Uint8Array, result: Uint8Array): void {
        this.write(data);
        const bytes = buses.read(0, this.#address, result.length);
        if (!bytes) throw new Error("writeRead failed");
        result.set(new Uint8Array(bytes));
      }

      close(): void {
        onClose();
      }
    };
  }
}
