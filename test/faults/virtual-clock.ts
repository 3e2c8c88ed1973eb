import Time from "../../boards/node/time.js";
import Timer from "../../boards/node/timer.js";

interface Event {
  readonly at: number;
  /** Of two at the same time the one made first comes first. */
  readonly order: number;
  readonly action: () => void;
}

interface VirtualTimer {
  readonly callback: (timer: VirtualTimer) => void;
  /** The event it waits for: those of earlier schedules do nothing any more. */
  event: number;
}

function isEarlier(one: Event, other: Event): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/** Gives a property another descriptor. @returns what brings the old one back. */
function replace<T extends object>(object: T, name: keyof T, descriptor: PropertyDescriptor): () => void {
  const original = Object.getOwnPropertyDescriptor(object, name);
  if (original === undefined) throw new Error(`there is no ${String(name)} to replace`);
  Object.defineProperty(object, name, { configurable: true, ...descriptor });
  return () => void Object.defineProperty(object, name, original);
}

/** The time of a simulation; while it is installed also that of the host's `time` and `timer`. Nothing happens but by {@link step}. */
export class VirtualClock {
  /** Milliseconds since the simulation began. */
  now = 0;
  /** What the device's own clock, of 32 bits that wrap, is ahead. */
  private readonly ticksAhead: number;
  /** Calls a timer back: whose program it belongs to knows whether it still has power. */
  callBack: (action: () => void) => void = (action) => {
    action();
  };
  private readonly timers = new Set<VirtualTimer>();
  /** A heap, the earliest first. */
  private readonly heap: Event[] = [];
  private order = 0;

  constructor(ticksAhead: number) {
    this.ticksAhead = ticksAhead;
  }

  /** Takes the host's place, and that of chance, until the returned function is called. */
  install(random: () => number): () => void {
    const undo = [
      replace(Time, "ticks", { get: () => (this.now + this.ticksAhead) | 0 }),
      replace(Timer, "set", { value: this.setTimer }),
      replace(Timer, "schedule", { value: this.scheduleTimer }),
      replace(Timer, "clear", { value: this.clearTimer }),
      replace(Math, "random", { value: random }),
    ];
    return () => {
      for (const back of undo) back();
    };
  }

  /** Timers that the device has set. */
  get timerCount(): number {
    return this.timers.size;
  }

  /** The device has lost its power. */
  dropTimers(): void {
    this.timers.clear();
  }

  /** Has something happen after so many milliseconds. */
  after(milliseconds: number, action: () => void): number {
    const { heap } = this;
    const event: Event = { at: this.now + milliseconds, order: this.order++, action };
    let i = heap.push(event) - 1;
    for (let parent = heap[(i - 1) >> 1]; i > 0 && parent !== undefined && isEarlier(event, parent); parent = heap[(i - 1) >> 1]) {
      heap[i] = parent;
      i = (i - 1) >> 1;
    }
    heap[i] = event;
    return event.order;
  }

  /** Lets the next thing happen. @returns false when there is none before a time, which it is then. */
  step(until: number): boolean {
    const event = this.heap[0];
    if (event === undefined || event.at > until) {
      this.now = until;
      return false;
    }
    this.removeFirst();
    this.now = event.at;
    event.action();
    return true;
  }

  private removeFirst(): void {
    const { heap } = this;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      let least = heap[child];
      const other = heap[child + 1];
      if (least !== undefined && other !== undefined && isEarlier(other, least)) {
        least = other;
        child++;
      }
      if (least === undefined || !isEarlier(least, last)) break;
      heap[i] = least;
      i = child;
    }
    heap[i] = last;
  }

  private readonly setTimer = (callback: VirtualTimer["callback"], interval = 0): VirtualTimer => {
    const timer = { callback, event: -1 };
    this.timers.add(timer);
    this.scheduleTimer(timer, interval);
    return timer;
  };

  private readonly scheduleTimer = (timer: VirtualTimer, interval: number): void => {
    if (!this.timers.has(timer)) throw new Error("Timer: this timer was cleared");
    const event = this.after(interval, () => {
      if (timer.event === event && this.timers.has(timer)) this.callBack(() => timer.callback(timer));
    });
    timer.event = event;
  };

  private readonly clearTimer = (timer: VirtualTimer | undefined): void => {
    if (timer !== undefined) this.timers.delete(timer);
  };
}
