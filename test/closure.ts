/** What a compiled module is made of. */
import { readFile } from "node:fs/promises";
import { relative, resolve } from "node:path";

/** @returns the module and all that it imports, relative to the root and without `.js`. */
export async function closure(root: string, module: string, found = new Set<string>()): Promise<Set<string>> {
  const path = relative(root, module);
  if (found.has(path)) return found;
  found.add(path);
  const text = await readFile(`${module}.js`, "utf8");
  for (const [, source = ""] of text.matchAll(/^(?:import|export) .* from "(\..*)\.js";$/gm)) await closure(root, resolve(module, "..", source), found);
  return found;
}
