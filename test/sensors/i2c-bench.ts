import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { type Fault, parseFault } from "../../boards/simulator/world/fault.js";
import { I2CBus, type I2CDevice } from "../../boards/simulator/world/i2c-bus.js";
import { type Conditions, dailyCycle, type Scene } from "../../boards/simulator/world/scene.js";
import type { BusOptions } from "../../src/sensors/bus.js";
import { busClass } from "./bus-class.js";

/** When the clock of a bench begins. */
const epoch = Date.UTC(2026, 0, 1);

/** A part's twin on a simulated bus. The clock is the test's: it stands still until {@link tick}. */
export class I2CBench {
  readonly twin: I2CDevice;
  /** What a driver is constructed with. */
  readonly options: { readonly sensor: BusOptions };
  /** Options that the bus class was constructed with. */
  readonly opened: Record<string, unknown>[] = [];
  closed = 0;
  conditions: Conditions;
  readonly #context: TestContext;

  /** @param twin - makes the part's twin. */
  constructor(context: TestContext, address: number, twin: (scene: Scene, now: () => number) => I2CDevice, conditions: Partial<Conditions> = {}) {
    context.mock.timers.enable({ apis: ["Date"], now: epoch });
    this.#context = context;
    this.conditions = { ...dailyCycle(0), ...conditions };
    this.twin = twin(() => this.conditions, () => this.now);
    const buses = new I2CBus();
    buses.attach(0, address, this.twin);
    const io = busClass(buses, { opened: (options) => this.opened.push(options), closed: () => this.closed++ });
    this.options = { sensor: { io, data: 21, clock: 22 } };
  }

  /** Milliseconds since the boot. */
  get now(): number {
    return Date.now() - epoch;
  }

  /** The time of a sample as the device's clock has it. */
  at(milliseconds: number): number {
    return epoch + milliseconds;
  }

  tick(milliseconds: number): void {
    this.#context.mock.timers.tick(milliseconds);
  }

  /** Asks until there is a sample, once every `step` ms, for `limit` ms. */
  sample<Sample>(sensor: { sample(): Sample | undefined }, limit = 1000, step = 5): Sample {
    for (let time = 0; time <= limit; time += step) {
      const sample = sensor.sample();
      if (sample !== undefined) return sample;
      this.tick(step);
    }
    throw new Error(`no sample within ${limit} ms`);
  }
}

/** Makes benches of a part in given conditions: with the faults that a test names, e.g. `crc@0-1`. */
export function benches<Kind extends string>(
  address: number, Twin: new (scene: Scene, now: () => number, faults: readonly Fault<Kind>[]) => I2CDevice, kinds: readonly Kind[], conditions: Partial<Conditions>,
): (context: TestContext, ...faults: string[]) => I2CBench {
  return (context, ...faults) => new I2CBench(context, address, (scene, now) => new Twin(scene, now, faults.map((text) => parseFault(text, kinds))), conditions);
}

/** A part that has the same bytes at each read, whatever was written. */
export function fixedPart(bytes: readonly number[]): () => I2CDevice {
  return () => ({ write: () => true, read: (count) => Uint8Array.from(bytes).subarray(0, count) });
}

/** Fails unless a measurement takes so many milliseconds, not one less, and the sample has the time at which it was begun. */
export function takes(subject: I2CBench, sensor: { sample(): { readonly time: number } | undefined }, milliseconds: number): void {
  const begun = subject.now;
  assert.equal(sensor.sample(), undefined);
  subject.tick(milliseconds - 1);
  assert.equal(sensor.sample(), undefined);
  subject.tick(1);
  assert.equal(sensor.sample()?.time, subject.at(begun));
}

/** Whether a number is as near as the step in which the part measures allows. */
export function isNear(actual: number | undefined, expected: number, tolerance: number): boolean {
  return actual !== undefined && Math.abs(actual - expected) <= tolerance;
}
