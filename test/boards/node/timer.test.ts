import assert from "node:assert/strict";
import { test } from "node:test";
import Timer from "../../../boards/node/timer.js";

test("set calls once, with the timer, and never at once", async () => {
  let timer: Timer | undefined;
  const called = await new Promise<Timer>((resolve) => {
    timer = Timer.set(resolve);
    assert.ok(timer);
  });
  assert.equal(called, timer);
  assert.throws(() => Timer.schedule(called, 1), /was cleared/);
});

test("set with a repeat interval calls again until cleared", async () => {
  let calls = 0;
  await new Promise<void>((resolve) => {
    Timer.set(
      (timer) => {
        if (++calls < 3) return;
        Timer.clear(timer);
        resolve();
      },
      0,
      1,
    );
  });
  assert.equal(calls, 3);
});

test("a one-shot timer may schedule itself again", async () => {
  let calls = 0;
  await new Promise<void>((resolve) => {
    Timer.set((timer) => {
      if (++calls < 3) Timer.schedule(timer, 1);
      else resolve();
    });
  });
  assert.equal(calls, 3);
});

test("a repeating timer can be laid to rest and be woken up", async () => {
  let calls = 0;
  await new Promise<void>((resolve) => {
    const repeating = Timer.repeat((timer) => {
      calls++;
      Timer.schedule(timer);
      Timer.set(() => {
        assert.equal(calls, 1);
        Timer.set(() => resolve(), 5);
        Timer.schedule(repeating, 0);
        Timer.clear(repeating);
      }, 5);
    }, 1);
  });
  assert.equal(calls, 1);
});

test("a cleared timer does not call; clearing again or nothing is allowed", async () => {
  const timer = Timer.set(() => assert.fail("called after clear"));
  Timer.clear(timer);
  Timer.clear(timer);
  Timer.clear(undefined);
  Timer.clear(null);
  await new Promise((resolve) => Timer.set(resolve, 5));
});

test("intervals outside what a device can keep are refused", () => {
  for (const interval of [-1, NaN, 2 ** 31, Infinity]) assert.throws(() => Timer.set(() => undefined, interval), RangeError);
  assert.throws(() => Timer.set(() => undefined, 0, -1), RangeError);
  assert.throws(() => Timer.set(1 as never), TypeError);
});
