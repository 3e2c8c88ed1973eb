/**
 * The README's comparison table, made from budgets.json and peers.json: what we hold ourselves to beside what others measured. Whoever
 * changes a figure runs `npm run bench -- --tighten`, which writes the table anew.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import type { Budget } from "./budgets.js";
import type { ClientFigures } from "./result.js";

const readme = join(projectRoot, "README.md");
const BEGIN = "<!-- comparison: npm run bench -- --tighten -->\n";
const END = "<!-- /comparison -->";

/** A column: its figures by path, as in "publish0.bytes". */
export type Figures = Readonly<Record<string, number>>;

const count = (value: number | undefined): string => (value === undefined ? "-" : value.toLocaleString("en"));
const message = (figures: Figures, name: string): string => [`${name}.bytes`, `${name}.steps`, `${name}.collections`].map((path) => count(figures[path])).join(" / ");

const rows: readonly (readonly [what: string, cell: (figures: Figures) => string])[] = [
  ["Bytecode", (figures) => count(figures["bytecode.full"])],
  ["Bytecode of the smallest useful build, `report`", (figures) => count(figures["bytecode.smallest"])],
  ["RAM connected and idle", (figures) => count(figures["ram.idle"])],
  ["RAM at most while connecting, garbage included", (figures) => count(figures["ram.connectPeak"])],
  ["Publish QoS 0: bytes allocated / steps / collections per 1,000", (figures) => message(figures, "publish0")],
  ["Receive QoS 0", (figures) => message(figures, "receive0")],
  ["Publish QoS 1, acknowledged", (figures) => message(figures, "publish1")],
  ["Receive QoS 1 and acknowledge", (figures) => message(figures, "receive1")],
  ["1 MiB out / in, in pieces: steps per KiB", (figures) => `${count(figures["stream.outStepsPerKiB"])} / ${count(figures["stream.inStepsPerKiB"])}`],
  ["Wake to acknowledged: round trips", (figures) => count(figures["wake.roundTrips"])],
];

/** The table. */
export function render(columns: Readonly<Record<string, Figures>>): string {
  const names = Object.keys(columns);
  const lines = rows.map(([what, cell]) => `| ${what} | ${Object.values(columns).map(cell).join(" | ")} |`);
  return [`| | ${names.join(" | ")} |`, `|---|${names.map(() => "---|").join("")}`, ...lines].join("\n") + "\n";
}

/** What was measured, as a column. */
export function column(figures: ClientFigures): Figures {
  const paths: Record<string, number> = {};
  for (const [name, group] of Object.entries(figures))
    if (typeof group === "object") for (const [key, value] of Object.entries(group as object)) if (typeof value === "number") paths[`${name}.${key}`] = value;
  return paths;
}

/** Figures of others: that of `u8-mqtt` is measured in each run of the tests, those of files that are not here once with `--compare`. */
export async function peers(): Promise<Readonly<Record<string, Figures>>> {
  return JSON.parse(await readFile(join(projectRoot, "test/bench/peers.json"), "utf8")) as Record<string, Figures>;
}

/** What the README has to say. */
export async function expected(budgets: Readonly<Record<string, Budget>>): Promise<string> {
  const own = Object.fromEntries(Object.entries(budgets).map(([name, { budget }]) => [name, budget]));
  return render({ "xs-mqtt": own, ...(await peers()) });
}

/** Where in the README's text the table stands. @throws Error when it has no place for one. */
function place(text: string): readonly [begin: number, end: number] {
  const begin = text.indexOf(BEGIN) + BEGIN.length;
  const end = text.indexOf(END);
  if (begin < BEGIN.length || end < begin) throw new Error(`README.md has no table between ${BEGIN.trim()} and ${END}`);
  return [begin, end];
}

/** What the README says. */
export async function written(): Promise<string> {
  const text = await readFile(readme, "utf8");
  return text.slice(...place(text));
}

/** Writes the table into the README. */
export async function write(table: string): Promise<void> {
  const text = await readFile(readme, "utf8");
  const [begin, end] = place(text);
  await writeFile(readme, text.slice(0, begin) + table + text.slice(end));
}
