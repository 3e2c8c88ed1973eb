/**
 * `npm run size`: bytecode and minified size of every source file that `connect` needs. Each file is what tree shaking leaves of it,
 * minified and compiled by the engine as a module of its own; what its imports and exports cost is in the parts and not in the bundle,
 * whose size is the last line.
 */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rollup } from "rollup";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { bundleText, device } from "./bundle.js";
import { deviceInput, minifyForDevice } from "../../boards/simulator/tools/device-code.js";
import { run } from "./device.js";
import { bytecode } from "./figures.js";
import { table } from "./tables.js";

interface Size {
  readonly name: string;
  readonly bytecode: number;
  readonly minified: number;
}

const compiled = join(projectRoot, "build/js/src");
const entry = "client/client.js";

/** Writes what tree shaking leaves of each file that `connect` needs. @returns their names. */
async function split(directory: string): Promise<string[]> {
  const bundle = await rollup({ input: join(compiled, entry), external: [...device.external], treeshake: deviceInput.treeshake, plugins: [deviceInput.plugin] });
  await bundle.write({ dir: directory, format: "es", preserveModules: true, preserveModulesRoot: compiled });
  await bundle.close();
  const names = (await readdir(directory, { recursive: true })).filter((name) => name.endsWith(".js"));
  for (const name of names) await writeFile(join(directory, name), await minifyForDevice(await readFile(join(directory, name), "utf8")));
  return names;
}

async function measure(directory: string): Promise<Size[]> {
  const names = await split(directory);
  const [report] = await run("nothing", { preload: { subject: join(directory, entry) }, report: true });
  const sizes = Object.entries(report?.["bytecode"] ?? {});
  return await Promise.all(names.map(async (name) => ({
    name: `src/${name.replace(/js$/, "ts")}`,
    bytecode: Number(sizes.find(([module]) => name === entry ? module === "subject" : module.endsWith(`/${name}`))?.[1] ?? 0),
    minified: Buffer.byteLength(await readFile(join(directory, name))),
  })));
}

async function measureBundle(directory: string): Promise<Size> {
  const text = await bundleText('export { connect } from "xs-mqtt";');
  const file = join(directory, "bundle.js");
  await writeFile(file, text);
  return { name: "in one bundle", bytecode: await bytecode(file), minified: Buffer.byteLength(text) };
}

function sum(sizes: readonly Size[]): Size {
  return sizes.reduce((total, size) => ({ name: "all files", bytecode: total.bytecode + size.bytecode, minified: total.minified + size.minified }));
}

const directory = await mkdtemp(join(tmpdir(), "xs-mqtt-size-"));
try {
  const sizes = (await measure(directory)).sort((a, b) => b.bytecode - a.bytecode);
  const rows = [...sizes, sum(sizes), await measureBundle(directory)].map(({ name, ...size }) => [name, size.bytecode, size.minified]);
  process.stdout.write(table("What connect needs", ["bytecode", "minified"], rows));
} finally {
  await rm(directory, { recursive: true });
}
