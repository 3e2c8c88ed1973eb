/**
 * `npm run reliability [-- --seeds N]`: runs seeds of `npm run faults`, has them find what is broken on purpose, measures the journal, and writes docs/reliability.md with them and the
 * saved result of `npm run kills`. Ends with 1 where a promise was not kept; the page then says so.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { brokenBuilds, find, type Find } from "../faults/broken-builds.js";
import { runSeeds } from "../faults/seeds.js";
import { violations } from "../kills/violations.js";
import { documentPath, render, savedKills } from "./document.js";
import { measureFigures } from "./figures.js";
import { unexplained } from "./sections.js";

const { values } = parseArgs({ options: { seeds: { type: "string", default: "20000" } } });
const count = Number(values.seeds);
if (!(Number.isInteger(count) && count > 0)) {
  process.stderr.write(`--seeds must be a whole number from 1, not "${values.seeds}"\n`);
  process.exit(2);
}
const faults = await runSeeds(1, count);
const finds: Record<string, Find | undefined> = {};
for (const [what, breakIt] of Object.entries(brokenBuilds)) finds[what] = await find(breakIt);
const kills = savedKills();
writeFileSync(documentPath, render(faults, finds, kills, await measureFigures()));
const wrong = [
  ...faults.failures.map(({ seed, violation }) => `seed ${seed}: ${violation}`),
  ...Object.keys(finds).filter((what) => finds[what] === undefined).map((what) => `no seed finds that ${what}`),
  ...violations(kills),
  ...unexplained(faults).map((name) => `test/reliability/apart.ts does not say why this is neither lost nor doubled: ${name}`),
];
for (const line of wrong) process.stderr.write(`${line}\n`);
process.stdout.write(`${faults.seeds} seeds, ${wrong.length} violations; docs/reliability.md is written\n`);
process.exitCode = wrong.length === 0 ? 0 : 1;
