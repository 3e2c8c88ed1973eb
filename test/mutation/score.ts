import type { MutantResult } from "@stryker-mutator/api/core";

/** How many of a file's mutants its tests have to kill, in percent. */
export const REQUIRED = 90;

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
  return [...files.map((name) => score(name.replace(/^.*\/build\/js\/(.*)js$/, "$1ts"), mutants.filter(({ fileName }) => fileName === name))), score("all files", mutants)].filter(({ mutants }) => mutants > 0);
}

/** What is wrong, line by line: files of which too many mutants survive. */
export function shortcomings(files: readonly Score[]): string[] {
  if (files.length === 0) return ["There is nothing to mutate."];
  return files
    .filter(({ killed, mutants }) => 100 * killed < REQUIRED * mutants)
    .map(({ name, killed, mutants }) => `${name}: ${mutants - killed} of ${mutants} mutants survive, more than ${100 - REQUIRED} %`);
}
