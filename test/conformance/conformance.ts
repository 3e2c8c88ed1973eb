/**
 * `npm run conformance [-- --check]`: runs the tests that name a statement of MQTT and writes docs/conformance.md; fails when a statement has
 * no passing test. With `--check` no test is run and nothing written: fails when the page is not what passing tests would make it.
 */
import { writeFileSync } from "node:fs";
import { finished } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { run } from "node:test";
import { parseArgs } from "node:util";
import { documentPath, isUpToDate, render } from "./document.js";
import { countOf, shortcomings, toLedger } from "./ledger.js";
import { titledTests } from "./titled-tests.js";

/** A test in the runner's reports, which name the source or the compiled file. */
const key = (file: string, title: string): string => `${file.replace(/^.*\//, "").replace(/ts$/, "js")} ${title}`;

/** Runs test files. @returns those tests that passed. */
async function passing(files: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const passed = new Set<string>();
  const paths = [...files].map((file) => fileURLToPath(new URL(file, import.meta.url)));
  const reports = run({ files: paths, concurrency: 2, timeout: 240_000 });
  reports.on("test:fail", ({ name, details }) => {
    if (details.type !== "suite") process.stderr.write(`${name}\n${String(details.error.cause)}\n\n`);
  });
  reports.on("test:pass", ({ file = "", name, skip, todo }) => {
    if (skip === undefined && todo === undefined) passed.add(key(file, name));
  });
  await finished(reports.resume());
  return passed;
}

const { values } = parseArgs({ options: { check: { type: "boolean" } } });
const tests = await titledTests();
const passed = values.check ? undefined : await passing(new Set(tests.map(({ file }) => file)));
const ledger = toLedger(tests, ({ file, title }) => passed?.has(key(file, title)) ?? true);
if (!values.check) writeFileSync(documentPath, render(ledger));
const wrong = shortcomings(ledger);
if (!isUpToDate(ledger)) wrong.push("docs/conformance.md is not up to date: npm run conformance writes it");
for (const line of wrong) process.stderr.write(`${line}\n`);
process.stdout.write(`MQTT 5.0: ${countOf(ledger.client)} proved\n`);
if (ledger.older.length > 0) process.stdout.write(`MQTT 3.1.1: ${countOf(ledger.older)} proved\n`);
process.exitCode = wrong.length === 0 ? 0 : 1;
