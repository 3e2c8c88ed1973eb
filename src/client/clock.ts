import Time from "time";
import Timer from "timer";

/** A repeat so late that it never matters: in Moddable a timer that does not repeat is gone once it has fired. */
const IDLE_MILLISECONDS = 0x3fffffff;

/** A timer that knows whose it is: a closure in its place would take a hundred bytes. */
interface OwnedTimer extends Timer {
  owner?: Timed;
}

function onTimer(timer: OwnedTimer): void {
  const owner = timer.owner;
  if (owner === undefined) return;
  owner.at = Infinity;
  owner.onTime();
}

/** What lives by the host's time and its one timer; the lowest layer of a client. */
export abstract class Timed {
  /** What {@link now} last said. */
  private time = Time.ticks >>> 0;
  private timer: OwnedTimer | undefined;
  /** When the timer fires. */
  at = Infinity;

  /** The time that {@link wakeAt} was last given has come, or an earlier one. */
  abstract onTime(): void;

  /** Milliseconds, 0 or more; unlike the host's ticks, 32 bits that wrap, they only grow. */
  now(): number {
    return (this.time += (Time.ticks - this.time) | 0);
  }

  /** Asks for {@link onTime} at a time, Infinity for not at all. A later time than asked for before is found out when the timer fires. */
  wakeAt(time: number): void {
    if (time >= this.at) return;
    this.at = time;
    const delay = Math.max(time - this.now(), 0);
    if (this.timer === undefined) {
      this.timer = Timer.set(onTimer, delay, IDLE_MILLISECONDS);
      this.timer.owner = this;
    } else Timer.schedule(this.timer, delay, IDLE_MILLISECONDS);
  }

  /** Ends the timer. */
  protected stopTime(): void {
    Timer.clear(this.timer);
    this.timer = undefined;
    this.at = -Infinity;
  }
}
