import { deepEqual, equal, ok } from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { runSimulator } from "../../boards/simulator/tools/simulator.js";
import { bundleTests } from "./bundle.js";
import type { Outcome } from "./node-test.js";

async function run(bundle: string, stress: boolean, leftOut: readonly number[]): Promise<Outcome[]> {
  const { code, stdout, stderr } = await runSimulator({
    main: join(projectRoot, "test/xs/programs/tests.js"), preload: { "xs-tests": bundle }, config: { leftOut: JSON.stringify(leftOut) }, stress, quiet: true,
  });
  equal(code, 0, stderr);
  return stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as Outcome);
}

/**
 * Runs test files inside XS, and again with a collection at every allocation. A step costs some thirty times as much then: tests of more
 * than `stressSteps` are left to the first run. Fails when one fails, or too few are run.
 */
export async function passInXs(files: readonly string[], fewest: number, stressSteps: number): Promise<Outcome[]> {
  const folder = await mkdtemp(join(tmpdir(), "xs-tests-"));
  try {
    const bundle = join(folder, "tests.js");
    await bundleTests(files, bundle);
    const outcomes = await run(bundle, false, []);
    deepEqual(outcomes.filter((outcome) => outcome.failure !== ""), []);
    ok(outcomes.length > fewest, `only ${outcomes.length} tests ran`);
    const long = outcomes.filter((outcome) => outcome.steps > stressSteps).map((outcome) => outcome.index);
    const stressed = await run(bundle, true, long);
    deepEqual(stressed.filter((outcome) => outcome.failure !== ""), []);
    equal(stressed.length, outcomes.length - long.length);
    ok(stressed.length > outcomes.length / 2, `only ${stressed.length} tests were short enough`);
    return outcomes;
  } finally {
    await rm(folder, { recursive: true });
  }
}
