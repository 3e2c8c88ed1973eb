import { BME280, type BME280Sample } from "../../../src/sensors/bme280/bme280.js";
import type { Bus } from "../../../src/sensors/register-bus.js";
import { BME280Twin, type BME280Fault } from "../../../boards/simulator/world/bme280-twin.js";
import { parseFault } from "../../../boards/simulator/world/fault.js";
import { I2CBus } from "../../../boards/simulator/world/i2c-bus.js";
import { busClass } from "../bus-class.js";
import type { Conditions } from "../../../boards/simulator/world/scene.js";

/** A BME280's twin on a simulated bus, with a clock that the test moves. */
export class Bench {
  /** Milliseconds since the boot. */
  now = 0;
  conditions: Pick<Conditions, "temperature" | "humidity" | "pressure"> = { temperature: 21.5, humidity: 45, pressure: 101_325 };
  /** Options that the bus class was constructed with. */
  readonly opened: Record<string, unknown>[] = [];
  closed = 0;
  readonly twin: BME280Twin;
  readonly io: new (options: Record<string, unknown>) => Bus;

  constructor(fault?: string) {
    const kinds: readonly BME280Fault[] = ["nack", "wrong-id", "never-ready"];
    this.twin = new BME280Twin(() => this.conditions, () => this.now, fault === undefined ? [] : [parseFault(fault, kinds)]);
    const buses = new I2CBus();
    buses.attach(0, 0x76, this.twin);
    this.io = busClass(buses, { opened: (options) => this.opened.push(options), closed: () => this.closed++ });
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
}
