import assert from "node:assert/strict";
import { test } from "node:test";
import { Clock } from "../../src/node/clock.js";

test("uptime goes on when the ticks wrap", () => {
  const time = { ticks: 0x7fff_fff0, delta: (start: number, end: number): number => (end - start) | 0 };
  const clock = new Clock(time, () => 0);
  time.ticks = (0x7fff_fff0 + 5000) | 0;
  assert.equal(clock.uptime(), 5);
  time.ticks = (time.ticks + 1600) | 0;
  assert.equal(clock.uptime(), 6);
});
