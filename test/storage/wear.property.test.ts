import { deepEqual, ok } from "node:assert/strict";
import { test } from "node:test";
import { MqttError } from "../../src/protocol/error.js";
import { FakeFlash, type Geometry } from "./fake-flash.js";
import { choose, follow, Node, nothing, type Load, type Step } from "./model.js";
import { Random } from "./random.js";

const KIB = 1024;

/** Performs a call. @returns whether it was accepted. */
function attempt(node: Node, step: Step): boolean {
  try {
    node.perform(step);
    return true;
  } catch (error) {
    // Only what adds something may be refused, and only for its own limits.
    if (error instanceof MqttError && error.kind === "resource" && (step.call === "store" || step.call === "received") && /are kept already/.test(error.message)) return false;
    throw error;
  }
}

/** Works for a long time, restarting now and then, and checks each call's erases and writes. @returns most and fewest erases of a block. */
function work(geometry: Geometry, load: Load, seed: number, calls: number, recordLength: number): { most: number; fewest: number } {
  const random = new Random(seed);
  let flash = new FakeFlash(geometry, random);
  const erased = new Array<number>(geometry.blocks).fill(0);
  const options = { recordLength, liveRecords: load.inFlight * 3 + 4 };
  let node = new Node(flash, options);
  let state = nothing();
  for (let serial = 0; serial < calls; serial++) {
    const step = choose(state, load, random, serial);
    let erases = 0;
    let bytes = 0;
    flash.onOperation = (operation) => {
      if (operation.bytes === undefined) {
        erases++;
        const block = operation.offset / geometry.blockLength;
        erased[block] = (erased[block] ?? 0) + 1;
      } else bytes += operation.bytes.length;
    };
    if (attempt(node, step)) state = follow(state, step, node);
    // Those two steps are two calls each.
    const most = step.call === "store" || step.call === "open" ? 2 : 1;
    ok(erases <= most && bytes <= most * geometry.blockLength, `${step.call} erased ${erases} blocks and wrote ${bytes} bytes`);
    if (serial % 997 !== 0) continue;
    flash = flash.restart();
    node = new Node(flash, options);
    deepEqual(node.observe(), state);
  }
  return { most: Math.max(...erased), fewest: Math.min(...erased) };
}

const geometries: Geometry[] = [
  { blocks: 16, blockLength: 4 * KIB, writeAlign: 4 },
  { blocks: 5, blockLength: 256, writeAlign: 1 },
  { blocks: 6, blockLength: 512, writeAlign: 32 },
  { blocks: 7, blockLength: KIB, writeAlign: 16 },
  { blocks: 32, blockLength: 512, writeAlign: 4 },
];
const loads: Record<string, Load> = {
  "publications that are soon done": { inFlight: 8, length: 24, readings: 0, staying: 0 },
  "readings": { inFlight: 0, length: 24, readings: 1, staying: 0 },
  "everything": { inFlight: 10, length: 24, readings: 0.4, staying: 0.1 },
  "records as long as may be": { inFlight: 12, length: Infinity, readings: 0.3, staying: 0.6 },
  "as much kept for long as there may be": { inFlight: 300, length: 24, readings: 0.3, staying: 0.95 },
};

for (const geometry of geometries) {
  for (const [name, load] of Object.entries(loads)) {
    test(`${geometry.blocks} blocks of ${geometry.blockLength}, writeAlign ${geometry.writeAlign}, ${name}: even wear, one erase and one block at most a call`, () => {
      const calls = 80 * ((geometry.blocks * geometry.blockLength) / 64);
      // A quarter of a block, with a header and the topic.
      const length = Math.min(load.length, geometry.blockLength / 4 - 36);
      const { most, fewest } = work(geometry, { ...load, length }, 1, calls, geometry.blockLength / 4);
      ok(fewest >= 10 && most / fewest <= 1.2, `${most} to ${fewest} erases`);
    });
  }
}
