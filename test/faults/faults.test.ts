import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runRange, runSeeds } from "./seeds.js";
import { simulate } from "./simulation.js";

const SEEDS = 20_000;

/** Faults that a number of seeds cannot leave out. */
const KINDS = [
  "power cut", "power cut in a write", "power cut in an erase", "broker restart", "broker restart without its sessions", "broker of MQTT 3.1.1 only", "takeover by another client", "half-open connection",
  "a cut on the way to the broker", "a cut on the way to the device", "a CONNACK that refuses", "no connection to the broker", "no address for the broker", "other limits at a connection",
];

function command(...options: readonly string[]): { readonly status: number | null; readonly text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...process.execArgv, fileURLToPath(new URL("faults.js", import.meta.url)), ...options], { encoding: "utf8", timeout: 60_000 });
  return { status, text: stdout + stderr };
}

test(`in ${SEEDS.toLocaleString("en")} lives of a node nothing is lost and nothing doubled`, async () => {
  const { counts, failures, seeds } = await runSeeds(1, SEEDS);
  deepEqual(failures, []);
  equal(seeds, SEEDS);
  deepEqual(KINDS.filter((kind) => !counts.has(`fault: ${kind}`)), []);
});

test("a seed is the same life each time, another seed is another", async () => {
  const one = await simulate(5, true);
  const again = await simulate(5, true);
  const other = await simulate(6, true);
  deepEqual(again, one);
  notEqual(other.trace.join(), one.trace.join());
  ok(one.trace.length > 50);
});

test("what a seed counts does not depend on those before it", async () => {
  const alone = await simulate(7);
  await runRange({ first: 1, end: 4, stride: 1 });
  deepEqual([...(await simulate(7)).counts], [...alone.counts]);
});

test("the command says what it ran", () => {
  const { status, text } = command("--seeds", "3", "--seed", "11");
  match(text, /3 seeds from 11, 0 violations/);
  equal(status, 0);
});

for (const [options, message] of [
  [["--seeds", "none"], /--seeds must be a whole number from 1 to 2147483647, not "none"/],
  [["--seed", "-1"], /--seed/],
  [["--seeds", "2", "--trace"], /--trace is for one seed/],
  [["--speed"], /--speed/],
] as const) test(`the command refuses ${options.join(" ")}`, () => {
  const { status, text } = command(...options);
  match(text, message);
  equal(status, 2);
});
