/** Programs for mcconfig, below `build/moddable`. */
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { projectRoot } from "../simulator/tools/paths.js";

export interface Project {
  readonly manifest: string;
  /** Where mcconfig puts what it builds. */
  readonly output: string;
}

/**
 * Writes a manifest over another one. The configuration stands in it because a command line could be seen by others; only its owner can
 * read the folder, where the built program is, too.
 * @param group - programs of a group share the objects of the SDK that mcconfig compiles.
 * @param name - of the program.
 * @param resources - its files by name.
 */
export async function writeProject(group: string, name: string, manifest: Readonly<Record<string, unknown>>, resources: Readonly<Record<string, Uint8Array>> = {}): Promise<Project> {
  const output = join(projectRoot, "build/moddable", group);
  const folder = join(output, name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(output, 0o700);
  const path = join(folder, "manifest.json");
  // Of an earlier build there may be more.
  await rm(join(folder, "resources"), { recursive: true, force: true });
  const files = Object.entries(resources);
  if (files.length > 0) await mkdir(join(folder, "resources"), { mode: 0o700 });
  for (const [file, bytes] of files) await writeFile(join(folder, "resources", file), bytes, { mode: 0o600 });
  const whole = files.length > 0 ? { ...manifest, resources: { "*": "./resources/*" } } : manifest;
  await writeFile(path, `${JSON.stringify(whole, null, 2)}\n`, { mode: 0o600 });
  return { manifest: path, output };
}
