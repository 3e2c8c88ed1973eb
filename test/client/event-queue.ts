/** Values in the order they came, each awaited once: how a test waits for an event, whether it is early or late. */
export class EventQueue<T> {
  readonly #values: T[] = [];
  readonly #waiting: ((value: T) => void)[] = [];

  /** Takes a value; a method that can be passed as a callback. */
  readonly push = (value: T): void => {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#values.push(value);
    else waiting(value);
  };

  /** The next value that nobody has taken. */
  next(): Promise<T> {
    return new Promise((resolve) => {
      const value = this.#values.shift();
      if (value === undefined) this.#waiting.push(resolve);
      else resolve(value);
    });
  }

  /** Values that nobody has taken. */
  get left(): readonly T[] {
    return this.#values;
  }
}
