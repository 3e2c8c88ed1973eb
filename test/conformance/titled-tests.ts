/** The tests that name what they prove: `test("[MQTT-3.1.0-1] CONNECT comes first", ...)`. */
import { readdirSync } from "node:fs";
import { register } from "node:module";
import { join } from "node:path";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { titles } from "./recorder.js";

export interface TitledTest {
  /** Name of the compiled file. */
  readonly file: string;
  readonly title: string;
  /** What it proves, as {@link Statement.id}. */
  readonly ids: readonly string[];
  /** The title without them. */
  readonly behaviour: string;
}

const FORM = /^((?:\[[^\]]+\])+) (.+)$/;

/** A test as its title has it; undefined for one that names no statement. */
export function parseTitle(file: string, title: string): TitledTest | undefined {
  const [, ids, behaviour] = FORM.exec(title) ?? [];
  return ids === undefined || behaviour === undefined ? undefined : { file, title, ids: ids.slice(1, -1).split("]["), behaviour };
}

/** All tests of this directory that name a statement, by file and in the order they stand there. Loads the files, runs no test. */
export async function titledTests(): Promise<TitledTest[]> {
  const found: TitledTest[] = [];
  register("./recorder-hooks.js", import.meta.url);
  for (const source of readdirSync(join(projectRoot, "test/conformance")).filter((name) => name.endsWith(".test.ts")).sort()) {
    const file = source.replace(/ts$/, "js");
    titles.length = 0;
    await import(new URL(`${file}?titles`, import.meta.url).href);
    for (const title of titles) {
      const test = parseTitle(file, title);
      if (test !== undefined) found.push(test);
    }
  }
  return found;
}
