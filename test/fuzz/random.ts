/** Spreads the bits of a number over 32 (the finaliser of MurmurHash3). */
function mixed(value: number): number {
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}

/** The one source of chance, small and fast (mulberry32): the same seed gives the same numbers on Node and in XS. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** The numbers of one case. @param stream what they are for, so that one use does not disturb another. */
  static ofCase(seed: number, index: number, stream: number): Random {
    return new Random(mixed(mixed(mixed(seed) + index) + stream));
  }

  /** 0 to 4,294,967,295. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let value = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return (value ^ (value >>> 14)) >>> 0;
  }

  /** 0 to `count` - 1. */
  below(count: number): number {
    return this.next() % count;
  }

  /** True once in so many times. */
  oneIn(count: number): boolean {
    return this.next() % count === 0;
  }

  pick<T>(list: readonly T[]): T {
    const value = list[this.below(list.length)];
    if (value === undefined) throw new RangeError("nothing to choose from");
    return value;
  }
}
