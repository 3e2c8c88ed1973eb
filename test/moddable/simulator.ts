/** Moddable's simulator on a screen that nobody sees. */
import { createInterface } from "node:readline";
import { join } from "node:path";
import { pipeOf, spawnDependent } from "../../boards/simulator/tools/dependent-process.js";
import { findProgram } from "../../boards/simulator/tools/find-program.js";
import { MissingError, type Sdk } from "../../boards/tools/sdk.js";

export interface Running {
  /** Ends it. */
  stop(): Promise<void>;
}

export interface Screen extends Running {
  /** Runs a program that was built for it. */
  run(program: string): Running;
}

/** @throws MissingError where there is no Xvfb, or the SDK's simulator is not built. */
export async function openScreen(sdk: Sdk): Promise<Screen> {
  const server = await findProgram("Xvfb");
  if (server === undefined) throw new MissingError("Moddable's simulator needs a screen, if only one that nobody sees.\nInstall it: sudo apt-get install -y xvfb");
  const simulator = join(sdk.root, "build/bin/lin/release/mcsim");
  if ((await findProgram(simulator)) === undefined) throw new MissingError(`Moddable's simulator is not built: there is no ${simulator}.\nBuild the SDK's tools as its guide says.`);
  const child = spawnDependent(server, ["-displayfd", "1", "-screen", "0", "800x600x24", "-nolisten", "tcp"], "pipe");
  const display = await new Promise<string>((resolve, reject) => {
    createInterface({ input: pipeOf(child.stdout) }).once("line", resolve);
    child.once("close", () => reject(new Error("Xvfb did not start")));
  });
  return {
    stop: () => end(child),
    run: (program) => {
      const running = spawnDependent("env", [`DISPLAY=:${display}`, simulator, join(sdk.root, "build/simulators"), program], "ignore");
      return { stop: () => end(running) };
    },
  };
}

function end(child: ReturnType<typeof spawnDependent>): Promise<void> {
  return new Promise((resolve) => {
    child.once("close", () => resolve());
    if (!child.kill("SIGKILL")) resolve();
  });
}
