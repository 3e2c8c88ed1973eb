/** What became of the messages of one direction and QoS. */
export interface Account {
  /** Messages whose sender was told that they are safe. */
  readonly accepted: number;
  readonly arrived: number;
  /** Those of accepted that never arrived. */
  readonly lost: readonly string[];
  /** Those that arrived more than once: allowed at QoS 1. */
  readonly repeated: readonly string[];
}

/** Numbered messages of one direction and QoS: what was accepted, and what arrived how often. */
export class Ledger {
  readonly #accepted = new Set<string>();
  readonly #arrivals = new Map<string, number>();

  accept(number: string): void {
    this.#accepted.add(number);
  }

  arrive(number: string): void {
    this.#arrivals.set(number, (this.#arrivals.get(number) ?? 0) + 1);
  }

  has(number: string): boolean {
    return this.#arrivals.has(number);
  }

  /** An earlier arrival that does not count. */
  takeBack(number: string): void {
    this.#arrivals.set(number, (this.#arrivals.get(number) ?? 1) - 1);
  }

  /** Different messages that arrived. */
  get arrived(): number {
    return this.#arrivals.size;
  }

  get #lost(): string[] {
    return [...this.#accepted].filter((number) => !this.#arrivals.has(number));
  }

  get complete(): boolean {
    return this.#lost.length === 0;
  }

  get account(): Account {
    return {
      accepted: this.#accepted.size,
      arrived: this.arrived,
      lost: this.#lost,
      repeated: [...this.#arrivals].filter(([, times]) => times > 1).map(([number]) => number),
    };
  }
}
