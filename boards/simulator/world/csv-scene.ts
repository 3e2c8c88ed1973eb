import type { Conditions, Scene } from "./scene.js";

const header = "seconds,temperature,humidity,pressure";

/** Ranges of the columns: those in which the sensors work. */
const columns = [
  { name: "seconds", minimum: 0, maximum: Infinity },
  { name: "temperature", minimum: -40, maximum: 85 },
  { name: "humidity", minimum: 0, maximum: 100 },
  { name: "pressure", minimum: 30_000, maximum: 110_000 },
] as const;

interface Row extends Conditions {
  readonly seconds: number;
}

/**
 * A scene from a table: the header `seconds,temperature,humidity,pressure` (s since the boot, degrees Celsius, percent, pascal), then
 * rows in the order of time. Between rows it is interpolated; before the first and after the last row, these rows hold.
 * @throws Error naming line and column of a mistake.
 */
export function parseScene(csv: string): Scene {
  const lines = csv.split(/\r?\n/);
  if (lines[0]?.replace(/\s/g, "") !== header)
    throw new Error(`Scene, line 1: must be the header ${header}`);
  const rows: Row[] = [];
  for (let index = 1; index < lines.length; index++) {
    const line = lines[index] ?? "";
    if (line.trim() !== "")
      rows.push(parseRow(line, index + 1, rows.at(-1)));
  }
  const first = rows[0];
  if (first === undefined)
    throw new Error(`Scene, line 2: at least one row must follow the header ${header}`);
  return (seconds) => interpolate(rows, first, seconds);
}

function parseRow(line: string, number: number, previous: Row | undefined): Row {
  const fields = line.split(",");
  if (fields.length !== columns.length)
    throw new Error(`Scene, line ${number}: has ${fields.length} columns, must have ${columns.length}: ${header}`);
  const [seconds = 0, temperature = 0, humidity = 0, pressure = 0] = columns.map((column, index) => {
    const text = (fields[index] ?? "").trim();
    const value = text === "" ? NaN : Number(text);
    if (!(value >= column.minimum && value <= column.maximum))
      throw new Error(`Scene, line ${number}, column ${column.name}: "${text}" must be a number ${
        column.maximum === Infinity ? `of at least ${column.minimum}` : `from ${column.minimum} to ${column.maximum}`}`);
    return value;
  });
  if (previous !== undefined && seconds <= previous.seconds)
    throw new Error(`Scene, line ${number}, column seconds: ${seconds} must be later than the row before, ${previous.seconds}`);
  return { seconds, temperature, humidity, pressure };
}

function interpolate(rows: readonly Row[], first: Row, seconds: number): Conditions {
  const next = rows.findIndex((row) => row.seconds > seconds);
  const to = rows[next];
  const from = rows[next - 1];
  if (to === undefined)
    return rows.at(-1) ?? first;
  if (from === undefined)
    return first;
  const share = (seconds - from.seconds) / (to.seconds - from.seconds);
  const between = (a: number, b: number): number => a + (b - a) * share;
  return {
    temperature: between(from.temperature, to.temperature),
    humidity: between(from.humidity, to.humidity),
    pressure: between(from.pressure, to.pressure),
  };
}
