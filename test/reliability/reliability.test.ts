import { deepEqual, match, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { brokenBuilds, ENOUGH } from "../faults/broken-builds.js";
import type { Summary } from "../faults/seeds.js";
import { violations } from "../kills/violations.js";
import { documentPath, savedKills } from "./document.js";
import { measureFigures } from "./figures.js";
import { brokenSection, faultsSection, flashSection, killsSection, unexplained } from "./sections.js";

const page = readFileSync(documentPath, "utf8");

function summary(counts: readonly (readonly [string, number])[], ...violations: readonly string[]): Summary {
  return { seeds: 5, counts: new Map(counts), failures: violations.map((violation, i) => ({ seed: i + 1, violation })) };
}

test("docs/reliability.md has the kills that are saved, and they lost and doubled nothing", () => {
  const kills = savedKills();
  deepEqual(violations(kills), []);
  ok(page.includes(killsSection(kills)), "npm run reliability writes it");
});

test("docs/reliability.md has the figures of the journal as they are measured, and they are what is promised", async () => {
  const figures = await measureFigures();
  ok(page.includes(flashSection(figures)), "npm run reliability writes it");
  for (const [title, { erasesPerThousand, wear, writesPerMessage }] of figures.flash) ok(erasesPerThousand < 30 && wear <= 1.2 && writesPerMessage <= 2, title);
});

test("a seed that lost or doubled something stands in the page", () => {
  const section = faultsSection(summary([], "lost: message 3 was accepted, and is not on flash", "doubled: message 4 at QoS 2", "order: message 5 came after 6"));
  for (const line of ["| a message was lost at QoS 1 or 2 | 1 |", "| a message was doubled at QoS 0 or 2 | 1 |", "- seed 1: lost: message 3", "- seed 2: doubled", "- seed 3: order"]) ok(section.includes(line), line);
  match(section, /another promise was broken[^|]*\| 1 \|/);
});

test("docs/reliability.md names the seed by which each broken build was found", () => {
  for (const what of Object.keys(brokenBuilds)) {
    const [, seed] = page.split(`\n| ${what} | `)[1]?.match(/^([\d,]+) \|/) ?? [];
    ok(seed !== undefined && Number(seed.replace(",", "")) <= ENOUGH, `${what}: npm run reliability writes it`);
  }
  match(brokenSection({ "it was not found": undefined }), /\| it was not found \| none \|/);
});

test("what is counted apart needs a reason", () => {
  deepEqual(unexplained(summary([["fault: power cut", 3], ["messages at QoS 1", 2], ["QoS 1 messages that arrived again", 1], ["messages that went", 1]])), ["messages that went"]);
});
