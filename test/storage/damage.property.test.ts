import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { FakeFlash, type Geometry } from "./fake-flash.js";
import { choose, follow, Node, nothing, type Load, type State } from "./model.js";
import { Random } from "./random.js";

const geometry: Geometry = { blocks: 8, blockLength: 256, writeAlign: 4 };
const load: Load = { inFlight: 6, length: 24, readings: 0.4, staying: 0.3 };
const options = { liveRecords: 24, recordLength: 64 };

/** Goes on for some calls. @returns the state after them. */
function work(node: Node, from: State, random: Random, calls: number, onState?: (state: State) => void): State {
  let state = from;
  for (let serial = 0; serial < calls; serial++) {
    const step = choose(state, load, random, serial);
    node.perform(step);
    state = follow(state, step, node);
    onState?.(state);
  }
  return state;
}

/** The journal is in order: it takes calls, and has what they left after a restart. */
function checkUse(flash: FakeFlash, random: Random): void {
  const node = new Node(flash, options);
  node.log.done(node.journal.lastReading);
  // Another identity: what was damaged is over.
  node.perform({ call: "open", identity: node.identity === 1 ? 2 : 1 });
  const state = work(node, node.observe(), random, 40);
  // Of a block whose header is spoilt it is not known how many readings were dropped.
  const { arrived } = state;
  deepEqual({ ...new Node(flash.restart(), options).observe(), arrived }, state);
}

test("no spoilt byte stops the journal, delivers what was not written or costs more than one record", () => {
  const random = new Random(1);
  for (const seed of [1, 2]) {
    const contents = new Set<string>();
    const flash = new FakeFlash(geometry, random);
    const whole = new Node(flash, options);
    const state = work(whole, nothing(), new Random(seed), 180, ({ outgoing }) => outgoing.forEach((entry) => contents.add(JSON.stringify(entry))));
    const waiting = whole.readings();
    flash.bytes.forEach((was, at) => {
      for (const byte of [0, 0xff, was ^ (1 << random.below(8))]) {
        const spoilt = flash.restart();
        spoilt.bytes[at] = byte;
        const node = new Node(spoilt.restart(), options);
        const readings = node.readings();
        const { outgoing } = node.identity < 0 ? state : node.tables();
        // A spoilt identity ends the session: that is the one record.
        const lost = waiting.filter((number) => !readings.includes(number)).length + state.outgoing.filter(({ identifier }) => !outgoing.some((entry) => entry.identifier === identifier)).length;
        ok(lost <= 1, `byte ${at}: ${lost} lost`);
        for (const entry of outgoing) ok(contents.has(JSON.stringify(entry)), `byte ${at}: ${entry.identifier} was never sent`);
        if (random.chance(0.1)) checkUse(spoilt.restart(), random);
      }
    });
  }
});

test("a partition with something else on it is reported as such until it is written to, and used", () => {
  const random = new Random(2);
  const other = new FakeFlash({ ...geometry, blocks: 9 }, random);
  work(new Node(other, options), nothing(), random, 300);
  const size = geometry.blocks * geometry.blockLength;
  for (const content of [random.bytes(size), new Uint8Array(size), other.bytes.slice(0, size), other.bytes.slice(256)]) {
    const flash = new FakeFlash(geometry, random, content.slice());
    const node = new Node(flash, options);
    deepEqual(node.journal.recovered, { kept: 0, readings: 0, damaged: 0, foreign: true });
    const state = work(node, nothing(), random, 300);
    const again = new Node(flash.restart(), options);
    deepEqual([again.observe(), again.journal.recovered.foreign], [state, false]);
  }
});

test("a blank partition is not foreign", () => {
  equal(new Node(new FakeFlash(geometry, new Random(3)), options).journal.recovered.foreign, false);
});
