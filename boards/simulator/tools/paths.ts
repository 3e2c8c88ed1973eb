import { dirname, join } from "node:path";
import { createRequire } from "node:module";

/** The root of the project. This file runs from build/js/boards/simulator/tools. */
export const projectRoot = join(import.meta.dirname, "../../../../..");

/** Everything generated for the simulator. */
export const simulatorBuild = join(projectRoot, "build/simulator");

/** The C sources of the host. */
export const hostSources = join(projectRoot, "boards/simulator/host");

/** The host's modules in JavaScript, which stand for the SDK's. */
export const hostModules = join(projectRoot, "boards/simulator/modules");

/** The sources of the XS engine, from the npm package that carries them. */
export function engineRoot(): string {
  const manifest = createRequire(import.meta.url).resolve("@agoric/xsnap/package.json");
  return join(dirname(manifest), "moddable/xs");
}
