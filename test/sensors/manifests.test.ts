import { deepEqual } from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { test } from "node:test";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { drivers } from "./driver-figures.js";

interface Manifest {
  readonly modules: Readonly<Record<string, string>>;
  readonly preload: readonly string[];
}

/** A compiled module and all that it imports, without `.js`, from src/sensors on. */
async function closure(root: string, file: string, found = new Set<string>()): Promise<Set<string>> {
  const path = relative(root, file);
  if (found.has(path)) return found;
  found.add(path);
  const text = await readFile(`${file}.js`, "utf8");
  for (const [, source = ""] of text.matchAll(/^import .* from "(\..*)\.js";$/gm)) await closure(root, resolve(file, "..", source), found);
  return found;
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
