/**
 * `npm run reliability [-- --seeds N]`: runs seeds of `npm run faults`, measures the journal, and writes docs/reliability.md with them and the
 * saved result of `npm run kills`. Ends with 1 where a promise was not kept; the page then says so.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { runSeeds } from "../faults/seeds.js";
import { violations } from "../kills/violations.js";
import { documentPath, render, savedKills } from "./document.js";
import { measureFigures } from "./figures.js";
import { unexplained } from "./sections.js";

const { values } = parseArgs({ options: { seeds: { type: "string", default: "2000" } } });
const count = Number(values.seeds);
if (!(Number.isInteger(count) && count > 0)) {
  process.stderr.write(`--seeds must be a whole number from 1, not "${values.seeds}"\n`);
  process.exit(2);
}
const faults = await runSeeds(1, count);
const kills = savedKills();
writeFileSync(documentPath, render(faults, kills, await measureFigures()));
const wrong = [
  ...faults.failures.map(({ seed, violation }) => `seed ${seed}: ${violation}`),
  ...violations(kills),
  ...unexplained(faults).map((name) => `test/reliability/apart.ts does not say why this is neither lost nor doubled: ${name}`),
];
for (const line of wrong) process.stderr.write(`${line}\n`);
process.stdout.write(`${faults.seeds} seeds, ${wrong.length} violations; docs/reliability.md is written\n`);
process.exitCode = wrong.length === 0 ? 0 : 1;
