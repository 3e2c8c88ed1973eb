/** `npm run bench`: see README.md beside this file. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { check, tighten } from "./budgets.js";
import { collect, exact, names, type Name, type Order } from "./collect.js";
import { profile, profiles } from "./profile.js";
import { show } from "./tables.js";

const usage = `npm run bench -- [OPTIONS]

  --json          one line of JSON
  --only NAMES    only these, separated by commas: ${names.join(" ")}
  --compare FILE  another client class of the ECMA-419 MQTT Client Class Pattern, beside our own class
  --check         fails when an exact figure is over its budget in test/bench/budgets.json
  --profile NAME  where the steps of some 1,000 messages or of 1 MiB go, by function: ${profiles.join(" ")}
  --tighten       as --check, and lowers every budget to what was measured
  --help          this text
`;

class UsageError extends Error {
  override name = "UsageError";
}

function isName(name: string): name is Name {
  return (names as readonly string[]).includes(name);
}

function wantedNames(only: string | undefined): ReadonlySet<Name> {
  if (only === undefined) return new Set(names);
  const wanted = only.split(",").map((name) => name.trim());
  const unknown = wanted.filter((name) => !isName(name));
  if (unknown.length > 0) throw new UsageError(`--only: no ${unknown.join(", ")}; known: ${names.join(" ")}`);
  return new Set(wanted.filter(isName));
}

async function checkBudgets(lower: boolean): Promise<number> {
  const result = await collect({ wanted: exact });
  const failures = await check(result);
  for (const failure of failures) process.stderr.write(`${failure}\n`);
  if (lower && failures.length === 0) await tighten(result);
  if (failures.length === 0) process.stdout.write("Every figure is within its budget.\n");
  return failures.length === 0 ? 0 : 1;
}

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { profile: { type: "string" }, json: { type: "boolean" }, only: { type: "string" }, compare: { type: "string" }, check: { type: "boolean" }, tighten: { type: "boolean" }, help: { type: "boolean" } },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (values.profile !== undefined) {
    const name = profiles.find((each) => each === values.profile);
    if (name === undefined) throw new UsageError(`--profile must be one of ${profiles.join(", ")}: ${values.profile}`);
    process.stdout.write(await profile(name));
    return 0;
  }
  if (values.check || values.tighten) return await checkBudgets(values.tighten ?? false);
  const wanted = wantedNames(values.only);
  const file = values.compare === undefined ? undefined : resolve(values.compare);
  if (file !== undefined && !existsSync(file)) throw new UsageError(`--compare: no such file: ${file}`);
  const order: Order = file === undefined ? { wanted } : { wanted, compare: file };
  const result = await collect(order);
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : show(result));
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof UsageError || (error instanceof TypeError && "code" in error)) process.stderr.write(`\n${usage}`);
  process.exitCode = 1;
}
