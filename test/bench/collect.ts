/** Runs the benchmarks that were asked for and puts the result together. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { measureDrivers } from "../sensors/driver-figures.js";
import { bundleText } from "./bundle.js";
import { program, ProgramError } from "./device.js";
import { Bench, bytecode } from "./figures.js";
import { measureNode } from "./node-peers.js";
import type { ClientFigures, Result } from "./result.js";
import { startSink } from "./sink.js";
import { classOf, ourClass, ours, u8mqtt, type Subject } from "./subjects.js";

/** What can be asked for by name: our figures, and who is put beside them. */
export const names = [
  "bytecode", "ram", "publish0", "receive0", "publish1", "receive1", "publish2", "receive2", "stream", "wake", "speed", "convenient", "peers", "node", "drivers",
] as const;
/** One of {@link names}. */
export type Name = typeof names[number];

/** Those with exact figures, which have budgets. */
export const exact: ReadonlySet<Name> = new Set(["bytecode", "ram", "publish0", "receive0", "publish1", "receive1", "publish2", "receive2", "stream", "wake"]);

/** What to measure. */
export interface Order {
  readonly wanted: ReadonlySet<Name>;
  /** Of peers only what is exact. */
  readonly peersExact?: boolean;
  /** A module with another client class. */
  readonly compare?: string;
}

/** Measures a client as far as it can; what fails is noted as absent. */
async function measure(bench: Bench, subject: Subject, wanted: ReadonlySet<Name>): Promise<ClientFigures> {
  const figures: ClientFigures = {};
  const absent: Record<string, string> = {};
  const attempt = async (name: Name, task: () => Promise<void>): Promise<void> => {
    if (!wanted.has(name)) return;
    try {
      await task();
    } catch (error) {
      if (!(error instanceof ProgramError)) throw error;
      absent[name] = error.message.split("\n", 1)[0] ?? "";
    }
  };
  await attempt("ram", async () => {
    const { idle, connectPeak } = await bench.ram(subject);
    figures.ram = { idle, connectPeak };
  });
  for (const name of subject.messages) await attempt(name, async () => void (figures[name] = await bench.message(subject, name)));
  if (subject.stream) await attempt("stream", async () => void (figures.stream = await bench.stream(subject)));
  if (subject.name !== "convenient") await attempt("wake", async () => void (figures.wake = await bench.wake(subject)));
  await attempt("speed", async () => void (figures.speed = { publish: await bench.speed(subject, "publish"), receive: await bench.speed(subject, "receive") }));
  if (Object.keys(absent).length > 0) figures.absent = absent;
  return figures;
}

/** Our own figures must all be there. */
async function measureOurs(bench: Bench, subject: Subject, order: Order, directory: string): Promise<Result> {
  const result: Result = {};
  if (order.wanted.has("bytecode")) {
    const smallest = join(directory, "smallest.js");
    await writeFile(smallest, await bundleText(await readFile(program("smallest"), "utf8")));
    result.bytecode = { full: await bytecode(subject.modules[subject.library] ?? ""), smallest: await bytecode(smallest) };
  }
  if (order.wanted.has("ram")) result.bits = (await bench.ram(subject)).bits;
  Object.assign(result, await measure(bench, subject, order.wanted));
  if (result.absent !== undefined) throw new Error(Object.entries(result.absent).map(([name, why]) => `${name}: ${why}`).join("\n"));
  if (result.speed) result.cpuRatio = { publish: result.speed.publish.ratio, receive: result.speed.receive.ratio };
  return result;
}

async function measurePeer(bench: Bench, subject: Subject, wanted: ReadonlySet<Name>): Promise<ClientFigures> {
  const size = { full: await bytecode(subject.modules[subject.library] ?? "") };
  return { bytecode: size, ...(await measure(bench, subject, wanted)) };
}

/** Another class and ours, both by ECMA-419 options alone. @throws Error when the file is no such class. */
async function measureClasses(bench: Bench, file: string, directory: string): Promise<Record<string, ClientFigures>> {
  const wanted = new Set<Name>([...exact, "speed"]);
  const theirs = classOf(file, file);
  try {
    await bench.ram(theirs);
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    throw new Error(`${file} is no MQTT client class of ECMA-419 that runs here: ${error.message}`, { cause: error });
  }
  return { [basename(file)]: await measurePeer(bench, theirs, wanted), MQTTClient: await measurePeer(bench, await ourClass(directory), wanted) };
}

/** Measures what is wanted. */
export async function collect(order: Order): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), "xs-mqtt-bench-"));
  const sink = await startSink();
  const bench = new Bench(sink);
  try {
    const result = await measureOurs(bench, await ours(directory), order, directory);
    const others = order.peersExact ? exact : new Set<Name>([...exact, "speed"]);
    if (order.wanted.has("convenient")) result.convenient = await measure(bench, await ours(directory, "convenient"), others);
    if (order.wanted.has("peers")) result.peers = { "u8-mqtt": await measurePeer(bench, await u8mqtt(directory), others) };
    if (order.wanted.has("node")) result.node = await measureNode(sink);
    if (order.wanted.has("drivers")) result.drivers = await measureDrivers(directory);
    if (order.compare !== undefined) result.compare = await measureClasses(bench, order.compare, directory);
    return result;
  } finally {
    sink.close();
    await rm(directory, { recursive: true });
  }
}
