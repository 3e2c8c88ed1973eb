import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { Journal } from "../../src/storage/journal.js";
import { KeptSubscriptions } from "../../src/storage/kept-subscriptions.js";
import { FakeFlash } from "./fake-flash.js";
import { Random } from "./random.js";

const options = { recordLength: 64 };

function blank(): FakeFlash {
  return new FakeFlash({ blocks: 6, blockLength: 256, writeAlign: 4 }, new Random(1));
}

function on(flash: FakeFlash): KeptSubscriptions {
  return new KeptSubscriptions(new Journal(flash, options));
}

/** A store whose server holds "a" on the terms "1,0" at QoS 1. */
function confirmed(): { flash: FakeFlash; kept: KeptSubscriptions } {
  const flash = blank();
  const kept = on(flash);
  kept.connecting();
  kept.connected(false);
  kept.asking("a");
  kept.confirmed("a", "1,0", 1);
  return { flash, kept };
}

/** Starts again, and takes up the session. */
function resume(flash: FakeFlash): KeptSubscriptions {
  const kept = on(flash.restart());
  kept.connecting();
  kept.connected(true);
  return kept;
}

test("what was granted is known after a restart, on the same terms only", () => {
  const kept = resume(confirmed().flash);
  deepEqual([kept.granted("a", "1,0"), kept.granted("a", "2,0"), kept.granted("a", ""), kept.granted("b", "1,0"), kept.filters()], [1, -1, -1, -1, ["a"]]);
});

test("filters may have any characters", () => {
  const { flash, kept } = confirmed();
  kept.confirmed("a:b,1:+/é", "5,268435455", 0);
  deepEqual([resume(flash).granted("a:b,1:+/é", "5,268435455"), resume(flash).filters()], [0, ["a", "a:b,1:+/é"]]);
});

test("what is asked for and not answered is not certain", () => {
  const { flash, kept } = confirmed();
  kept.asking("a");
  kept.asking("b");
  deepEqual([resume(flash).granted("a", "1,0"), resume(flash).filters()], [-1, ["a", "b"]]);
  kept.dropped("a");
  deepEqual(resume(flash).filters(), ["b"]);
});

test("a lost session holds none", () => {
  const kept = on(confirmed().flash);
  kept.connecting();
  kept.connected(false);
  deepEqual([kept.granted("a", "1,0"), kept.filters()], [-1, []]);
});

test("a CONNECT without an answer may have begun a new session: nothing is certain, until it is answered again", () => {
  const { flash, kept } = confirmed();
  kept.connecting();
  const next = resume(flash);
  deepEqual([next.granted("a", "1,0"), next.filters()], [-1, ["a"]]);
  kept.connecting();
  kept.connected(true);
  equal(kept.granted("a", "1,0"), -1);
  kept.confirmed("a", "1,0", 1);
  equal(resume(flash).granted("a", "1,0"), 1);
});

test("a connection costs two writes while something is certain, otherwise none; asking again none", () => {
  const { flash, kept } = confirmed();
  const before = flash.writes;
  kept.connecting();
  kept.connected(true);
  equal(flash.writes - before, 2);
  kept.asking("a");
  kept.asking("a");
  kept.connecting();
  kept.connected(true);
  equal(flash.writes - before, 3);
});

test("flash that fails, and a filter that is too long, make nothing certain and throw nothing", () => {
  const { flash, kept } = confirmed();
  kept.asking("x".repeat(100));
  kept.confirmed("x".repeat(100), "1,0", 1);
  flash.onOperation = () => {
    throw new Error("no answer from flash");
  };
  kept.connecting();
  kept.connected(false);
  kept.asking("b");
  kept.confirmed("b", "1,0", 1);
  kept.dropped("b");
  deepEqual([kept.granted("a", "1,0"), kept.granted("b", "1,0")], [-1, -1]);
});
