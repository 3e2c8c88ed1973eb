import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import type { InstrumenterContext, MutantResult } from "@stryker-mutator/api/core";
import { DryRunStatus, type MutantRunOptions } from "@stryker-mutator/api/test-runner";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { coreTestFiles, distinct, type CoreTest } from "./core-tests.js";
import { CoreTestRunner } from "./runner.js";
import { scores, shortcomings } from "./score.js";

const context: InstrumenterContext = ((globalThis as { __stryker__?: InstrumenterContext }).__stryker__ ??= {});

/** A runner of tests that each fail for one mutant. @param ran gets the tests that it runs. */
function runner(ran: string[]): CoreTestRunner {
  const failsFor = (id: string, mutant: string): CoreTest => ({
    id,
    body: () => {
      ran.push(id);
      if (context.activeMutant === mutant) throw new Error(`${id} fails`);
    },
  });
  return new CoreTestRunner(() => Promise.resolve([failsFor("first", "1"), failsFor("second", "2"), failsFor("third", "3")]));
}

function run(id: string, testFilter: string[]): MutantRunOptions {
  const location = { start: { line: 1, column: 0 }, end: { line: 1, column: 1 } };
  return {
    activeMutant: { id, fileName: "a.js", location, mutatorName: "any", replacement: "" }, testFilter, hitLimit: 10,
    timeout: 1000, disableBail: false, sandboxFileName: "a.js", mutantActivation: "runtime", reloadEnvironment: false,
  };
}

const mutant = (fileName: string, status: MutantResult["status"]): MutantResult => ({ ...run("1", []).activeMutant, fileName, status });

test("a mutant is killed by the first test that fails, and survives when none of those that reach it does", async () => {
  const ran: string[] = [];
  const subject = runner(ran);
  deepEqual(await subject.mutantRun(run("2", ["first", "second", "third"])), { status: "killed", killedBy: ["second"], failureMessage: "second fails", nrOfTests: 2 });
  deepEqual(await subject.mutantRun(run("2", ["first", "third"])), { status: "survived", nrOfTests: 2 });
  deepEqual(ran, ["first", "second", "first", "third"]);
});

test("the test that killed a mutant runs first for the next", async () => {
  const ran: string[] = [];
  const subject = runner(ran);
  for (const id of ["3", "3", "1"]) await subject.mutantRun(run(id, ["first", "second", "third"]));
  deepEqual(ran, ["first", "second", "third", "third", "third", "first"]);
});

test("a mutant that is reached for ever counts as one that ran out of time", async () => {
  const subject = new CoreTestRunner(() => Promise.resolve([{ id: "loop", body: () => { context.hitCount = 11; } }]));
  deepEqual(await subject.mutantRun(run("1", ["loop"])), { status: "timeout" });
});

test("the run without a mutant tells which tests failed, and names each to Stryker while it runs", async () => {
  delete context.activeMutant;
  const seen: unknown[] = [];
  const note: CoreTest = { id: "note", body: () => { seen.push(context.currentTestId); } };
  const fail: CoreTest = { id: "fail", body: () => Promise.reject(new Error("failed")) };
  const result = await new CoreTestRunner(() => Promise.resolve([note, fail])).dryRun();
  ok(result.status === DryRunStatus.Complete);
  deepEqual(result.tests.map(({ id, status }) => [id, status]), [["note", 0], ["fail", 1]]);
  deepEqual([...seen, context.currentTestId], ["note", undefined]);
});

test("the tests of the core are found: those that import a client, a socket or random data are not among them", () => {
  const files = coreTestFiles(join(projectRoot, "build/js")).map((path) => path.replace(/^.*\/test\//, ""));
  for (const file of ["protocol/codec/topic", "protocol/connection/receiver", "hostile/malformed-core", "conformance/auth"]) ok(files.includes(`${file}.test.js`), file);
  deepEqual(files.filter((file) => /\.property\.|growth|client/.test(file)), []);
});

test("two tests of the same name are an error", () => {
  const named = (id: string): CoreTest => ({ id, body: () => undefined });
  equal(distinct([named("a"), named("b")]).length, 2);
  throws(() => distinct([named("a"), named("b"), named("a")]), { message: /: a$/ });
});

/** So many mutants of a file, of which the first are killed. */
const mutants = (file: string, count: number, killed: number): MutantResult[] => Array.from({ length: count }, (_, i) => mutant(file, i < killed ? "Killed" : "Survived"));

test("what never ends is killed, what no test reaches is not, what cannot be reached does not count", () => {
  const all = scores([mutant("a.js", "Killed"), mutant("a.js", "Timeout"), mutant("a.js", "NoCoverage"), mutant("a.js", "Ignored")]);
  deepEqual(all, [{ name: "a.js", killed: 2, mutants: 3 }, { name: "all files", killed: 2, mutants: 3 }]);
  deepEqual(shortcomings(scores([mutant("a.js", "Ignored")]), true), ["There is nothing to mutate."]);
});

test("the tests pass when they kill 90 % of all mutants, where all files are judged", () => {
  deepEqual(shortcomings(scores(mutants("a.js", 20, 18)), true), []);
  deepEqual(shortcomings(scores(mutants("a.js", 20, 17)), true), ["all files: 3 of 20 mutants survive, more than 10 %"]);
  deepEqual(shortcomings(scores(mutants("a.js", 20, 17)), false), []);
});

test("the tests pass when they kill 85 % of the mutants of each file, except of the smallest", () => {
  const good = mutants("a.js", 1000, 1000);
  deepEqual(shortcomings(scores([...good, ...mutants("b.js", 40, 34)]), true), []);
  deepEqual(shortcomings(scores([...good, ...mutants("b.js", 40, 33)]), true), ["b.js: 7 of 40 mutants survive, more than 15 %"]);
  deepEqual(shortcomings(scores([...good, ...mutants("b.js", 39, 0)]), true), []);
});
