import Time from "time";
import Timer from "timer";

/** A repeat so late that it never matters: in Moddable a timer that does not repeat is gone once it has fired. */
const IDLE_MILLISECONDS = 0x3fffffff;

/** What lives by the host's time and its one timer; the lowest layer of a client. */
export abstract class Timed {
  private ticks = Time.ticks;
  private time = 0;
  private timer: Timer | undefined;
  private at = Infinity;

  /** The time that {@link wakeAt} was last given has come, or an earlier one. */
  protected abstract onTime(): void;

  /** Milliseconds since this was made; unlike the host's ticks, 32 bits that wrap, they only grow. */
  now(): number {
    const ticks = Time.ticks;
    this.time += (ticks - this.ticks) | 0;
    this.ticks = ticks;
    return this.time;
  }

  /** A moment of the host's clock in the terms of {@link now}. */
  protected timeOf(ticks: number): number {
    return this.now() + ((ticks - this.ticks) | 0);
  }

  /** Asks for {@link onTime} at a time, Infinity for not at all. A later time than asked for before is found out when the timer fires. */
  protected wakeAt(time: number): void {
    if (time >= this.at) return;
    this.at = time;
    const delay = Math.max(time - this.now(), 0);
    if (this.timer === undefined) this.timer = Timer.set(() => this.fired(), delay, IDLE_MILLISECONDS);
    else Timer.schedule(this.timer, delay, IDLE_MILLISECONDS);
  }

  private fired(): void {
    this.at = Infinity;
    this.onTime();
  }

  /** Ends the timer. */
  protected stopTime(): void {
    Timer.clear(this.timer);
    this.timer = undefined;
    this.at = -Infinity;
  }
}
