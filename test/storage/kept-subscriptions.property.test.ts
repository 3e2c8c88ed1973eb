import { ok } from "node:assert/strict";
import { test } from "node:test";
import { Journal } from "../../src/storage/journal.js";
import { KeptSubscriptions } from "../../src/storage/kept-subscriptions.js";
import { FakeFlash, PowerCut } from "./fake-flash.js";
import { Random } from "./random.js";

function on(flash: FakeFlash): KeptSubscriptions {
  return new KeptSubscriptions(new Journal(flash, { recordLength: 64 }));
}

/** Whoever loses the power does nothing more. */
function stopIfOff(flash: FakeFlash): void {
  if (flash.off) throw new PowerCut();
}

/** A server that may lose its session, and a device that may lose its power: what is certain must be so. */
function live(seed: number): number {
  const random = new Random(seed);
  let flash = new FakeFlash({ blocks: 6, blockLength: 256, writeAlign: 4 }, random);
  let kept = on(flash);
  /** What the server holds. */
  const held = new Map<string, string>();
  let certain = 0;
  for (let start = 0; start < 40; start++) {
    try {
      flash.cutAfter = random.below(12);
      flash.tear = { bytes: random.below(40), bits: random.chance(0.5) ? random.next() : 0 };
      for (;;) {
        kept.connecting();
        stopIfOff(flash);
        const resumed = !random.chance(0.2);
        if (!resumed) held.clear();
        if (random.chance(0.1)) continue;
        kept.connected(resumed);
        stopIfOff(flash);
        for (const filter of ["a", "b", "c"]) {
          const terms = `${random.below(2)},0`;
          const granted = kept.granted(filter, terms);
          if (granted >= 0) certain++;
          ok(granted < 0 || held.get(filter) === terms, `seed ${seed}: "${filter}" is not held on the terms ${terms}`);
          if (granted >= 0 || random.chance(0.3)) continue;
          const wanted = random.chance(0.7);
          kept.asking(filter);
          stopIfOff(flash);
          if (wanted) held.set(filter, terms);
          else held.delete(filter);
          if (random.chance(0.2)) continue;
          if (wanted) kept.confirmed(filter, terms, 1);
          else kept.dropped(filter);
          stopIfOff(flash);
        }
        for (const filter of held.keys()) ok(kept.filters().includes(filter), `seed ${seed}: "${filter}" is held and not known of`);
      }
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error;
    }
    flash = flash.restart();
    kept = on(flash);
  }
  return certain;
}

test("whatever the server loses and wherever the power goes: what is certain is so, and what is held is known of", () => {
  let certain = 0;
  for (let seed = 1; seed <= 40; seed++) certain += live(seed);
  ok(certain > 100, `${certain} times something was certain`);
});
