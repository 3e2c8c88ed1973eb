/** docs/reliability.md. It changes only with what was run, saved or measured. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import type { Summary } from "../faults/seeds.js";
import type { Result } from "../kills/run.js";
import type { Figures } from "./figures.js";
import { brokenSection, faultsSection, flashSection, killsSection, type Finds } from "./sections.js";

export const documentPath = join(projectRoot, "docs/reliability.md");

const INTRODUCTION = `# Reliability
<!-- Written by npm run reliability. -->
What was done to the client and its flash, and what became of the messages: in simulated lives, and with real processes. What is promised
stands in [storage.md](storage.md).
`;

/** The kills that test/kills/result.json tells of. */
export function savedKills(): Result {
  return JSON.parse(readFileSync(join(projectRoot, "test/kills/result.json"), "utf8")) as Result;
}

/** The page. */
export function render(faults: Summary, finds: Finds, kills: Result, figures: Figures): string {
  return [INTRODUCTION, faultsSection(faults), brokenSection(finds), killsSection(kills), flashSection(figures)].join("\n");
}
