/** Programs for mcconfig, below `build/moddable`. */
import { chmod, mkdir, writeFile } from "node:fs/promises";
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
 */
export async function writeProject(group: string, name: string, manifest: Readonly<Record<string, unknown>>): Promise<Project> {
  const output = join(projectRoot, "build/moddable", group);
  const folder = join(output, name);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(output, 0o700);
  const path = join(folder, "manifest.json");
  await writeFile(path, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
  return { manifest: path, output };
}
