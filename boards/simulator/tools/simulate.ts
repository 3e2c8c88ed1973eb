import { existsSync } from "node:fs";
import { join } from "node:path";
import { constants } from "node:os";

import { buildHost } from "./build-host.js";
import { parseCommandLine, usage, UsageError } from "./command-line.js";
import { spawnDependent } from "./dependent-process.js";
import { projectRoot } from "./paths.js";
import { hostArguments } from "./simulator.js";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs a module in the simulator, as the command line says; ends with the device's exit code. */
async function simulate(args: readonly string[]): Promise<number> {
  const options = parseCommandLine(args);
  if (options === undefined) {
    process.stdout.write(usage);
    return 0;
  }
  const defaultWorld = join(projectRoot, "build/world.js");
  if (options.world === undefined && existsSync(defaultWorld))
    options.world = defaultWorld;
  const host = await buildHost(options);
  // In a process group of its own: a program hears Ctrl-C once, from us.
  const child = spawnDependent(host.path, hostArguments(options), "inherit", "inherit");
  for (const signal of signals)
    process.on(signal, () => child.kill(signal));
  return await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => { resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])); });
  });
}

try {
  process.exitCode = await simulate(process.argv.slice(2));
}
catch (error) {
  process.stderr.write(`simulate: ${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof UsageError)
    process.stderr.write(`\n${usage}`);
  process.exitCode = 1;
}
