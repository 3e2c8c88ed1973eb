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
  const held = new Map<string, number>();
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
          if (random.chance(0.2)) continue;
          const qos = random.below(2) === 0 ? 1 : 2;
          const terms = random.chance(0.8) ? ({ qos, retainHandling: 2 } as const) : undefined;
          const granted = kept.asking(filter, terms, 5);
          stopIfOff(flash);
          if (granted >= 0) {
            certain++;
            ok(held.get(filter) === qos && granted === qos, `seed ${seed}: "${filter}" is not held at QoS ${qos}`);
            continue;
          }
          if (terms === undefined) held.delete(filter);
          else held.set(filter, qos);
          if (random.chance(0.2)) continue;
          kept.answered(filter, terms, 5, qos);
          stopIfOff(flash);
        }
        for (const filter of held.keys()) ok(kept.others([]).includes(filter), `seed ${seed}: "${filter}" is held and not known of`);
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
