import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { buildHost } from "./build-host.js";
import { hostModules } from "./paths.js";

/** The memory of the simulated device: that of a chip, enforced, or as much as it wants. */
export const heaps = ["esp32", "esp32c3", "unlimited"] as const;
/** One of {@link heaps}. */
export type Heap = typeof heaps[number];

/** Whether time passes by itself, or jumps to the next deadline when nothing else is to be done. */
export const clocks = ["real", "virtual"] as const;
/** One of {@link clocks}. */
export type Clock = typeof clocks[number];

/** What to run, and on which board. */
export interface SimulatorOptions {
  /** The module to run. */
  main: string;
  /** What the program finds in `args` of the module `simulator`. */
  args?: string[];
  /** The device's memory; by default `unlimited`. */
  heap?: Heap;
  /** The clock; by default `real`. */
  clock?: Clock;
  /** Real milliseconds that a peer has to answer before a virtual clock jumps; by default 20. */
  grace?: number;
  /** Milliseconds of the clock that a network's round trip takes; by default 0. */
  roundTrip?: number;
  /** Modules by specifier that live in flash: they cost the device no memory. */
  preload?: Record<string, string>;
  /** Further modules by specifier; their bytecode is in flash, what they create at run time is not. */
  modules?: Record<string, string>;
  /** Files by name for `Resource`. */
  resources?: Record<string, string>;
  /** The properties of `mc/config`; must be JSON. */
  config?: Record<string, unknown>;
  /** A module that plays what is outside the chip: bus devices, pins. */
  world?: string;
  /** Passed to the world's `configure`. */
  worldArgs?: string[];
  /** A directory for flash and key-value storage, created if needed; without it they are forgotten at the end. */
  storage?: string;
  /** Microseconds of real time that 16 bytes written to flash in a file take, or 256 erased, so that a kill may leave a write torn; by default 0. */
  flashTime?: number;
  /** Ends with one line of JSON on stdout: what the run cost. */
  report?: boolean;
  /** Ends with a table on stderr: steps and allocated bytes by function. Costs a step a statement. */
  profile?: boolean;
  /** A pointer's size; see {@link buildHost}. */
  bits?: 32 | 64;
  /** A garbage collection at every allocation. */
  stress?: boolean;
  /** No progress on stderr while building. */
  quiet?: boolean;
}

/** The SDK's specifiers, by the file in boards/simulator/modules that stands for each. */
const specifiers: Record<string, string> = {
  analog: "embedded:io/analog",
  builtin: "embedded:provider/builtin",
  digital: "embedded:io/digital",
  flash: "embedded:storage/flash",
  i2c: "embedded:io/i2c",
  "key-value": "embedded:storage/key-value",
  pwm: "embedded:io/pwm",
  resolver: "embedded:network/dns/resolver/udp",
  resource: "Resource",
  simulator: "simulator",
  sleep: "sleep",
  smbus: "embedded:io/smbus",
  tcp: "embedded:io/socket/tcp",
  time: "time",
  timer: "timer",
  udp: "embedded:io/socket/udp",
  wifi: "embedded:network/interface/wifi",
};

function hostModuleArguments(): string[] {
  return readdirSync(hostModules).sort().map((file) => {
    const specifier = specifiers[file.replace(/\.js$/, "")];
    if (specifier === undefined)
      throw new Error(`boards/simulator/modules/${file} has no specifier in boards/simulator/tools/simulator.ts`);
    return `--host-module=${specifier}=${join(hostModules, file)}`;
  });
}

function requireFile(what: string, file: string): string {
  if (!existsSync(file))
    throw new Error(`${what}: no such file: ${file}`);
  return file;
}

function fileArguments(option: string, files: Record<string, string> = {}): string[] {
  return Object.entries(files).map(([name, file]) => `--${option}=${name}=${requireFile(`--${option} ${name}`, file)}`);
}

function valueArgument(option: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [`--${option}=${value}`];
}

/** The host's command line for `options`. Throws if a file is missing. */
export function hostArguments(options: SimulatorOptions): string[] {
  return [
    ...hostModuleArguments(),
    ...valueArgument("heap", options.heap),
    ...valueArgument("clock", options.clock),
    ...valueArgument("grace", options.grace),
    ...valueArgument("round-trip", options.roundTrip),
    ...valueArgument("config", options.config && JSON.stringify(options.config)),
    ...valueArgument("world", options.world && requireFile("--world", options.world)),
    ...(options.worldArgs ?? []).map((value) => `--world-arg=${value}`),
    ...valueArgument("storage", options.storage),
    ...valueArgument("flash-time", options.flashTime),
    ...fileArguments("preload", options.preload),
    ...fileArguments("module", options.modules),
    ...fileArguments("resource", options.resources),
    ...options.report ? ["--report"] : [],
    ...options.profile ? ["--profile"] : [],
    "--",
    requireFile("the module to run", options.main),
    ...options.args ?? [],
  ];
}

/**
 * Starts a simulated device, building the simulator first if needed. stdout carries the program's lines of JSON, stderr its trace and
 * the explanation of an abort. Throws if a file is missing or the simulator cannot be built.
 */
export async function spawnSimulator(options: SimulatorOptions, stdio: StdioOptions = "pipe"): Promise<ChildProcess> {
  const host = await buildHost(options);
  return spawn(host.path, hostArguments(options), { stdio });
}

/** How a run ended, and everything it said. */
export interface SimulatorResult {
  /** The exit code; `null` if a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Runs a simulated device to its end.
 * @param options with `timeLimit`: milliseconds of real time after which the device is killed.
 */
export async function runSimulator(options: SimulatorOptions & { readonly timeLimit?: number }): Promise<SimulatorResult> {
  const child = await spawnSimulator(options, ["ignore", "pipe", "pipe"]);
  const timer = options.timeLimit === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), options.timeLimit);
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => { stdout += text; });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => { stderr += text; });
  return await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    });
  });
}
