/** Our client on Node beside MQTT.js: figures in seconds, which are only reported, and the size of what a browser or a server loads. */
import { execFile } from "node:child_process";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { bundleText, node } from "./bundle.js";
import { figure, type Line } from "./device.js";
import type { Sink } from "./sink.js";

const run = promisify(execFile);

/** Messages a second, and processor time of the client's process in microseconds for a message. */
export interface NodeSpeed {
  readonly perSecond: number;
  readonly microseconds: number;
}

/** A client on Node. */
export interface NodeFigures {
  readonly publish0: NodeSpeed;
  readonly publish1: NodeSpeed;
  readonly receive0: NodeSpeed;
  /** Minified bundle, in bytes. */
  readonly bundle: number;
}

async function speed(sink: Sink, client: string, which: string): Promise<NodeSpeed> {
  sink.reset();
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, "node-client.js"), client, which, String(sink.port), String(sink.control)], { timeout: 60_000 });
  const line = JSON.parse(stdout) as Line;
  return { perSecond: figure(line, "perSecond"), microseconds: figure(line, "microseconds") };
}

async function all(sink: Sink, client: string, bundle: number): Promise<NodeFigures> {
  return { publish0: await speed(sink, client, "publish0"), publish1: await speed(sink, client, "publish1"), receive0: await speed(sink, client, "receive0"), bundle };
}

/** Measures our client on Node and MQTT.js, whose bundle for browsers brings its own dependencies as ours does. */
export async function measureNode(sink: Sink): Promise<Readonly<Record<string, NodeFigures>>> {
  const own = Buffer.byteLength(await bundleText('export { connect } from "xs-mqtt/node";', node));
  const { size } = await stat(join(projectRoot, "node_modules/mqtt/dist/mqtt.esm.js"));
  return {
    "xs-mqtt": await all(sink, "xs-mqtt", own),
    "xs-mqtt prepared": await all(sink, "xs-mqtt prepared", own),
    "mqtt.js": await all(sink, "mqtt.js", size),
  };
}
