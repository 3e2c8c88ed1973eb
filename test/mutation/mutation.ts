/**
 * `npm run mutation [-- FILE...]`: breaks the core on purpose, again and again, and fails when its tests do not notice often enough. FILE is
 * a source file or a folder of src/protocol.
 */
import { readdirSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { parseArgs } from "node:util";
import { Stryker } from "@stryker-mutator/core";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { REQUIRED, scores, shortcomings } from "./score.js";

/** The compiled files that a source file or a folder stands for. */
function compiled(path: string): string[] {
  const source = relative(projectRoot, resolve(path));
  // Not by a pattern: what is left of a source that is gone would match too.
  const sources = source.endsWith(".ts") ? [source] : readdirSync(join(projectRoot, source), { recursive: true, encoding: "utf8" }).map((name) => join(source, name));
  return sources.filter((name) => name.endsWith(".ts")).map((name) => `build/js/${name.replaceAll(sep, "/").replace(/ts$/, "js")}`);
}

const { positionals } = parseArgs({ allowPositionals: true });
const mutate = (positionals.length === 0 ? [join(projectRoot, "src/protocol")] : positionals).flatMap(compiled);
process.chdir(projectRoot);
const mutants = await new Stryker({
  testRunner: "core",
  plugins: ["./build/js/test/mutation/plugin.js"],
  mutate,
  ignorePatterns: ["**", "!build/js/src/protocol/**/*.js", "!build/js/test/**/*.js", "!package.json"],
  // Texts, tables and option objects: not comparisons and bounds.
  mutator: { plugins: null, excludedMutations: ["StringLiteral", "ObjectLiteral", "ArrayDeclaration", "Regex"] },
  coverageAnalysis: "perTest",
  // What runs only while a module is loaded would need a process for each mutant.
  ignoreStatic: true,
  disableTypeChecks: false,
  concurrency: 2,
  timeoutMS: 5000,
  dryRunTimeoutMinutes: 15,
  tempDirName: "build/mutation",
  cleanTempDir: "always",
  reporters: ["clear-text", "progress-append-only"],
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false, reportTests: false, reportMutants: true, reportScoreTable: false, skipFull: false },
  thresholds: { high: 100, low: REQUIRED, break: null },
}).runMutationTest();

const files = scores(mutants);
for (const { name, killed, mutants } of files) process.stdout.write(`${((100 * killed) / mutants).toFixed(1).padStart(5)} % of ${String(mutants).padStart(4)}  ${name}\n`);
const wrong = shortcomings(files, positionals.length === 0);
for (const line of wrong) process.stderr.write(`${line}\n`);
process.exitCode = wrong.length === 0 ? 0 : 1;
