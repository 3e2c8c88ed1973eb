import { readFileSync } from "node:fs";
import { readParts } from "../../../src/node/sensor-configuration.js";
import { registry } from "../../../src/sensors/registry.js";
import { UsageError } from "./command-line.js";

/** Names in the simulator's `device.I2C`. */
const buses = ["default"];

/**
 * Reads the file of `--sensors` and asks the firmware, before anything is started, whether it is right.
 * @throws UsageError where there is no such file; Error for what is wrong in it, with the entry, the field and what is allowed.
 */
export function readSensorsFile(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`--sensors ${file}: ${message(error)}`);
  }
  try {
    const value = parse(text);
    readParts(value, registry, buses);
    return value;
  } catch (error) {
    throw new Error(`--sensors ${file}: ${message(error)}`, { cause: error });
  }
}

function parse(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // Node says the position only; a text that ends too early has none.
    const position = /position (\d+)/.exec(message(error))?.[1] ?? text.length;
    throw new Error(`line ${text.slice(0, Number(position)).split("\n").length} is no JSON: ${message(error)}`, { cause: error });
  }
  const name = repeatedName(text);
  if (name !== undefined) throw new Error(`"${name}" stands twice in one object: names must differ`);
  return value;
}

/** The first name that an object of a JSON text has twice: the parser would take the last one silently. */
function repeatedName(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (const [token, colon] of json.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (colon !== undefined) {
      const name = JSON.parse(token.slice(0, -colon.length)) as string;
      const names = open.at(-1);
      if (names?.has(name)) return name;
      names?.add(name);
    }
  }
  return undefined;
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
