import { clearTimeout, setTimeout } from "node:timers";

export type TimerCallback = (timer: Timer) => void;

/** The longest interval of Node's timers, a signed 32-bit number of milliseconds: 24.8 days. */
const longest = 0x7fff_ffff;

/**
 * Moddable's `timer` module on Node. Intervals are in milliseconds, 0 to 2,147,483,647.
 * A scheduled timer keeps the process alive, as timers keep a device at work.
 */
export default class Timer {
  #callback: TimerCallback | undefined;
  #handle: NodeJS.Timeout | undefined;
  #repeat = 0;

  private constructor(callback: TimerCallback) {
    this.#callback = callback;
  }

  /**
   * Calls `callback` once after `interval`, then every `repeat` milliseconds unless `repeat` is 0.
   * @throws TypeError when `callback` is no function, RangeError for an interval out of range.
   */
  static set(callback: TimerCallback, interval = 0, repeat = 0): Timer {
    if (typeof callback !== "function") throw new TypeError("Timer: the callback must be a function");
    check(interval);
    check(repeat);
    const timer = new Timer(callback);
    timer.#schedule(interval, repeat);
    return timer;
  }

  /** Calls `callback` every `interval` milliseconds. Throws as {@link Timer.set} does. */
  static repeat(callback: TimerCallback, interval: number): Timer {
    return Timer.set(callback, interval, interval);
  }

  /**
   * Gives a timer new intervals, also from within its callback. Without intervals it rests until scheduled again.
   * @throws Error when the timer was cleared or its one shot is over, RangeError for an interval out of range.
   */
  static schedule(timer: Timer, interval?: number, repeat = 0): void {
    if (!timer.#callback) throw new Error("Timer: this timer was cleared; make a new one with Timer.set");
    if (interval !== undefined) check(interval);
    check(repeat);
    timer.#unschedule();
    if (interval !== undefined) timer.#schedule(interval, repeat);
    else timer.#repeat = Infinity;
  }

  /** Cancels a timer for good. Does nothing for `undefined`, `null` and a timer that is over. */
  static clear(timer: Timer | null | undefined): void {
    if (!timer) return;
    timer.#unschedule();
    timer.#callback = undefined;
  }

  #schedule(interval: number, repeat: number): void {
    this.#repeat = repeat;
    this.#handle = setTimeout(() => this.#fire(), interval);
  }

  #unschedule(): void {
    clearTimeout(this.#handle);
    this.#handle = undefined;
  }

  #isScheduled(): boolean {
    return this.#handle !== undefined;
  }

  #fire(): void {
    this.#unschedule();
    if (this.#repeat > 0) this.#schedule(this.#repeat, this.#repeat);
    this.#callback?.(this);
    // A one-shot timer that its callback did not schedule again is over.
    if (!this.#isScheduled() && this.#repeat === 0) this.#callback = undefined;
  }
}

function check(interval: number): void {
  if (!(interval >= 0 && interval <= longest)) throw new RangeError(`Timer: ${interval} is no interval; allowed are 0 to ${longest} milliseconds`);
}
