import assert from "node:assert/strict";
import { test } from "node:test";
import Time from "../boards/node/time.js";
import Timer from "../boards/node/timer.js";

const load = async (name: string): Promise<unknown> => ((await import(name)) as { default: unknown }).default;

test("shared code finds a device's timer and time under their bare names", async () => {
  assert.equal(await load("timer"), Timer);
  assert.equal(await load("time"), Time);
});
