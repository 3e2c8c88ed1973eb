import { type Conditions, dailyCycle, type Scene } from "./scene.js";

interface Column {
  readonly name: "seconds" | keyof Conditions;
  readonly minimum: number;
  readonly maximum: number;
}

/** The columns that a scene may have, and their ranges: those in which the sensors work. */
const known: readonly Column[] = [
  { name: "seconds", minimum: 0, maximum: Infinity },
  { name: "temperature", minimum: -40, maximum: 85 },
  { name: "humidity", minimum: 0, maximum: 100 },
  { name: "pressure", minimum: 30_000, maximum: 110_000 },
  { name: "co2", minimum: 0, maximum: 40_000 },
  { name: "illuminance", minimum: 0, maximum: 54_612 },
  { name: "pm1", minimum: 0, maximum: 1000 },
  { name: "pm2_5", minimum: 0, maximum: 1000 },
  { name: "pm10", minimum: 0, maximum: 1000 },
  { name: "supplyVoltage", minimum: 0, maximum: 26 },
  { name: "current", minimum: -3.2, maximum: 3.2 },
  { name: "contact", minimum: 0, maximum: 1 },
  { name: "pulseRate", minimum: 0, maximum: 20 },
];

/** One row; what it has no column for is absent. */
type Row = { readonly seconds: number } & Partial<Conditions>;

/**
 * A scene from a table: a header that begins with `seconds` (since the boot) and names columns of {@link Conditions}, e.g.
 * `seconds,temperature,humidity,pressure`, then rows in the order of time. Between rows it is interpolated; before the first and after
 * the last row, these rows hold. What has no column follows the daily cycle.
 * @throws Error naming line and column of a mistake.
 */
export function parseScene(csv: string): Scene {
  const lines = csv.split(/\r?\n/);
  const columns = parseHeader(lines[0] ?? "");
  const rows: Row[] = [];
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index] ?? "";
    if (line.trim() !== "")
      rows.push(parseRow(columns, line, index + 1, rows.at(-1)));
  }
  const first = rows[0];
  if (first === undefined)
    throw new Error(`Scene, line 2: at least one row must follow the header ${names(columns)}`);
  return (seconds) => ({ ...dailyCycle(seconds), ...interpolate(columns, rows, first, seconds) });
}

function names(columns: readonly Column[]): string {
  return columns.map(({ name }) => name).join(",");
}

function parseHeader(line: string): Column[] {
  const header = line.replace(/\s/g, "").split(",");
  const columns = header.map((name) => known.find((column) => column.name === name));
  const found = columns.filter((column) => column !== undefined);
  if (header[0] !== "seconds" || header.length < 2 || found.length < header.length || new Set(header).size < header.length)
    throw new Error(`Scene, line 1: must be the header seconds,temperature,humidity,pressure or seconds and other columns of ${names(known)}, each once`);
  return found;
}

function parseRow(columns: readonly Column[], line: string, number: number, previous: Row | undefined): Row {
  const fields = line.split(",");
  if (fields.length !== columns.length)
    throw new Error(`Scene, line ${number}: has ${fields.length} columns, must have ${columns.length}: ${names(columns)}`);
  const row: { seconds: number } & { -readonly [Name in keyof Conditions]?: number } = { seconds: 0 };
  columns.forEach((column, index) => {
    const text = (fields[index] ?? "").trim();
    const value = text === "" ? NaN : Number(text);
    if (!(value >= column.minimum && value <= column.maximum))
      throw new Error(`Scene, line ${number}, column ${column.name}: "${text}" must be a number ${
        column.maximum === Infinity ? `of at least ${column.minimum}` : `from ${column.minimum} to ${column.maximum}`}`);
    row[column.name] = value;
  });
  if (previous !== undefined && row.seconds <= previous.seconds)
    throw new Error(`Scene, line ${number}, column seconds: ${row.seconds} must be later than the row before, ${previous.seconds}`);
  return row;
}

/** What the columns but the first say. */
function interpolate(columns: readonly Column[], rows: readonly Row[], first: Row, seconds: number): Partial<Conditions> {
  const next = rows.findIndex((row) => row.seconds > seconds);
  const to = rows[next] ?? rows.at(-1) ?? first;
  const from = next < 0 ? to : rows[next - 1] ?? first;
  const share = to === from ? 0 : (seconds - from.seconds) / (to.seconds - from.seconds);
  const result: { -readonly [Name in keyof Conditions]?: number } = {};
  for (const { name } of columns) {
    const [a = 0, b = 0] = [from[name], to[name]];
    if (name !== "seconds") result[name] = next === 0 ? first[name] ?? 0 : a + (b - a) * share;
  }
  return result;
}
