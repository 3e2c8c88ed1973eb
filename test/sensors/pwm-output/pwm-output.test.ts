import assert from "node:assert/strict";
import { test } from "node:test";
import type { PWM } from "../../../src/sensors/pins.js";
import { PWMOutput } from "../../../src/sensors/pwm-output/pwm-output.js";

test("a share of the resolution, off from the start and when it is closed", () => {
  const written: number[] = [];
  let closed = 0;
  class FakePWM implements PWM {
    readonly resolution = 10;
    constructor(options: Readonly<Record<string, unknown>>) {
      assert.deepEqual(options, { pin: 17, hz: 500 });
    }
    write(value: number): void {
      written.push(value);
    }
    close(): void {
      closed++;
    }
  }
  const fan = new PWMOutput({ actuator: { io: FakePWM, pin: 17 }, hz: 500 });
  for (const value of [1, 0.5, 0.25]) fan.set(value);
  for (const value of [-0.1, 1.1, NaN]) assert.throws(() => fan.set(value), /the value must be a number from 0 to 1/);
  fan.close();
  fan.close();
  assert.deepEqual(written, [0, 1023, 512, 256, 0]);
  assert.equal(closed, 1);
  assert.throws(() => fan.set(1), /PWMOutput: closed/);
});
