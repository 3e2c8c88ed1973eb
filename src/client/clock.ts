import Time from "time";
import Timer from "timer";

/** A repeat so late that it never matters: in Moddable a timer that does not repeat is gone once it has fired. */
const IDLE_MILLISECONDS = 0x3fffffff;

/** The host's time and its one timer. */
export class Clock {
  readonly #callback: () => void;
  #ticks = Time.ticks;
  #now = 0;
  #timer: Timer | undefined;
  #at = Infinity;

  /** @param callback called at the time that {@link wakeAt} was last given, or earlier. */
  constructor(callback: () => void) {
    this.#callback = callback;
  }

  /** Milliseconds since the clock was made; unlike the host's ticks they do not wrap. */
  now(): number {
    const ticks = Time.ticks;
    this.#now += Time.delta(this.#ticks, ticks);
    this.#ticks = ticks;
    return this.#now;
  }

  /** Asks for the callback at a time, Infinity for not at all. A later time than asked for before is found out when the timer fires. */
  wakeAt(time: number): void {
    if (time >= this.#at) return;
    this.#at = time;
    const delay = time - this.now();
    if (this.#timer === undefined) this.#timer = Timer.set(() => this.#fired(), delay > 0 ? delay : 0, IDLE_MILLISECONDS);
    else Timer.schedule(this.#timer, delay > 0 ? delay : 0, IDLE_MILLISECONDS);
  }

  #fired(): void {
    this.#at = Infinity;
    this.#callback();
  }

  /** Ends the timer. */
  close(): void {
    Timer.clear(this.#timer);
    this.#timer = undefined;
    this.#at = -Infinity;
  }
}
