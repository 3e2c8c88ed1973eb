/** Who is measured in the simulator, and how the simulator is told. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { minify } from "terser";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import type { SimulatorOptions } from "../../boards/simulator/tools/simulator.js";
import { bundleText } from "./bundle.js";
import { program } from "./device.js";

/** What a message costs can be measured for. */
export const messageCases = ["publish0", "receive0", "publish1", "receive1", "publish2", "receive2"] as const;
/** One of {@link messageCases}. */
export type MessageCase = typeof messageCases[number];

/** A client with the program that drives it. */
export interface Subject {
  readonly name: string;
  /** Its modules, with that of the program under "subject". */
  readonly modules: Readonly<Record<string, string>>;
  /** Whether its modules can be in flash: a module that writes to its own classes later cannot. */
  readonly preloadable: boolean;
  /** The module whose bytecode is its size. */
  readonly library: string;
  readonly messages: readonly MessageCase[];
  readonly stream: boolean;
}

/** The simulator's options for a subject. */
export function load(subject: Subject): Pick<SimulatorOptions, "preload" | "modules"> {
  const bench = { control: program("control"), raw: program("raw"), "in-use": program("in-use") };
  return subject.preloadable ? { preload: { ...bench, ...subject.modules } } : { preload: bench, modules: subject.modules };
}

async function write(directory: string, name: string, text: string): Promise<string> {
  const file = join(directory, `${name}.js`);
  await writeFile(file, text);
  return file;
}

/** Our client, through the program `name`. */
export async function ours(directory: string, name: "ours" | "convenient" = "ours"): Promise<Subject> {
  const library = await write(directory, "xs-mqtt", await bundleText('export { connect } from "xs-mqtt";'));
  return { name, modules: { "xs-mqtt": library, subject: program(name) }, preloadable: true, library: "xs-mqtt", messages: messageCases, stream: name === "ours" };
}

/** Any class of the ECMA-419 MQTT Client Class Pattern. */
export function classOf(name: string, file: string): Subject {
  return { name, modules: { client: file, subject: program("ecma-419") }, preloadable: true, library: "client", messages: messageCases, stream: true };
}

/** Our own class. */
export async function ourClass(directory: string): Promise<Subject> {
  return classOf("MQTTClient", await write(directory, "mqtt-client", await bundleText('export { MQTTClient as default } from "xs-mqtt";')));
}

/** As its users would: constants folded, what is unused gone. The syntax that suits XS is ours to choose, not a peer's. */
async function minifyPeer(source: string): Promise<string> {
  const compress = { defaults: false, evaluate: true, reduce_vars: true, reduce_funcs: false, hoist_props: true, dead_code: true, unused: true, toplevel: true, passes: 3 };
  const { code } = await minify(source, { module: true, ecma: 2020, compress, mangle: false, format: { comments: false } });
  if (code === undefined) throw new Error("terser gave nothing");
  return code.replaceAll(/\bvoid 0\b/g, "undefined").replaceAll(/!0\b/g, "true").replaceAll(/!1\b/g, "false");
}

/** The npm package u8-mqtt in its smallest build. */
export async function u8mqtt(directory: string): Promise<Subject> {
  const source = await readFile(join(projectRoot, "node_modules/u8-mqtt/esm/basic-v4.js"), "utf8");
  const library = await write(directory, "u8-mqtt", await minifyPeer(source));
  return {
    name: "u8-mqtt",
    modules: { "u8-mqtt": library, web: program("web"), subject: program("u8-mqtt") },
    preloadable: false,
    library: "u8-mqtt",
    messages: ["publish0", "receive0", "publish1", "receive1"],
    stream: false,
  };
}
