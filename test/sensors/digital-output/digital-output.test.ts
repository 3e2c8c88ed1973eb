import assert from "node:assert/strict";
import { test } from "node:test";
import { DigitalOutput } from "../../../src/sensors/digital-output/digital-output.js";
import { FakePins } from "../fake-pins.js";

test("is off from the start, switches, and is off again when it is closed", () => {
  const pins = new FakePins();
  const relay = new DigitalOutput({ actuator: { io: pins.Digital, pin: 16 } });
  assert.equal(pins.opened[0]?.["initialValue"], 0);
  relay.set(1);
  relay.close();
  relay.close();
  assert.deepEqual(pins.written, [[16, 0], [16, 1], [16, 0]]);
  assert.equal(pins.closed, 1);
  assert.throws(() => relay.set(1), /DigitalOutput: closed/);
});

test("inverted, on is a low level, also before the first write", () => {
  const pins = new FakePins();
  const relay = new DigitalOutput({ actuator: { io: pins.Digital, pin: 16 }, invert: 1 });
  assert.equal(pins.opened[0]?.["initialValue"], 1);
  relay.set(1);
  assert.deepEqual(pins.written, [[16, 1], [16, 0]]);
  assert.throws(() => relay.set(0.5), /the value must be 0 or 1/);
});
