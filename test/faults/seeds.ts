import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { simulate } from "./simulation.js";
import type { Counts } from "./world.js";

/** A seed that did not keep a promise. */
export interface Failure {
  readonly seed: number;
  readonly violation: string;
}

/** What a number of seeds came to. */
export interface Summary {
  readonly seeds: number;
  readonly counts: Counts;
  /** In the order of their seeds. */
  readonly failures: readonly Failure[];
}

/** A range of seeds, every so many of them. */
export interface Range {
  readonly first: number;
  readonly end: number;
  readonly stride: number;
}

/** Runs seeds one after the other. @param enough ends it at so many failures. */
export async function runRange({ first, end, stride }: Range, enough = 20): Promise<Summary> {
  const counts: Counts = new Map();
  const failures: Failure[] = [];
  let seeds = 0;
  for (let seed = first; seed < end && failures.length < enough; seed += stride) {
    const outcome = await simulate(seed);
    seeds++;
    for (const [what, count] of outcome.counts) counts.set(what, (counts.get(what) ?? 0) + count);
    if (outcome.violation !== undefined) failures.push({ seed, violation: outcome.violation });
  }
  return { seeds, counts, failures };
}

/** What a worker sends: a {@link Summary} as JSON can carry it. */
export interface Report {
  readonly seeds: number;
  readonly counts: readonly (readonly [string, number])[];
  readonly failures: readonly Failure[];
}

function runInWorker(range: Range): Promise<Report> {
  const worker = fork(fileURLToPath(new URL("worker.js", import.meta.url)), [JSON.stringify(range)]);
  return new Promise((resolve, reject) => {
    let report: Report | undefined;
    worker.on("message", (message) => (report = message as Report));
    worker.on("error", reject);
    worker.on("exit", (code) => {
      if (report === undefined) reject(new Error(`a worker for every ${range.stride}th seed from ${range.first} ended with ${code ?? "a signal"} and without a result`));
      else resolve(report);
    });
  });
}

/** Runs seeds on all cores, a process each. */
export async function runSeeds(first: number, count: number): Promise<Summary> {
  const workers = Math.min(availableParallelism(), count);
  const reports = await Promise.all(Array.from({ length: workers }, (_, i) => runInWorker({ first: first + i, end: first + count, stride: workers })));
  const counts: Counts = new Map();
  for (const report of reports) for (const [what, number] of report.counts) counts.set(what, (counts.get(what) ?? 0) + number);
  return {
    seeds: reports.reduce((sum, { seeds }) => sum + seeds, 0), counts,
    failures: reports.flatMap(({ failures }) => failures).sort((one, other) => one.seed - other.seed),
  };
}
