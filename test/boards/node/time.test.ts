import assert from "node:assert/strict";
import { test } from "node:test";
import Time from "../../../boards/node/time.js";

test("ticks and microseconds run forward together", () => {
  const before = Time.ticks;
  const microseconds = Time.microseconds;
  assert.ok(Number.isInteger(before));
  assert.ok(Math.abs(microseconds / 1000 - before) < 1000);
  assert.ok(Time.delta(before) >= 0);
});

test("delta is right over the wrap-around of ticks", () => {
  assert.equal(Time.delta(100, 350), 250);
  assert.equal(Time.delta(0x7fff_fff0, -0x7fff_fff0), 32);
});
