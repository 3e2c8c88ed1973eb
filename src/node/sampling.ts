import type { Sensor } from "../sensors/sensor-type.js";
import type { Timers } from "./host.js";

/** Makes a sensor; an object, for a kept closure costs a device four times as much. */
export interface SensorOpener {
  /** May throw. */
  open(): Sensor;
}

/** How long measuring takes, in milliseconds. */
export interface Pace {
  /** Between two looks at a sensor that measures. Default 20. */
  readonly poll?: number;
  /** Until a measurement counts as failed. Default 1000. */
  readonly timeout?: number;
}

/**
 * Measures with one sensor without blocking. A sensor that fails is closed and opened anew at the next measurement: that resets it, and
 * one that comes back, or comes late, is found.
 */
export class Sampler {
  readonly #timer: Timers;
  readonly #opener: SensorOpener;
  #sensor: Sensor | undefined;
  readonly #pace: Pace;
  #pending: Promise<object> | undefined;
  #reject: ((error: Error) => void) | undefined;
  #poll: unknown;

  /**
   * @param pace - by default several times what most sensors need.
   */
  constructor(timer: Timers, opener: SensorOpener, pace: Pace) {
    this.#timer = timer;
    this.#opener = opener;
    this.#pace = pace;
  }

  /** The sensor while it is open. */
  get sensor(): Sensor | undefined {
    return this.#sensor;
  }

  /** Gives new readings; calls during a measurement share it. Rejects with what the sensor threw, or when it gets not ready. */
  measure(): Promise<object> {
    return this.#pending ??= this.begin();
  }

  /** Lets go of the sensor; a measurement under way rejects. */
  close(): void {
    this.fail(new Error("the measurement was stopped"));
  }

  private begin(): Promise<object> {
    return new Promise((resolve, reject) => {
      const { poll = 20, timeout = 1000 } = this.#pace;
      let time = 0;
      this.#reject = reject;
      // Also the first look waits: a sensor just opened starts up.
      this.#poll = this.#timer.repeat(() => {
        try {
          const sample = (this.#sensor ??= this.#opener.open()).sample();
          if (sample) {
            this.end();
            resolve(sample);
          } else if ((time += poll) >= timeout) throw new Error(`the sensor has no result after ${timeout} ms`);
        } catch (error) {
          this.fail(error instanceof Error ? error : new Error(String(error)));
        }
      }, poll);
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
