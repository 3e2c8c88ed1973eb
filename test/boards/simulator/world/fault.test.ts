import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFault, presentFault } from "../../../../boards/simulator/world/fault.js";

const kinds = ["nack", "never-ready"] as const;

test("a fault is present always, from a second on, or between two seconds; of several the first", () => {
  assert.equal(presentFault([parseFault("nack", kinds)], 0), "nack");
  const late = [parseFault("never-ready@1.5", kinds)];
  assert.equal(presentFault(late, 1499), undefined);
  assert.equal(presentFault(late, 1500), "never-ready");
  const passing = [parseFault("nack@1-2", kinds), parseFault("never-ready@1.5-3", kinds)];
  assert.deepEqual([999, 1000, 1999, 2000, 3000].map((now) => presentFault(passing, now)), [undefined, "nack", "nack", "never-ready", undefined]);
  assert.equal(presentFault([], 0), undefined);
});

test("a mistake says what is allowed", () => {
  for (const text of ["", "broken", "nack@", "nack@2-", "nack@-1", "nack@x"]) assert.throws(() => parseFault(text, kinds), /must be one of nack, never-ready, with @FROM or @FROM-TO/);
});
