/** Builds with Moddable's tools. */
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import type { Board } from "../../boards/tools/boards.js";
import { writeProject } from "../../boards/tools/project.js";
import type { Sdk } from "../../boards/tools/sdk.js";

const run = promisify(execFile);

/** Programs share the engine's objects, so that it is compiled once. */
const group = "tests";

/** Modules of ours; `xs-mqtt/sdk-handshake` is the SDK's under another name. */
const ours = /^(xs-mqtt\/(?!sdk-)|ssl\/cert|ssl\/handshake|main\.xsb)/;

/** What the SDK's linker made of a board's JavaScript. */
export interface Linked {
  readonly board: string;
  /** Bytes of bytecode in all, and in the firmware's modules. */
  readonly bytecode: number;
  readonly own: number;
  /** Slots of 16 bytes that lie in flash. */
  readonly preloaded: number;
  /** Objects in flash that may still be changed: each takes a pointer of 4 bytes in RAM. */
  readonly aliases: number;
  /** All modules, as their files are named. */
  readonly modules: readonly string[];
  /** Those that run on the device, because they are not preloaded. */
  readonly late: readonly string[];
}

/** Kinds of builds: `instrument` has the SDK's meters. */
type Kind = "release" | "instrument";

/** Where mcconfig keeps what it makes on the way to a program for Moddable's simulator. */
export function programFolder(name: string, kind: Kind = "release"): string {
  return join(projectRoot, "build/moddable", group, "tmp/lin/mc", kind, name);
}

/**
 * Builds a program for Moddable's simulator.
 * @param resources - its files by name.
 * @returns the path of what mcsim loads.
 * @throws Error with the tools' output.
 */
export async function buildForSimulator(sdk: Sdk, name: string, manifest: Readonly<Record<string, unknown>>, resources?: Readonly<Record<string, Uint8Array>>, kind: Kind = "release"): Promise<string> {
  const project = await writeProject(group, name, manifest, resources);
  // make does not see that a module has another source than last time.
  await rm(programFolder(name, kind), { recursive: true, force: true });
  await tool(sdk, "mcconfig", [...kind === "instrument" ? ["-i"] : [], "-m", "-p", "lin", "-t", "build", "-o", project.output, project.manifest]);
  return join(project.output, "bin/lin/mc", kind, name, "mc.so");
}

/**
 * Builds an npm package for Moddable's simulator with mcpack, which finds its dependencies.
 * @param folder - the package's, installed.
 * @param settings - of `mc/config`, `NAME=VALUE`.
 * @returns the path of what mcsim loads.
 * @throws Error with the tools' output.
 */
export async function packForSimulator(sdk: Sdk, folder: string, name: string, settings: readonly string[]): Promise<string> {
  const output = join(projectRoot, "build/moddable", group);
  await mkdir(output, { recursive: true });
  await rm(programFolder(name), { recursive: true, force: true });
  try {
    await tool(sdk, "mcpack", ["mcconfig", "-m", "-p", "lin", "-t", "build", "-o", output, ...settings], folder);
  } finally {
    // What mcpack writes goes to the SDK's own folder.
    await rm(join(sdk.root, "build/tmp", name), { recursive: true, force: true });
  }
  return join(output, "bin/lin/mc/release", name, "mc.so");
}

/**
 * Compiles and links a board's JavaScript, with preload, as the build for the chip does before the C compiler: that much needs no ESP-IDF.
 * @param parts - manifests of what goes with the firmware.
 * @throws Error with the tools' output, when a module cannot be preloaded among others.
 */
export async function link(sdk: Sdk, board: Board, parts: readonly string[] = []): Promise<Linked> {
  const { name, platform, manifest } = board;
  const project = await writeProject(group, name, { include: [manifest, ...parts], config: { broker: "mqtt://localhost" } });
  const folder = join(project.output, "tmp", platform, "release", name);
  await rm(folder, { recursive: true, force: true });
  await tool(sdk, "mcconfig", ["-p", platform, "-o", project.output, project.manifest]);
  const code = join(folder, "mc.xs.c");
  await tool(sdk, "make", ["-C", folder, "-f", "makefile", `IDF_PATH=${folder}`, "IDF_VERSION=none", "SDKCONFIG_H=", code]);
  const text = await readFile(code, "utf8");
  const chip = (await readdir(folder)).find((file) => file.startsWith("xsProj-")) ?? "";
  if (!/^storage, *data,/m.test(await readFile(join(folder, chip, "partitions.csv"), "utf8"))) throw new Error(`${name}: there is no partition for session and readings`);
  const makefile = await readFile(join(folder, "makefile"), "utf8");
  const modules = join(folder, "modules");
  const files = (await readdir(modules, { recursive: true })).filter((file) => file.endsWith(".xsb")).sort();
  const sizes = new Map(await Promise.all(files.map(async (file) => [file, bytecode(await readFile(join(modules, file)))] as const)));
  const sum = (chosen: readonly string[]): number => chosen.reduce((total, file) => total + (sizes.get(file) ?? 0), 0);
  return {
    board: name,
    bytecode: sum(files),
    own: sum(files.filter((file) => ours.test(file))),
    preloaded: defined(text, "mxHeapCount"),
    aliases: defined(text, "mxAliasCount"),
    modules: files.map(moduleName),
    late: files.filter((file) => !makefile.includes(`-p ${file}`)).map(moduleName),
  };
}

function moduleName(file: string): string {
  return file.replace(/\.xsb$/, "");
}

/** @throws Error with what the tool said. */
export async function tool(sdk: Sdk, program: string, args: readonly string[], folder = projectRoot): Promise<void> {
  try {
    await run(program, args, { cwd: folder, env: sdk.environment, maxBuffer: 1 << 26 });
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`${program} ${args.join(" ")} failed:\n${`${stdout}${stderr}`.slice(-4000)}`, { cause: error });
  }
}

/** An .xsb file is an atom of atoms, each its length, its type and its content. */
function bytecode(file: Buffer): number {
  for (let at = 8; at + 8 <= file.length; at += file.readUInt32BE(at))
    if (file.toString("latin1", at + 4, at + 8) === "CODE") return file.readUInt32BE(at) - 8;
  throw new Error("a compiled module has no bytecode");
}

function defined(text: string, name: string): number {
  const value = new RegExp(`#define ${name} (\\d+)`).exec(text)?.[1];
  if (value === undefined) throw new Error(`the SDK's linker does not tell ${name}`);
  return Number(value);
}
