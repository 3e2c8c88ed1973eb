/** The boards that the firmware is built for: the folders of `boards/` with a manifest. */
import { existsSync, readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { UsageError } from "../simulator/tools/command-line.js";
import { projectRoot } from "../simulator/tools/paths.js";

export interface Board {
  readonly name: string;
  /** What mcconfig gets as `-p`. */
  readonly platform: string;
  readonly manifest: string;
}

const folder = join(projectRoot, "boards");

/** @returns the boards of this repository by name, in order. */
export function boards(): readonly Board[] {
  return readdirSync(folder).filter((name) => hasManifest(join(folder, name))).sort().map((name) => board(join(folder, name)));
}

/**
 * @param name of a board of this repository, or the path of a folder like theirs.
 * @throws UsageError naming those there are.
 */
export function findBoard(name: string): Board {
  const known = boards();
  const found = known.find((candidate) => candidate.name === name);
  if (found) return found;
  if (name.includes("/") && hasManifest(name)) return board(resolve(name));
  throw new UsageError(`there is no board "${name}"; there are ${known.map((candidate) => candidate.name).join(", ")}, or give the path of a folder with a manifest.json`);
}

function hasManifest(path: string): boolean {
  return existsSync(join(path, "manifest.json"));
}

/** A folder bears the name of the SDK's target, which `esp32` itself has none of. */
function board(path: string): Board {
  const name = basename(path);
  return { name, platform: name === "esp32" ? name : `esp32/${name}`, manifest: join(path, "manifest.json") };
}
