import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "./harness.js";

test("a profile tells steps, allocated bytes and calls by function, as far as it was not stopped", async () => {
  const { code, stderr } = await run("profile", { profile: true, heap: "esp32", bits: 32 });
  assert.equal(code, 0, stderr);
  const rows = stderr.split("\n").map((line) => /^ *(\d+) +(\d+) +(\d+) {2}main:(\d+) {2}(.*)$/.exec(line)?.slice(1) ?? []);
  // An object with one property: two slots.
  assert.deepEqual(rows.filter(([, , calls]) => Number(calls) > 0).slice(0, 2).map(([, ...rest]) => rest), [
    ["3200", "100", "4", "function inner(x) {"],
    ["0", "1", "8", "function outer() {"],
  ]);
  assert.ok(rows.every(([steps = "1"]) => Number(steps) > 0));
});

test("without the option nothing is told", async () => {
  const { stderr } = await run("profile", { heap: "esp32" });
  assert.equal(stderr, "");
});
