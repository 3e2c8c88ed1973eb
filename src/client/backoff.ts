/**
 * Exponential backoff with full jitter: delays are drawn evenly from 0 to a ceiling that doubles from `minimum` to `maximum`
 * milliseconds, so that many nodes do not come back in step.
 */
export class Backoff {
  readonly #minimum: number;
  readonly #maximum: number;
  #ceiling: number;

  constructor(minimum: number, maximum: number) {
    this.#minimum = this.#ceiling = minimum;
    this.#maximum = maximum;
  }

  /** The next delay in milliseconds. */
  next(): number {
    const delay = Math.floor(Math.random() * (this.#ceiling + 1));
    this.#ceiling = Math.min(Math.max(this.#ceiling, 1) * 2, this.#maximum);
    return delay;
  }

  /** The next delay is drawn up to the highest ceiling: what failed needs somebody to mend it. */
  slow(): void {
    this.#ceiling = this.#maximum;
  }

  reset(): void {
    this.#ceiling = this.#minimum;
  }
}
