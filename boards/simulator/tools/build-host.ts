import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";

import { canLink, compiler, requireCompiler, runCompiler } from "./compiler.js";
import { engineRoot, hostSources, simulatorBuild } from "./paths.js";

/** How to build the host. */
export interface BuildOptions {
  /** The size of a pointer; by default 32, or 64 where no 32-bit libc is installed. */
  bits?: 32 | 64;
  /** A garbage collection at every allocation: slow, and finds what holds pointers across one. */
  stress?: boolean;
  /** No progress on stderr. */
  quiet?: boolean;
}

/** A built host. */
export interface Host {
  /** The executable. */
  path: string;
  /** The size of a pointer in it. */
  bits: 32 | 64;
}

/** One file to compile; its object is cached under a hash of everything that goes into it. */
interface Unit {
  source: string;
  object: string;
  flags: string[];
}

const engineFlags = [
  "-O1", "-fno-common", "-DINCLUDE_XSPLATFORM", "-DXSPLATFORM=\"platform.h\"", "-DmxMetering=1", "-DmxInstrument=1",
  "-DmxBoundsCheck=1", "-DmxParse=1", "-DmxRun=1", "-DmxSloppy=1", "-DmxNoConsole=1", "-DmxRegExpUnicodePropertyEscapes=1",
  "-DmxStringNormalize=1", "-DmxMinusZero=1",
];

const message32 = "the simulator is built for 64 bits, as no 32-bit libc is installed: memory figures are about twice a device's\n"
  + "(for the device's own figures: apt-get install gcc-multilib)\n";

/** Calls of the engine's own functions that go to the host's instead. */
const redirected: Record<string, string[]> = { "xsRun.c": ["-DfxCheckProfiler=profile_check"] };

/** Sources of the engine that the host replaces by its own. */
const replaced = new Set(["xsDefaults.c"]);

async function listFiles(directory: string, extension: string): Promise<string[]> {
  const names = await readdir(directory);
  return names.filter((name) => name.endsWith(extension)).sort().map((name) => join(directory, name));
}

async function hashFiles(files: string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files)
    hash.update(basename(file)).update("\0").update(await readFile(file)).update("\0");
  return hash.digest("hex");
}

function shortHash(parts: string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}

async function planUnits(bits: 32 | 64, stress: boolean): Promise<Unit[]> {
  const engine = engineRoot();
  const includes = ["includes", "platforms", "sources"].map((name) => join(engine, name));
  const headers = (await Promise.all(includes.map((directory) => listFiles(directory, ".h")))).flat();
  const platform = join(hostSources, "platform.h");
  const engineHash = await hashFiles([...headers, platform]);
  const hostHash = await hashFiles(await listFiles(hostSources, ".h"));
  const common = [`-m${bits}`, ...engineFlags, ...stress ? ["-DmxStress=1"] : [], `-I${hostSources}`];
  const plan = async (source: string, flags: string[], headerHash: string): Promise<Unit> => {
    const object = shortHash([compiler, ...flags, headerHash, await hashFiles([source])]);
    return { source, flags, object: join(simulatorBuild, "objects", `${object}.o`) };
  };
  const engineSources = (await listFiles(join(engine, "sources"), ".c")).filter((file) => !replaced.has(basename(file)));
  const hostFlags = [...common, "-Wall", "-Wextra", "-Werror", ...includes.flatMap((directory) => ["-isystem", directory])];
  return await Promise.all([
    ...engineSources.map((file) => plan(file, [...common, "-w", ...redirected[basename(file)] ?? [], ...includes.map((name) => `-I${name}`)], engineHash)),
    ...(await listFiles(hostSources, ".c")).map((file) => plan(file, hostFlags, engineHash + hostHash)),
  ]);
}

/** Compiles into a file of its own first, so that builds at the same time do not see each other's halves. */
async function produce(target: string, args: string[], what: string): Promise<void> {
  const temporary = `${target}.${randomUUID()}`;
  const result = await runCompiler([...args, "-o", temporary]);
  if (result.code !== 0) {
    await rm(temporary, { force: true });
    throw new Error(`${what} does not compile:\n${result.stderr}`);
  }
  await rename(temporary, target);
}

async function compileUnits(units: Unit[], report: (done: number, total: number) => void): Promise<void> {
  const missing = units.filter((unit) => !existsSync(unit.object));
  let next = 0;
  let done = 0;
  const work = async (): Promise<void> => {
    for (let unit = missing[next++]; unit; unit = missing[next++]) {
      await produce(unit.object, [...unit.flags, "-c", unit.source], unit.source);
      report(++done, missing.length);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
}

function showProgress(bits: number, done: number, total: number): void {
  const line = `building the simulator (${bits}-bit): ${done}/${total}`;
  if (process.stderr.isTTY)
    process.stderr.write(`\r${line}${done === total ? "\n" : ""}`);
  else if (done === total || done % 10 === 0)
    process.stderr.write(`${line}\n`);
}

async function build(bits: 32 | 64, units: Unit[], path: string, quiet: boolean): Promise<Host> {
  await mkdir(join(simulatorBuild, "objects"), { recursive: true });
  await mkdir(join(path, ".."), { recursive: true });
  await compileUnits(units, (done, total) => {
    if (!quiet)
      showProgress(bits, done, total);
  });
  await produce(path, [`-m${bits}`, ...units.map((unit) => unit.object), "-lm", "-lpthread"], "the simulator");
  return { path, bits };
}

/**
 * The simulator's host, built on first use into build/simulator (about 10 seconds on two cores) and cached by a hash of its sources
 * and flags. Throws if there is no C compiler, naming the command that installs one.
 */
export async function buildHost(options: BuildOptions = {}): Promise<Host> {
  const wanted = options.bits ?? 32;
  const stress = options.stress ?? false;
  const units = await planUnits(wanted, stress);
  const path = join(simulatorBuild, shortHash(units.map((unit) => unit.object)), "simulator");
  if (existsSync(path))
    return { path, bits: wanted };
  await requireCompiler();
  if (wanted === 32 && !await canLink(32)) {
    if (options.bits === 32)
      throw new Error("a 32-bit simulator needs a 32-bit libc: apt-get install gcc-multilib");
    if (!options.quiet)
      process.stderr.write(message32);
    return await buildHost({ ...options, bits: 64 });
  }
  return await build(wanted, units, path, options.quiet ?? false);
}
