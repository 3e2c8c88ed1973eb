import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { PulseCounter } from "../../../src/sensors/pulse-counter/pulse-counter.js";
import { FakePins } from "../fake-pins.js";

function bench(context: TestContext, pull?: "down"): { readonly pins: FakePins; readonly counter: PulseCounter; readonly pulse: (width: number, times?: number) => void } {
  context.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
  const pins = new FakePins();
  const idle = pull === "down" ? 0 : 1;
  pins.levels.set(5, idle);
  const pulse = (width: number, times = 1): void => {
    for (let count = 0; count < times; count++) {
      pins.change(5, 1 - idle);
      context.mock.timers.tick(width);
      pins.change(5, idle);
      context.mock.timers.tick(width);
    }
  };
  return { pins, counter: new PulseCounter({ sensor: { io: pins.Digital, pin: 5 }, ...(pull && { pull }) }), pulse };
}

test("counts pulses, and says how many a second since the last sample", (context) => {
  const { counter, pulse } = bench(context);
  pulse(50, 20);
  assert.deepEqual(counter.sample().pulseCounter, { count: 20, rate: 10 });
  context.mock.timers.tick(4000);
  assert.deepEqual(counter.sample().pulseCounter, { count: 20, rate: 0 });
  pulse(500, 2);
  assert.deepEqual(counter.sample(), { time: 1_008_000, pulseCounter: { count: 22, rate: 1 } });
  assert.equal(counter.sample().pulseCounter.rate, 0, "no time has passed to divide by");
});

test("pulses within the debounce time are bouncing", (context) => {
  const { counter, pulse } = bench(context, "down");
  pulse(2, 3);
  context.mock.timers.tick(10);
  pulse(2, 3);
  assert.equal(counter.sample().pulseCounter.count, 2);
  counter.configure({ debounce: 0 });
  pulse(2, 3);
  assert.equal(counter.sample().pulseCounter.count, 5);
});

test("a wrong debounce is refused; after close nothing is counted any more", (context) => {
  const { counter, pins, pulse } = bench(context);
  assert.throws(() => counter.configure({ debounce: NaN }), /debounce must be a number of milliseconds from 0 to 10000/);
  counter.close();
  counter.close();
  pulse(50);
  assert.equal(pins.closed, 1);
  assert.throws(() => counter.sample(), /PulseCounter: closed/);
});
