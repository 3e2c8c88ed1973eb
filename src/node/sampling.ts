import type { Sample, Sensor, Timers } from "./host.js";

/** Milliseconds between two looks at a sensor that measures. */
const pollInterval = 20;
/** Looks until a measurement counts as failed: 1 s, several times what a sensor needs. */
const pollLimit = 50;

/**
 * Measures with one sensor without blocking. A sensor that fails is closed and opened anew at the next measurement: that resets it, and
 * one that comes back, or comes late, is found.
 */
export class Sampler {
  readonly #timer: Timers;
  readonly #open: () => Sensor;
  #sensor: Sensor | undefined;
  #pending: Promise<Sample> | undefined;
  #reject: ((error: Error) => void) | undefined;
  #poll: unknown;

  /** @param open - makes the sensor; may throw. */
  constructor(timer: Timers, open: () => Sensor) {
    this.#timer = timer;
    this.#open = open;
  }

  /** Gives new readings; calls during a measurement share it. Rejects with what the sensor threw, or when it gets not ready. */
  measure(): Promise<Sample> {
    return this.#pending ??= this.begin();
  }

  /** Lets go of the sensor; a measurement under way rejects. */
  close(): void {
    this.fail(new Error("the measurement was stopped"));
  }

  private begin(): Promise<Sample> {
    return new Promise((resolve, reject) => {
      let polls = 0;
      this.#reject = reject;
      // Also the first look waits: a sensor just opened starts up.
      this.#poll = this.#timer.repeat(() => {
        try {
          const sample = (this.#sensor ??= this.#open()).sample();
          if (sample) {
            this.end();
            resolve(sample);
          } else if (++polls >= pollLimit) throw new Error(`the sensor has no result after ${pollInterval * pollLimit} ms`);
        } catch (error) {
          this.fail(error instanceof Error ? error : new Error(String(error)));
        }
      }, pollInterval);
    });
  }

  private fail(error: Error): void {
    const sensor = this.#sensor;
    const reject = this.#reject;
    this.end();
    this.#sensor = undefined;
    reject?.(error);
    try {
      sensor?.close();
    } catch {
      // It is given up anyway, and why is told already.
    }
  }

  private end(): void {
    if (this.#poll !== undefined) this.#timer.clear(this.#poll);
    this.#poll = undefined;
    this.#pending = this.#reject = undefined;
  }
}
