import { performance } from "node:perf_hooks";

const ticks = (): number => Math.trunc(performance.now()) | 0;

/** Moddable's `time` module on Node: a clock that never jumps. */
const Time = {
  /** Milliseconds since the program started, a signed 32-bit integer that wraps after 24.8 days as on a device. */
  get ticks(): number {
    return ticks();
  },

  /** Microseconds since the program started. */
  get microseconds(): number {
    return Math.trunc(performance.now() * 1000);
  },

  /** Milliseconds from `start` to `end` (both from `ticks`, `end` by default now), right over a wrap-around. */
  delta(start: number, end = ticks()): number {
    return (end - start) | 0;
  },
};

export default Time;
