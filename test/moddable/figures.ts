/** The same measurements in Moddable's simulator and in ours, so that the two can be compared. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { buildHost } from "../../boards/simulator/tools/build-host.js";
import { projectRoot } from "../../boards/simulator/tools/paths.js";
import { spawnSimulator } from "../../boards/simulator/tools/simulator.js";
import { Observer } from "../broker/observer.js";
import { buildForSimulator } from "./build.js";
import { measuredClient, measuringProgram } from "./programs.js";
import { seen, type Bench } from "./proofs.js";

/** Bytes of the heap. */
interface Heap {
  readonly slots: number;
  readonly chunks: number;
}

/** What messages take that go through the broker and back: bytes of the heap for one, garbage included, and how many come in a second. */
interface Load {
  readonly bytes: number;
  readonly perSecond: number;
}

export interface Figures {
  readonly simulator: string;
  /** After a collection: the program that has not connected, and what the connected client takes above that. */
  readonly before: Heap;
  readonly client: Heap;
  /** At QoS 0 and 1. */
  readonly load: readonly [Load, Load];
}

/** What the program tells. */
interface Told {
  readonly before: Heap;
  readonly idle: Heap;
  readonly load: readonly [Load, Load];
}

/** @throws AssertionError when the client does not take the same memory in both engines, as it must with pointers of the same size. */
export async function compare(bench: Bench): Promise<readonly Figures[]> {
  const program = await buildForSimulator(bench.sdk, "figures", measuredClient(bench.broker.url), {}, "instrument");
  const theirs = await measured("Moddable's, 64 bits", bench.broker.url, () => {
    const running = bench.screen.run(program);
    return () => running.stop();
  });
  const same = await measuredHere(bench.broker.url, 64);
  assert.deepEqual(same.client, theirs.client);
  const { bits } = await buildHost({ quiet: true });
  return bits === 64 ? [theirs, same] : [theirs, same, await measuredHere(bench.broker.url, bits)];
}

function measuredHere(broker: string, bits: 32 | 64): Promise<Figures> {
  return measured(`Ours, ${bits} bits`, broker, async () => {
    const { main, meter } = measuringProgram("simulator-meter");
    const child = await spawnSimulator({
      main: `${main}.js`, modules: { meter: `${meter}.js` }, preload: { "xs-mqtt": join(projectRoot, "dist/xs-mqtt.js") }, config: { broker }, bits, quiet: true,
    }, "ignore");
    return () => new Promise((resolve) => {
      child.once("close", () => resolve());
      if (!child.kill("SIGKILL")) resolve();
    });
  });
}

/** @param start - starts the program. @returns how to end it. */
async function measured(simulator: string, broker: string, start: () => Stop | Promise<Stop>): Promise<Figures> {
  const observer = await Observer.connect(broker, "figures");
  const stop = await start();
  try {
    const { before, idle, load } = JSON.parse(await seen(observer, "figures")) as Told;
    return { simulator, before, client: { slots: idle.slots - before.slots, chunks: idle.chunks - before.chunks }, load };
  } finally {
    await stop();
    await observer.end();
  }
}

type Stop = () => Promise<void>;
