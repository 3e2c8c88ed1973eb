import { spawn, spawnSync, type ChildProcess } from "node:child_process";

/** What ends with its parent, through the kernel: part of util-linux. */
const launcher = ["setpriv", "--pdeathsig", "KILL"] as const;

/**
 * Starts a program that ends when this process does, however that ends; where there is no setpriv only an orderly exit is covered.
 * It gets a process group of its own: Ctrl-C reaches us alone, and we decide who goes first.
 * @param output what becomes of its standard output; there is no input.
 * @param errors what becomes of its standard error.
 */
export function spawnDependent(
  program: string,
  args: readonly string[],
  output: "pipe" | "ignore" | "inherit",
  errors: "pipe" | "inherit" = "pipe",
): ChildProcess {
  const [setpriv, ...options] = launcher;
  const launched = spawnSync(setpriv, [...options, "true"], { stdio: "ignore" }).status === 0;
  const child = spawn(launched ? setpriv : program, launched ? [...options, program, ...args] : args, {
    detached: true,
    stdio: ["ignore", output, errors],
  });
  const killWithUs = (): void => void child.kill("SIGKILL");
  process.once("exit", killWithUs);
  child.once("close", () => process.off("exit", killWithUs));
  return child;
}

/** A pipe that was asked for. @throws Error when the process has none. */
export function pipeOf<T>(stream: T | null): T {
  if (stream === null) throw new Error("a process was started without the pipe that is to be read");
  return stream;
}
