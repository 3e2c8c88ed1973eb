import { Random as Source } from "../fuzz/random.js";

/** Numbers that look random and are the same for the same seed: those of the fuzzer, as chances and shares. */
export class Random {
  private readonly source: Source;

  constructor(seed: number) {
    this.source = new Source(seed);
  }

  /** 0 to below 1. */
  next(): number {
    return this.source.next() / 0x100000000;
  }

  /** A whole number from 0 to below a limit. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}
