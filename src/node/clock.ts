import type { Ticks } from "./host.js";

/** Before this (2020, in milliseconds since 1970), a device's clock has not been set yet. */
export const earliestTime = 1_577_836_800_000;

/** Uptime and time of day in seconds. */
export class Clock {
  readonly #time: Ticks;
  readonly #now: () => number;
  #ticks: number;
  #milliseconds = 0;

  /** @param now - `Date.now`. */
  constructor(time: Ticks, now: () => number) {
    this.#time = time;
    this.#now = now;
    this.#ticks = time.ticks;
  }

  /** Whole seconds since construction. Ask at least every 24 days: then the ticks wrap. */
  uptime(): number {
    const ticks = this.#time.ticks;
    this.#milliseconds += this.#time.delta(this.#ticks, ticks);
    this.#ticks = ticks;
    return Math.floor(this.#milliseconds / 1000);
  }

  /** Whole seconds since 1970, now or at a time in milliseconds; undefined while nobody has set the clock. */
  time(now = this.#now()): number | undefined {
    return now < earliestTime ? undefined : Math.floor(now / 1000);
  }
}
