import { ok } from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot } from "../../boards/simulator/tools/paths.js";

/** A number of the README's table, by the comment before it. */
async function readmeNumber(name: string): Promise<number> {
  const readme = await readFile(join(projectRoot, "README.md"), "utf8");
  return Number(new RegExp(`<!-- ${name} -->.*\\| ([\\d,]+) bytes`).exec(readme)?.[1]?.replaceAll(",", ""));
}

/** The README rounds up to this many bytes: names of hosts, ports and readings differ in length. */
const ROUNDED = 1000;

/** Fails when a number of the README differs from what was measured. */
export async function holdsReadme(name: string, measured: unknown): Promise<void> {
  const written = await readmeNumber(name);
  ok(Number(measured) <= written && Number(measured) > written - ROUNDED, `README.md says ${written} bytes for "${name}", measured are ${String(measured)}`);
}
