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

/** The one that the host's `time` and `timer` follow now. */
let running: VirtualClock | undefined;
let taken = false;

function inForce(): VirtualClock {
  if (running === undefined) throw new Error("no simulation is under way");
  return running;
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

  /** A clock takes the host's place, and that of chance, until the returned function is called. */
  static install(clock: VirtualClock, random: () => number): () => void {
    const chance = Math.random;
    takeHost();
    running = clock;
    Math.random = random;
    return () => {
      running = undefined;
      Math.random = chance;
    };
  }

  /** The device's own clock. */
  get ticks(): number {
    return (this.now + this.ticksAhead) | 0;
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

  /** `Timer.set` of the host. */
  setTimer(callback: VirtualTimer["callback"], interval = 0): VirtualTimer {
    const timer = { callback, event: -1 };
    this.timers.add(timer);
    this.scheduleTimer(timer, interval);
    return timer;
  }

  /** `Timer.schedule` of the host. */
  scheduleTimer(timer: VirtualTimer, interval: number): void {
    if (!this.timers.has(timer)) throw new Error("Timer: this timer was cleared");
    const event = this.after(interval, () => {
      if (timer.event === event && this.timers.has(timer)) this.callBack(() => timer.callback(timer));
    });
    timer.event = event;
  }

  /** `Timer.clear` of the host. */
  clearTimer(timer: VirtualTimer | undefined): void {
    if (timer !== undefined) this.timers.delete(timer);
  }
}

/** From now on `time` and `timer` are those of simulations: once and for all, for a property that changes again and again makes slow what looks at it. */
function takeHost(): void {
  if (taken) return;
  taken = true;
  Object.defineProperties(Time, { ticks: { get: () => inForce().ticks } });
  Object.defineProperties(Timer, {
    set: { value: (callback: VirtualTimer["callback"], interval?: number) => inForce().setTimer(callback, interval) },
    schedule: { value: (timer: VirtualTimer, interval: number) => inForce().scheduleTimer(timer, interval) },
    clear: { value: (timer: VirtualTimer | undefined) => inForce().clearTimer(timer) },
  });
}
