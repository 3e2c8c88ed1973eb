import { deepEqual, equal, ok } from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { runSimulator } from "../../boards/simulator/tools/simulator.js";
import { bundleTests, plainTests } from "./bundle.js";
import type { Outcome } from "./node-test.js";

/** Under a collection at every allocation a step costs some thirty times as much: long loops are left to the other runs. */
const STRESS_STEPS = 60_000;

let folder = "";
let bundle = "";

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "xs-tests-"));
  bundle = join(folder, "tests.js");
  await bundleTests([...plainTests("protocol"), ...plainTests("authentication")], bundle);
});

after(() => rm(folder, { recursive: true }));

async function runTests(stress: boolean, leftOut: readonly number[]): Promise<Outcome[]> {
  const { code, stdout, stderr } = await runSimulator({
    main: join(projectRoot, "test/xs/programs/tests.js"), preload: { "xs-tests": bundle }, config: { leftOut: JSON.stringify(leftOut) }, stress, quiet: true,
  });
  equal(code, 0, stderr);
  return stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as Outcome);
}

test("the protocol core and the authentication methods pass their tests inside XS, and with a collection at every allocation", async () => {
  const outcomes = await runTests(false, []);
  deepEqual(outcomes.filter((outcome) => outcome.failure !== ""), []);
  ok(outcomes.length > 200, `only ${outcomes.length} tests ran`);
  // What docs/authentication.md says of 4,096 iterations.
  equal(Math.floor((outcomes.find(({ name }) => name.startsWith("RFC 7677"))?.steps ?? 0) / 1e6), 97);
  const long = outcomes.filter((outcome) => outcome.steps > STRESS_STEPS).map((outcome) => outcome.index);
  const stressed = await runTests(true, long);
  deepEqual(stressed.filter((outcome) => outcome.failure !== ""), []);
  equal(stressed.length, outcomes.length - long.length);
  ok(stressed.length > outcomes.length / 2, `only ${stressed.length} tests were short enough`);
});
