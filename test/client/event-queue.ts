/** Milliseconds after which a test that waits has failed: long enough for a busy machine, and nothing waits for it to pass. */
const PATIENCE = 20_000;

/** Values in the order they came, each awaited once: how a test waits for an event, whether it is early or late. */
export class EventQueue<T> {
  readonly #values: { readonly value: T }[] = [];
  readonly #waiting: ((value: T) => void)[] = [];

  /** Takes a value; a method that can be passed as a callback. */
  readonly push = (value: T): void => {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#values.push({ value });
    else waiting(value);
  };

  /** The next value that nobody has taken. Rejects when none comes. */
  next(): Promise<T> {
    const first = this.#values.shift();
    if (first !== undefined) return Promise.resolve(first.value);
    const waiting = new Error("what the test waits for did not come");
    return new Promise((resolve, reject) => {
      const patience = setTimeout(() => reject(waiting), PATIENCE);
      this.#waiting.push((next) => {
        clearTimeout(patience);
        resolve(next);
      });
    });
  }

  /** Values that nobody has taken. */
  get left(): readonly T[] {
    return this.#values.map(({ value }) => value);
  }
}
