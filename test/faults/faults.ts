/**
 * `npm run faults [-- --seeds N] [--seed S] [--trace]`: simulates nodes on bad networks, with bad brokers and bad power, and fails when one
 * promise was not kept. A seed is one node's life; the same seed is the same life.
 */
import { parseArgs } from "node:util";
import { runSeeds } from "./seeds.js";
import { simulate } from "./simulation.js";

const USAGE = "npm run faults -- [--seeds N] [--seed S] [--trace]";

function fail(message: string): never {
  process.stderr.write(`${message}\n${USAGE}\n`);
  process.exit(2);
}

function whole(name: string, text: string | undefined, usual: number, least: number): number {
  const value = text === undefined ? usual : Number(text);
  if (text === "" || !Number.isInteger(value) || value < least || value > 0x7fffffff) fail(`--${name} must be a whole number from ${least} to 2147483647, not "${text ?? ""}"`);
  return value;
}

function parse(): { readonly seeds?: string; readonly seed?: string; readonly trace?: boolean } {
  try {
    return parseArgs({ options: { seeds: { type: "string" }, seed: { type: "string" }, trace: { type: "boolean" } } }).values;
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

const options = parse();
const first = whole("seed", options.seed, 1, 0);
// A seed alone is one that somebody wants to see.
const count = whole("seeds", options.seeds, options.seed === undefined ? 1000 : 1, 1);

if (options.trace) {
  if (count > 1) fail("--trace is for one seed: give --seed S without --seeds");
  process.stdout.write(`${(await simulate(first, true)).trace.join("\n")}\n`);
}
const began = performance.now();
const summary = await runSeeds(first, count);
const { failures, seeds } = summary;
for (const [what, number] of [...summary.counts].sort(([one], [other]) => (one < other ? -1 : 1))) process.stdout.write(`${String(number).padStart(10)}  ${what}\n`);
const [worst] = failures;
if (worst !== undefined) {
  if (!options.trace) process.stdout.write(`\nseed ${worst.seed}:\n${(await simulate(worst.seed, true)).trace.join("\n")}\n\n`);
  for (const { seed, violation } of failures) process.stdout.write(`seed ${seed}: ${violation}\n`);
  process.stdout.write(`again, with what happened: npm run faults -- --seed ${worst.seed} --trace\n`);
}
process.stdout.write(`${seeds} seeds from ${first}, ${failures.length} violations, ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
process.exitCode = failures.length === 0 ? 0 : 1;
