/** A campaign on a thread of its own, so that a case which never ends can be told from outside. */
import { parentPort, workerData } from "node:worker_threads";
import type { Target } from "./cases.js";
import { fuzz } from "./campaign.js";
import { checkOutput, differential } from "./peer-differential.js";

/** What the thread is started with. */
export interface WorkerOrder {
  readonly seed: number;
  readonly target: Target | undefined;
  /** Cases at most, Infinity for no limit. */
  readonly cases: number;
  /** Milliseconds at most, Infinity for no limit. */
  readonly milliseconds: number;
  /** Four bytes: the number of the case in hand. */
  readonly current: SharedArrayBuffer;
}

/** Cases between two looks at the clock. */
const STRIDE = 64;

const { seed, target, cases, milliseconds, current } = workerData as WorkerOrder;
const shared = new Int32Array(current);
const end = performance.now() + milliseconds;
// Every error would note where it came from, which takes as long as the case.
Error.stackTraceLimit = 0;
parentPort?.postMessage(
  fuzz({
    seed,
    target,
    peer: { differential, checkOutput },
    more: (index) => {
      Atomics.store(shared, 0, index);
      return index < cases && (index % STRIDE !== 0 || performance.now() < end);
    },
  }),
);
