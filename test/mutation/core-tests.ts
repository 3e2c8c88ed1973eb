import { readdirSync, readFileSync } from "node:fs";
import { register } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type * as Collected from "../xs/node-test.js";

/** A test that can be run again and again in one process. */
export interface CoreTest {
  /** Its file and its name. */
  readonly id: string;
  readonly body: () => void | Promise<void>;
}

/** Where tests of the core are, in the order in which they run. */
const FOLDERS = ["protocol", "hostile", "conformance"];

/** What a test of the core may need: no socket, no client, no random data. */
const CORE = /^(?:src\/protocol|test\/(?:protocol|hostile|conformance))\/|^node:(?:test|assert\/strict)$/;

const IMPORT = /^(?:import|export)\b[^;"]*?\bfrom "([^"]+)"|^import "([^"]+)"/gm;

/** Tests that run the lines of shorter ones a million times: seconds for each mutant that they reach. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  "protocol/codec/packet-writer: a buffer that is too small for the longest string or binary data is told by how much",
  "hostile/malformed-core: MQTT 5.0: a DISCONNECT with the Reason Code, and the end: Reason Codes",
  "hostile/malformed-core: MQTT 5.0: a DISCONNECT with the Reason Code, and the end: properties of other packets",
]);

/** Whether a compiled file and all that it imports are the core's. @param known files that have been looked at. */
function isCore(compiled: string, file: string, known: Map<string, boolean>): boolean {
  const answer = known.get(file);
  if (answer !== undefined) return answer;
  // For files that import each other.
  known.set(file, true);
  const core = CORE.test(relative(compiled, file).replaceAll(sep, "/")) && [...readFileSync(file, "utf8").matchAll(IMPORT)].every(([, from, bare]) => {
    const specifier = from ?? bare ?? "";
    return specifier.startsWith(".") ? isCore(compiled, join(dirname(file), specifier), known) : CORE.test(specifier);
  });
  known.set(file, core);
  return core;
}

/** The compiled test files that need the core only. @param compiled build/js, or a copy of it. */
export function coreTestFiles(compiled: string): string[] {
  const known = new Map<string, boolean>();
  return FOLDERS.flatMap((folder) => readdirSync(join(compiled, "test", folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".test.js"))
    .sort()
    .map((path) => join(compiled, "test", folder, path)))
    .filter((file) => isCore(compiled, file, known));
}

/** Throws when two tests have the same id: only one of them would count. */
export function distinct(tests: readonly CoreTest[]): readonly CoreTest[] {
  const ids = new Set<string>();
  for (const { id } of tests) {
    if (ids.has(id)) throw new Error(`Two tests have the same name, give one another: ${id}`);
    ids.add(id);
  }
  return tests;
}

/** Loads the tests that need the core only, with the core that lies beside them. @param compiled build/js, or a copy of it. */
export async function loadCoreTests(compiled: string): Promise<readonly CoreTest[]> {
  register(pathToFileURL(join(compiled, "test/mutation/hooks.js")));
  const { tests } = (await import(pathToFileURL(join(compiled, "test/xs/node-test.js")).href)) as typeof Collected;
  const loaded: CoreTest[] = [];
  for (const file of coreTestFiles(compiled)) {
    const before = tests.length;
    await import(pathToFileURL(file).href);
    const name = relative(join(compiled, "test"), file).replaceAll(sep, "/").replace(/\.test\.js$/, "");
    loaded.push(...tests.slice(before).map((test) => ({ id: `${name}: ${test.name}`, body: test.body })));
  }
  const missing = [...LEFT_OUT].filter((id) => !loaded.some((test) => test.id === id));
  if (missing.length > 0) throw new Error(`LEFT_OUT in test/mutation/core-tests.ts names no test: ${missing.join("; ")}`);
  return distinct(loaded).filter(({ id }) => !LEFT_OUT.has(id));
}
