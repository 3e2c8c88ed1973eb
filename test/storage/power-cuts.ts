import { deepEqual, ok } from "node:assert/strict";
import { FakeFlash, PowerCut, type Geometry, type Operation, type Tear } from "./fake-flash.js";
import { Name, RecordType } from "../../src/storage/layout.js";
import { choose, follow, Node, nothing, type Load, type State } from "./model.js";
import { Random } from "./random.js";

const load: Load = { inFlight: 5, length: 24, readings: 0.3, staying: 0.2 };
const options = { liveRecords: 20, recordLength: 64 };

/** A moment just before a write or an erase: what was there, what had been promised, and what the call would add. */
interface Moment {
  readonly bytes: Uint8Array;
  readonly operation: Operation;
  readonly before: State;
  after: State;
}

/** Runs a workload, and keeps every moment at which the power could go. */
function record(geometry: Geometry, seed: number, calls: number): Moment[] {
  const random = new Random(seed);
  const flash = new FakeFlash(geometry, random);
  const node = new Node(flash, options);
  const moments: Moment[] = [];
  let state = nothing();
  for (let serial = 0; serial < calls; serial++) {
    const step = choose(state, load, random, serial);
    const first = moments.length;
    const before = state;
    flash.onOperation = (operation) => void moments.push({ bytes: flash.bytes.slice(), operation: { ...operation, bytes: operation.bytes?.slice() }, before, after: before });
    node.perform(step);
    state = follow(state, step, node);
    for (const moment of moments.slice(first)) moment.after = state;
  }
  return moments;
}

/** Every way in which an operation may be torn that is tried. */
function tears({ bytes }: Operation): Tear[] {
  const all: Tear[] = [];
  const length = bytes?.length ?? 256;
  for (let done = 0; done <= length; done += bytes === undefined ? 16 : 1) all.push({ bytes: done, bits: 0 }, { bytes: done, bits: 0.5 });
  // What an erase leaves in its way is anybody's guess.
  if (bytes === undefined) for (let i = 0; i < 20; i++) all.push({ bytes: 0, bits: 0, garbage: true });
  for (const bits of [0.02, 0.1, 0.3, 0.7, 0.9, 0.98]) all.push({ bytes: 0, bits }, { bytes: 0, bits });
  return all;
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Starts on what a cut has left, and checks that all that was promised is there, and nothing else. @returns the state it is in. */
function restart(flash: FakeFlash, before: State, after: State): { node: Node; state: State } {
  const node = new Node(flash, options);
  const { damaged, foreign } = node.journal.recovered;
  deepEqual([damaged, foreign && before.identity >= 0], [0, false]);
  const state = node.observe();
  // Of readings being marked as done, those that are in the way may have gone.
  const { arrived } = state;
  ok(arrived >= before.arrived && arrived <= after.arrived, `${arrived} arrived, not ${before.arrived} to ${after.arrived}`);
  if (!same(state, { ...before, arrived })) deepEqual(state, { ...after, arrived });
  return { node, state };
}

/** Works on for some calls, up to another cut. @returns the states before and after the call it came in. */
function workOn(node: Node, from: State, random: Random, calls: number): [State, State] {
  let state = from;
  for (let i = 0; i < calls; i++) {
    const step = choose(state, load, random, 5000 + i);
    try {
      node.perform(step);
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
      return [state, follow(state, step, node)];
    }
    state = follow(state, step, node);
  }
  return [state, state];
}

/**
 * Cuts the power at every byte of every write and in the middle of every erase of a workload, starts again, works on and cuts again.
 * @returns how often it started again.
 */
export function cutEverywhere(geometry: Geometry, seed: number, calls: number): number {
  const random = new Random(seed + 1);
  let restarts = 0;
  for (const { bytes, operation, before, after } of record(geometry, seed, calls)) {
    for (const tear of tears(operation)) {
      const torn = new FakeFlash(geometry, random, bytes.slice());
      torn.doTorn(operation, tear);
      const flash = torn.restart();
      const first = restart(flash, before, after);
      // The power goes again, soon.
      flash.cutAfter = random.below(12);
      flash.tear = { bytes: random.below(80), bits: random.chance(0.5) ? random.next() : 0 };
      const doubt = workOn(first.node, first.state, random, 8);
      const second = restart(flash.restart(), ...doubt);
      second.node.perform({ call: "received", identifier: 60_000 });
      ok(second.node.journal.live.find((RecordType.INCOMING << Name.TYPE) | 60_000) >= 0);
      restarts += 2;
    }
  }
  return restarts;
}
