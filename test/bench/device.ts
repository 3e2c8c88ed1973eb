/** Runs a program of test/bench/programs in the simulator. */
import { join } from "node:path";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { runSimulator, type SimulatorOptions } from "../../boards/simulator/tools/simulator.js";

/** A line of JSON that the program wrote. */
export type Line = Readonly<Record<string, unknown>>;

/** A program of the benchmarks. */
export function program(name: string): string {
  return join(projectRoot, "test/bench/programs", `${name}.js`);
}

/** Longest run of a program, in milliseconds: one that waits for what never comes is ended. */
const TIME_LIMIT = 20_000;

/** A program could not do what it was to be measured at; the message says why. */
export class ProgramError extends Error {
  override name = "ProgramError";
}

function isLine(value: unknown): value is Line {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A number in a line. @throws TypeError if it has none of this name. */
export function figure(line: Line | undefined, name: string): number {
  const value = line?.[name];
  if (typeof value !== "number") throw new TypeError(`no number "${name}" in ${JSON.stringify(line)}`);
  return value;
}

/** Runs a program to its end. @throws ProgramError when it does not end well. @returns the lines it wrote. */
export async function run(name: string, options: Omit<SimulatorOptions, "main">): Promise<Line[]> {
  const { code, stdout, stderr } = await runSimulator({ ...options, main: program(name), quiet: true, timeLimit: TIME_LIMIT });
  // Killed: the simulator itself ends with a code. The time it takes to build it does not count.
  if (code === null) throw new ProgramError(`it did not end within ${TIME_LIMIT / 1000} seconds`);
  if (code !== 0) throw new ProgramError(stderr.trim() || `exit code ${code}`);
  if (stdout === "") throw new ProgramError("it ended before it had done anything");
  return stdout.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line) as unknown).filter(isLine);
}
