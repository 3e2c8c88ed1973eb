import type { TestContext } from "node:test";
import Time from "../../boards/node/time.js";
import Timer from "../../boards/node/timer.js";

interface FakeTimer {
  readonly callback: (timer: FakeTimer) => void;
  at: number;
  repeat: number;
}

/** Replaces a property until the test ends. Node's own mocks note a stack at each call, too slow for thousands of them. */
function replace<T extends object>(test: TestContext, object: T, name: keyof T, descriptor: PropertyDescriptor): void {
  const original = Object.getOwnPropertyDescriptor(object, name);
  if (original === undefined) throw new Error(`there is no ${String(name)} to replace`);
  Object.defineProperty(object, name, { configurable: true, ...descriptor });
  test.after(() => Object.defineProperty(object, name, original));
}

/** Takes the place of the host's `time` and `timer` for one test: time stands still until the test moves it. */
export class FakeClock {
  #now = 0;
  readonly #timers = new Set<FakeTimer>();

  constructor(test: TestContext) {
    replace(test, Time, "ticks", { get: () => this.#now | 0 });
    replace(test, Timer, "set", {
      value: (callback: FakeTimer["callback"], interval = 0, repeat = 0) => {
        const timer = { callback, at: this.#now + interval, repeat };
        this.#timers.add(timer);
        return timer;
      },
    });
    replace(test, Timer, "schedule", {
      value: (timer: FakeTimer, interval: number, repeat: number) => {
        if (!this.#timers.has(timer)) throw new Error("Timer: this timer was cleared");
        timer.at = this.#now + interval;
        timer.repeat = repeat;
      },
    });
    replace(test, Timer, "clear", {
      value: (timer: FakeTimer | undefined) => {
        if (timer !== undefined) this.#timers.delete(timer);
      },
    });
  }

  /** Timers that are set. */
  get timers(): number {
    return this.#timers.size;
  }

  /** Milliseconds until something is due. */
  get next(): number {
    return (this.#first()?.at ?? Infinity) - this.#now;
  }

  /** Lets time pass, in milliseconds; what becomes due is called at its time, in order. */
  advance(milliseconds = 0): void {
    const end = this.#now + milliseconds;
    for (let timer = this.#first(); timer !== undefined && timer.at <= end; timer = this.#first()) {
      this.#now = timer.at;
      if (timer.repeat > 0) timer.at += timer.repeat;
      else this.#timers.delete(timer);
      timer.callback(timer);
    }
    this.#now = end;
  }

  #first(): FakeTimer | undefined {
    let first: FakeTimer | undefined;
    for (const timer of this.#timers) if (first === undefined || timer.at < first.at) first = timer;
    return first;
  }
}
