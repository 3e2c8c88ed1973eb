import { deepEqual } from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { closure } from "../closure.js";
import { drivers } from "./driver-figures.js";

interface Manifest {
  readonly modules: Readonly<Record<string, string>>;
  readonly preload: readonly string[];
}

test("each driver's manifest has its module and all that it imports, and preloads them", async () => {
  const compiled = join(projectRoot, "build/js/src/sensors");
  for (const folder of Object.values(drivers)) {
    const needed = await closure(compiled, join(compiled, folder, folder));
    const { modules, preload } = JSON.parse(await readFile(join(projectRoot, "src/sensors", folder, "manifest.json"), "utf8")) as Manifest;
    deepEqual(Object.values(modules).map((path) => join(folder, path)).sort(), [...needed].sort(), folder);
    deepEqual([...preload].sort(), Object.keys(modules).sort(), folder);
  }
});
