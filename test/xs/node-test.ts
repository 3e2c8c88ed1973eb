/** Stands for `node:test` inside XS: collects tests while modules load, {@link runTests} runs them. */
type Body = () => void | Promise<void>;

/** A registered test. */
export interface Test {
  readonly name: string;
  readonly body: Body;
}

/** All that was registered, in that order. */
export const tests: Test[] = [];
let prefix = "";

/** Registers a test. */
export function test(name: string, body: Body): void {
  tests.push({ name: prefix + name, body });
}

/** Registers the tests of a group. */
export function suite(name: string, body: () => void): void {
  const outer = prefix;
  prefix = `${outer}${name}: `;
  body();
  prefix = outer;
}

/** What became of one test: its failure, or "", and the bytecode steps it took. */
export interface Outcome {
  readonly index: number;
  readonly name: string;
  readonly failure: string;
  readonly steps: number;
}

/** Runs all tests, but those left out by index, in the order of their registration. @param steps counts bytecode steps. */
export async function runTests(leftOut: readonly number[], steps: () => number, report: (outcome: Outcome) => void): Promise<void> {
  for (const [index, { name, body }] of tests.entries()) {
    if (leftOut.includes(index)) continue;
    const start = steps();
    let failure = "";
    try {
      await body();
    } catch (error) {
      failure = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    }
    report({ index, name, failure, steps: steps() - start });
  }
}
