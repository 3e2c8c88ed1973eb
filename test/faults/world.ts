import { Random } from "../storage/random.js";
import { VirtualClock } from "./virtual-clock.js";

/** What a seed did, by name: faults, messages, what could honestly not be kept. */
export type Counts = Map<string, number>;

/** What everything in one simulation shares: time, chance, and what is written down. */
export class World {
  readonly random: Random;
  readonly clock: VirtualClock;
  readonly counts: Counts = new Map();
  /** What has happened, when it is wanted. */
  readonly trace: string[] | undefined;
  /** Faults happen: not in the end, when everything has to come right. */
  troubled = true;

  constructor(seed: number, traced: boolean) {
    this.random = new Random(seed);
    // Small differences of the seed must make a difference.
    for (let i = 0; i < 3; i++) this.random.next();
    this.clock = new VirtualClock(this.random.chance(0.3) ? 0x7fffffff - this.random.below(60_000) : this.random.below(1000));
    this.trace = traced ? [] : undefined;
  }

  /** Notes an event; the text is made only when somebody wants it. */
  note(text: () => string): void {
    this.trace?.push(`${(this.clock.now / 1000).toFixed(3).padStart(9)} s  ${text()}`);
  }

  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }

  /** Whether a fault happens, which is then counted and noted. */
  fault(probability: number, what: string): boolean {
    if (!this.troubled || !this.random.chance(probability)) return false;
    this.injected(what);
    return true;
  }

  injected(what: string): void {
    this.count(`fault: ${what}`);
    this.note(() => `*** ${what}`);
  }

  between(least: number, most: number): number {
    return least + this.random.below(most - least + 1);
  }
}
