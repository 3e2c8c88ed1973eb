import type { MutantResult } from "@stryker-mutator/api/core";

/** How many of all mutants the tests have to kill, in percent. */
export const REQUIRED = 90;

/** How many of the mutants of each file, in percent. */
const FILE_REQUIRED = 85;

/** Mutants that a file has at least to be judged alone: of fewer, two that nobody can tell from the original would decide. */
const FILE_MINIMUM = 40;

/** The name of the last score, which is that of all files together. */
const ALL = "all files";

/** What became of the mutants of a file, or of all. */
export interface Score {
  readonly name: string;
  /** Those that made a test fail or run for ever. */
  readonly killed: number;
  readonly mutants: number;
}

const KILLED: ReadonlySet<string> = new Set(["Killed", "Timeout"]);
const SURVIVED: ReadonlySet<string> = new Set(["Survived", "NoCoverage"]);

function score(name: string, mutants: readonly MutantResult[]): Score {
  const killed = mutants.filter(({ status }) => KILLED.has(status)).length;
  return { name, killed, mutants: killed + mutants.filter(({ status }) => SURVIVED.has(status)).length };
}

/** Of each file that has mutants, in alphabetical order, and of all of them at the end. */
export function scores(mutants: readonly MutantResult[]): Score[] {
  const files = [...new Set(mutants.map(({ fileName }) => fileName))].sort();
  return [...files.map((name) => score(name.replace(/^.*\/build\/js\/(.*)js$/, "$1ts"), mutants.filter(({ fileName }) => fileName === name))), score(ALL, mutants)].filter(({ mutants }) => mutants > 0);
}

/** What is wrong, line by line: files of which too many mutants survive. @param whole whether these are all files, so that their total counts too. */
export function shortcomings(files: readonly Score[], whole: boolean): string[] {
  if (files.length === 0) return ["There is nothing to mutate."];
  return files.flatMap(({ name, killed, mutants }) => {
    const judged = name === ALL ? whole : mutants >= FILE_MINIMUM;
    const required = !judged ? 0 : name === ALL ? REQUIRED : FILE_REQUIRED;
    return 100 * killed < required * mutants ? [`${name}: ${mutants - killed} of ${mutants} mutants survive, more than ${100 - required} %`] : [];
  });
}
