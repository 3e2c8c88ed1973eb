import type { SensorSettings } from "./sensor-configuration.js";

/**
 * The filters of one quantity, in this order: calibration (`value * scale + offset`), median and moving average of the last readings.
 * Until there are as many readings as a filter looks at, it looks at those that there are.
 */
export class Filter {
  private readonly scale: number;
  private readonly offset: number;
  private readonly medianWindow: Window | undefined;
  private readonly averageWindow: Window | undefined;

  /** @param index - the quantity's place in the type's list. */
  constructor({ scale, offset, median, average }: Pick<SensorSettings, "scale" | "offset" | "median" | "average">, index: number) {
    this.scale = scale?.[index] ?? 1;
    this.offset = offset?.[index] ?? 0;
    if (median > 1) this.medianWindow = new Window(median);
    if (average > 1) this.averageWindow = new Window(average);
  }

  /** Takes a reading. @returns what is made of it. */
  next(reading: number): number {
    const calibrated = reading * this.scale + this.offset;
    const middle = this.medianWindow?.add(calibrated).median() ?? calibrated;
    return this.averageWindow?.add(middle).average() ?? middle;
  }
}

/** The last readings, in a ring. */
class Window {
  private readonly values: Float64Array;
  private length = 0;
  private position = 0;

  constructor(size: number) {
    this.values = new Float64Array(size);
  }

  add(value: number): this {
    const { values } = this;
    values[this.position] = value;
    this.position = (this.position + 1) % values.length;
    if (this.length < values.length) this.length++;
    return this;
  }

  /** The middle value, of an even number the mean of the two in the middle. Counts instead of sorting: that needs no second array. */
  median(): number {
    const low = this.ranked((this.length - 1) >> 1);
    return this.length % 2 === 1 ? low : (low + this.ranked(this.length >> 1)) / 2;
  }

  average(): number {
    let sum = 0;
    for (let index = 0; index < this.length; index++) sum += this.values[index] ?? 0;
    return sum / this.length;
  }

  /** The value that so many others go before, in the order of size; equal ones in that of the ring. */
  private ranked(rank: number): number {
    const { values, length } = this;
    for (let index = 0; index < length; index++) {
      const value = values[index] ?? 0;
      let before = 0;
      for (let other = 0; other < length; other++) {
        const compared = values[other] ?? 0;
        if (compared < value || (compared === value && other < index)) before++;
      }
      if (before === rank) return value;
    }
    return NaN;
  }
}
