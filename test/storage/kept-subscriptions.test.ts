import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { SubscriptionTerms } from "../../src/protocol/session/session-storage.js";
import { Journal } from "../../src/storage/journal.js";
import { KeptSubscriptions } from "../../src/storage/kept-subscriptions.js";
import { FakeFlash } from "./fake-flash.js";
import { Random } from "./random.js";

const options = { recordLength: 64 };

/** Terms that a SUBSCRIBE does nothing more for than to make the subscription. */
const QUIET: SubscriptionTerms = { qos: 1, retainHandling: 2 };

function on(flash: FakeFlash): KeptSubscriptions {
  return new KeptSubscriptions(new Journal(flash, options));
}

/** A store whose server holds "a" at QoS 1. */
function confirmed(): { flash: FakeFlash; kept: KeptSubscriptions } {
  const flash = new FakeFlash({ blocks: 6, blockLength: 256, writeAlign: 4 }, new Random(1));
  const kept = on(flash);
  kept.connecting();
  kept.connected(false);
  kept.asking("a", QUIET, 5);
  kept.answered("a", QUIET, 5, 1);
  return { flash, kept };
}

/** Starts again, and takes up the session. */
function resume(flash: FakeFlash): KeptSubscriptions {
  const kept = on(flash.restart());
  kept.connecting();
  kept.connected(true);
  return kept;
}

/** The QoS that the server holds "a" with, as the next start knows it. */
function held(flash: FakeFlash, terms = QUIET, version: 4 | 5 = 5): number {
  return resume(flash).asking("a", terms, version);
}

test("what was granted is known after a restart, on the same terms only", () => {
  const { flash } = confirmed();
  deepEqual([held(flash), held(flash, { ...QUIET, retainHandling: 1 }), resume(flash).others([]), resume(flash).others([{ filter: "a" }])], [1, 1, ["a"], []]);
  for (const other of [{ qos: 2 }, { noLocal: true }, { retainAsPublished: true }, { properties: { subscriptionIdentifier: 1 } }] as const) equal(held(flash, { ...QUIET, ...other }), -1);
  equal(resume(flash).asking("b", QUIET, 5), -1);
});

test("a SUBSCRIBE that does more than to make the subscription is never left out", () => {
  const { flash, kept } = confirmed();
  equal(held(flash, QUIET, 4), -1);
  for (const more of [{ qos: 1 }, { ...QUIET, retainHandling: 0 }, { ...QUIET, properties: { userProperty: [["a", "b"]] } }] as const) {
    kept.asking("a", more, 5);
    kept.answered("a", more, 5, 1);
    deepEqual([held(flash, more), held(flash)], [-1, -1]);
  }
});

test("filters may have any characters", () => {
  const { flash, kept } = confirmed();
  const terms = { qos: 0, retainHandling: 1, properties: { subscriptionIdentifier: 268_435_455 } } as const;
  kept.answered("a:b,1:+/é", terms, 5, 0);
  deepEqual([resume(flash).asking("a:b,1:+/é", terms, 5), resume(flash).others([])], [0, ["a", "a:b,1:+/é"]]);
});

test("what is asked for and not answered is not certain", () => {
  const { flash, kept } = confirmed();
  kept.asking("a", undefined, 5);
  kept.asking("b", QUIET, 5);
  deepEqual([held(flash), resume(flash).others([])], [-1, ["a", "b"]]);
  kept.answered("a", undefined, 5, 0);
  deepEqual(resume(flash).others([]), ["b"]);
});

test("a lost session holds none", () => {
  const { kept } = confirmed();
  kept.connecting();
  kept.connected(false);
  deepEqual([kept.others([]), kept.asking("a", QUIET, 5)], [[], -1]);
});

test("a CONNECT without an answer may have begun a new session: nothing is certain, until it is answered again", () => {
  const { flash, kept } = confirmed();
  kept.connecting();
  deepEqual([held(flash), resume(flash).others([])], [-1, ["a"]]);
  kept.connecting();
  kept.connected(true);
  equal(kept.asking("a", QUIET, 5), -1);
  kept.answered("a", QUIET, 5, 1);
  equal(held(flash), 1);
});

test("a connection costs two writes while something is certain, otherwise none; asking again none", () => {
  const { flash, kept } = confirmed();
  const before = flash.writes;
  kept.connecting();
  kept.connected(true);
  equal(flash.writes - before, 2);
  kept.asking("a", undefined, 5);
  kept.asking("a", undefined, 5);
  kept.connecting();
  kept.connected(true);
  equal(flash.writes - before, 3);
});

test("flash that fails, and a filter that is too long, make nothing certain and throw nothing", () => {
  const { flash, kept } = confirmed();
  kept.asking("x".repeat(100), QUIET, 5);
  kept.answered("x".repeat(100), QUIET, 5, 1);
  flash.onOperation = () => {
    throw new Error("no answer from flash");
  };
  kept.connecting();
  kept.connected(false);
  kept.answered("b", QUIET, 5, 1);
  kept.answered("b", undefined, 5, 0);
  deepEqual([kept.asking("a", QUIET, 5), kept.asking("b", QUIET, 5)], [-1, -1]);
});
