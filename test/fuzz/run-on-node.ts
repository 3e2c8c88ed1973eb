import { Worker } from "node:worker_threads";
import type { Target } from "./cases.js";
import { targetOf, type Result } from "./campaign.js";
import type { WorkerOrder } from "./worker.js";
import { makeCase } from "./cases.js";

/** A case takes far less than a millisecond: after so many it hangs. */
const PATIENCE_MILLISECONDS = 20_000;

/** Runs a campaign on a thread. A case that does not end is a finding, and the end of the campaign. */
export async function runOnNode(seed: number, target: Target | undefined, cases: number, milliseconds: number): Promise<Result> {
  const current = new SharedArrayBuffer(4);
  const shared = new Int32Array(current);
  const order: WorkerOrder = { seed, target, cases, milliseconds, current };
  const worker = new Worker(new URL("worker.js", import.meta.url), { workerData: order });
  let watch: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Result>((resolve, reject) => {
      let last = -1;
      watch = setInterval(() => {
        const index = Atomics.load(shared, 0);
        if (index === last) resolve({ cases: index + 1, findings: [{ found: makeCase(seed, index, target ?? targetOf(index)), violation: "does not come to an end" }] });
        last = index;
      }, PATIENCE_MILLISECONDS);
      worker.once("message", resolve);
      worker.once("error", reject);
    });
  } finally {
    clearInterval(watch);
    await worker.terminate();
  }
}
