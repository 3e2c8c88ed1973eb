/** The lists of what the standards demand, in our own words: mqtt-5.0.tsv and mqtt-3.1.1.tsv beside this file's source. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../../boards/simulator/tools/paths.js";

/** One numbered statement of a standard. */
export interface Statement {
  /** As tests name it: that of MQTT 5.0 alone, that of MQTT 3.1.1 behind "3.1.1 ". */
  readonly id: string;
  readonly requirement: string;
  /** For a statement that only a server can keep: what the client does when it does not. */
  readonly breach: string | undefined;
}

function rows(file: string): string[][] {
  const path = join(projectRoot, "test/conformance", file);
  if (!existsSync(path)) return [];
  const [, ...lines] = readFileSync(path, "utf8").trimEnd().split("\n");
  return lines.map((line) => line.split("\t"));
}

/** The statements of MQTT 5.0, in the standard's order. */
export const mqtt5: readonly Statement[] = rows("mqtt-5.0.tsv").map(([id = "", role, requirement = "", breach = ""]) => ({
  id, requirement, breach: role === "server" ? breach : undefined,
}));

/** What MQTT 3.1.1 demands otherwise than MQTT 5.0. */
export const mqtt311: readonly Statement[] = rows("mqtt-3.1.1.tsv").map(([id = "", requirement = ""]) => ({
  id: `3.1.1 ${id.replace(/^3\.1\.1 /, "")}`, requirement, breach: undefined,
}));
