/** `npm start`: a broker, the firmware of a sensor node in the simulator, and a view of what happens. */
import { join } from "node:path";
import { startBroker, type Broker } from "./broker.js";
import { buildHost } from "./build-host.js";
import { UsageError } from "./command-line.js";
import type { RunEvent } from "./events.js";
import { ensure } from "./packages.js";
import { projectRoot } from "./paths.js";
import { SimulatedNode } from "./simulated-node.js";
import type { SimulatorOptions } from "./simulator.js";
import { parseStartOptions, usage, type StartOptions } from "./start-options.js";
import { humanView, jsonView, type View } from "./view.js";

/** A URL without its password, fit to be shown. */
const masked = (url: string): string => url.replace(/^(mqtt:\/\/[^@/:]*):[^@/]*@/, "$1:***@");

const built = (file: string): string => join(projectRoot, "build", file);

/** @returns whether the node came online and said goodbye. */
async function run(options: StartOptions, stop: AbortSignal): Promise<boolean> {
  const write = (text: string): void => void process.stdout.write(text);
  const view = options.json ? jsonView(write) : humanView(write, options, process.stdout.isTTY);
  await ensure("gcc");
  const host = await buildHost();
  const broker = await ownBroker(options);
  void broker?.lost.then((reason) => process.stderr.write(`${reason}\n`));
  try {
    const url = broker?.url ?? options.broker ?? "";
    view({ event: "broker", url: masked(url), name: broker?.name ?? "external", version: broker?.version ?? "" });
    return await runNode(options, url, view, stop, (simulator, onEvent) => new SimulatedNode(host, simulator, onEvent));
  } finally {
    await broker?.stop();
  }
}

/** The broker to start; undefined when there is one already. */
async function ownBroker({ broker }: StartOptions): Promise<Broker | undefined> {
  if (broker === undefined) return startBroker();
  return broker === "embedded" ? startBroker({ kind: "aedes" }) : undefined;
}

async function runNode(
  options: StartOptions,
  url: string,
  view: View,
  stop: AbortSignal,
  boot: (simulator: SimulatorOptions, onEvent: (event: RunEvent) => void) => SimulatedNode,
): Promise<boolean> {
  const seen = { online: false, offline: "" };
  const node = boot(simulation(options, url), (event) => {
    if (event.event === "online") seen.online = true;
    if (event.event === "offline") seen.offline = event.reason;
    view(event);
  });
  const end = (): void => {
    // The node itself tells nothing while an attempt to connect is under way.
    if (!seen.online && seen.offline === "") {
      seen.offline = `${masked(url)} has not answered`;
      view({ event: "offline", node: options.node, reason: seen.offline });
    }
    node.stop();
  };
  const timer = options.seconds === undefined ? undefined : setTimeout(end, options.seconds * 1000);
  if (stop.aborted) end();
  else stop.addEventListener("abort", end, { once: true });

  const failure = await node.ended;
  clearTimeout(timer);
  stop.removeEventListener("abort", end);
  if (failure !== "") view({ event: "offline", node: options.node, reason: failure });
  else if (!seen.online) process.stderr.write(`The node never came online: ${seen.offline.replace(/[.?]$/, "")}.\n`);
  return seen.online && failure === "";
}

/** The board and its surroundings. */
function simulation({ heap, interval, node, prefix, scene, sensors, storage }: StartOptions, broker: string): SimulatorOptions {
  return {
    main: built("device.js"),
    preload: { firmware: built("firmware.js"), "xs-mqtt/web-socket": built("web-socket.js") },
    world: built("world.js"),
    worldArgs: scene === undefined ? [] : [`scene=${scene}`],
    config: { broker, node, prefix, interval, ssid: "simulator", ...(sensors !== undefined && { sensors }) },
    heap,
    ...(storage !== undefined && { storage }),
  };
}

async function main(): Promise<void> {
  const options = parseStartOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(usage);
    return;
  }
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop.abort());
  // Whoever read our lines is gone, as after `| head`.
  process.stdout.on("error", () => stop.abort());
  if (!(await run(options, stop.signal))) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`npm start: ${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof UsageError) process.stderr.write(`\n${usage}`);
  process.exitCode = 1;
}
