/** Budgets of the exact figures, kept in budgets.json: what continuous integration holds the library to. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { expected, write } from "./comparison.js";
import type { Result } from "./result.js";

const file = join(projectRoot, "test/bench/budgets.json");

/** What a figure may be at most. */
export interface Budget {
  readonly budget: number;
  /** What it was meant to be, where that is less. */
  readonly aim?: number;
}

function isBudgets(value: unknown): value is Record<string, Budget> {
  return typeof value === "object" && value !== null && Object.values(value).every((each: unknown) => typeof each === "object" && each !== null && "budget" in each && typeof each.budget === "number");
}

export async function budgets(): Promise<Record<string, Budget>> {
  const value: unknown = JSON.parse(await readFile(file, "utf8"));
  if (!isBudgets(value)) throw new Error(`${file} must be {"NAME": {"budget": NUMBER}}`);
  return value;
}

/** A figure by its path, as in "publish0.bytes". */
function figureAt(result: Result, path: string): number {
  const value = path.split(".").reduce<unknown>((object, name) => (typeof object === "object" && object !== null ? Reflect.get(object, name) : undefined), result);
  if (typeof value !== "number") throw new Error(`budgets.json has a budget for ${path}, which is no figure`);
  return value;
}

/** What is over its budget, a sentence each. */
export async function check(result: Result): Promise<string[]> {
  if (result.bits !== 32) throw new Error("budgets are for 32 bits: install a 32-bit libc (apt-get install gcc-multilib)");
  return Object.entries(await budgets())
    .filter(([name, { budget }]) => figureAt(result, name) > budget)
    .map(([name, { budget }]) => `${name}: ${figureAt(result, name)} is over the budget of ${budget}`);
}

/** Lowers every budget to what was measured, or to what was meant if that is more; the README says so. */
export async function tighten(result: Result): Promise<void> {
  const lowered = Object.entries(await budgets()).map(([name, { budget, aim }]) => {
    const reached = Math.min(budget, Math.max(figureAt(result, name), aim ?? 0));
    const open = aim !== undefined && aim < reached;
    return `  ${JSON.stringify(name)}: ${JSON.stringify(open ? { budget: reached, aim } : { budget: reached })}`;
  });
  await writeFile(file, `{\n${lowered.join(",\n")}\n}\n`);
  await write(await expected(await budgets()));
}
