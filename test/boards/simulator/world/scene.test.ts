import assert from "node:assert/strict";
import { test } from "node:test";
import { dailyCycle } from "../../../../boards/simulator/world/scene.js";

const hour = 3600;

test("the daily cycle is warmest at 15 h, that is 7 h after the boot, coldest 12 h later, and repeats", () => {
  assert.equal(dailyCycle(7 * hour).temperature, 24);
  assert.equal(dailyCycle(19 * hour).temperature, 18);
  const [today, tomorrow] = [dailyCycle(1000), dailyCycle(24 * hour + 1000)];
  assert.ok(Math.abs(today.temperature - tomorrow.temperature) < 1e-9);
  assert.equal(dailyCycle(7 * hour).humidity, 37);
});
