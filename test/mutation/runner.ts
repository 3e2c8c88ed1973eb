/**
 * A test runner for Stryker: loads the tests of the core once, in its own process, and runs those that reach a mutant for each. They are
 * plain functions without I/O, so that a mutant costs milliseconds and not the start of a process.
 */
import type { InstrumenterContext } from "@stryker-mutator/api/core";
import {
  determineHitLimitReached, DryRunStatus, MutantRunStatus, TestStatus,
  type DryRunResult, type MutantRunOptions, type MutantRunResult, type TestResult, type TestRunner, type TestRunnerCapabilities,
} from "@stryker-mutator/api/test-runner";
import type { CoreTest } from "./core-tests.js";

/** What Stryker's instrumented code looks at. */
const globals = globalThis as { __stryker__?: InstrumenterContext };

export class CoreTestRunner implements TestRunner {
  readonly #context: InstrumenterContext = (globals.__stryker__ ??= {});
  readonly #load: () => Promise<readonly CoreTest[]>;
  #tests: CoreTest[] | undefined;

  /** @param load gives the tests; called at the first run. */
  constructor(load: () => Promise<readonly CoreTest[]>) {
    this.#load = load;
  }

  capabilities(): TestRunnerCapabilities {
    return { reloadEnvironment: false };
  }

  /** Runs all tests without a mutant, to see which of them reach which mutants. */
  async dryRun(): Promise<DryRunResult> {
    const context = this.#context;
    const results: TestResult[] = [];
    for (const test of (this.#tests ??= [...(await this.#load())])) {
      const start = performance.now();
      context.currentTestId = test.id;
      const failure = await failureOf(test);
      const about = { id: test.id, name: test.id, timeSpentMs: performance.now() - start };
      results.push(failure === undefined ? { ...about, status: TestStatus.Success } : { ...about, status: TestStatus.Failed, failureMessage: failure });
    }
    delete context.currentTestId;
    return { status: DryRunStatus.Complete, tests: results, ...(context.mutantCoverage === undefined ? {} : { mutantCoverage: context.mutantCoverage }) };
  }

  /** Runs the tests that reach a mutant until one fails. The one that does runs first for the next mutant, which is a line away. */
  async mutantRun({ activeMutant, testFilter, hitLimit }: MutantRunOptions): Promise<MutantRunResult> {
    const context = this.#context;
    context.activeMutant = activeMutant.id;
    context.hitCount = 0;
    context.hitLimit = hitLimit ?? Infinity;
    const tests = (this.#tests ??= [...(await this.#load())]);
    const wanted = testFilter === undefined ? undefined : new Set(testFilter);
    let nrOfTests = 0;
    for (const [index, test] of tests.entries()) {
      if (wanted?.has(test.id) === false) continue;
      nrOfTests++;
      const failure = await failureOf(test);
      if (determineHitLimitReached(context.hitCount, hitLimit) !== undefined) return { status: MutantRunStatus.Timeout };
      if (failure === undefined) continue;
      tests.unshift(...tests.splice(index, 1));
      return { status: MutantRunStatus.Killed, killedBy: [test.id], failureMessage: failure, nrOfTests };
    }
    return { status: MutantRunStatus.Survived, nrOfTests };
  }
}

async function failureOf(test: CoreTest): Promise<string | undefined> {
  try {
    await test.body();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
