import assert from "node:assert/strict";
import { test } from "node:test";
import { DigitalInput } from "../../../src/sensors/digital-input/digital-input.js";
import { FakeTimers } from "../../node/fake-host.js";
import { FakePins } from "../fake-pins.js";

interface Bench {
  readonly pins: FakePins;
  readonly timer: FakeTimers;
  readonly input: DigitalInput;
  changes: number;
}

function bench(pull?: "up" | "down" | "none"): Bench {
  const pins = new FakePins();
  pins.levels.set(4, pull === "down" ? 0 : 1);
  const timer = new FakeTimers();
  const result: Bench = {
    pins, timer, changes: 0,
    input: new DigitalInput({ sensor: { io: pins.Digital, pin: 4 }, timer, ...(pull && { pull }), onChanged: () => result.changes++ }),
  };
  return result;
}

test("a contact to ground is active when it closes, once it has kept still", async () => {
  const subject = bench();
  const { input, pins, timer } = subject;
  assert.deepEqual(input.sample().switch, { active: 0, changes: 0 });
  pins.change(4, 0);
  await timer.pass(49);
  assert.deepEqual(input.sample().switch, { active: 0, changes: 0 });
  await timer.pass(1);
  assert.deepEqual(input.sample().switch, { active: 1, changes: 1 });
  assert.equal(subject.changes, 1);
});

test("bouncing is one change, and a short pulse is none", async () => {
  const subject = bench();
  const { input, pins, timer } = subject;
  for (let bounce = 0; bounce < 10; bounce++) {
    pins.change(4, bounce % 2);
    await timer.pass(20);
  }
  pins.change(4, 0);
  await timer.pass(50);
  assert.deepEqual(input.sample().switch, { active: 1, changes: 1 });
  pins.change(4, 1);
  await timer.pass(30);
  pins.change(4, 0);
  await timer.pass(100);
  assert.deepEqual(input.sample().switch, { active: 1, changes: 1 });
  assert.equal(subject.changes, 1);
});

test("with a pull-down a high level is active; invert turns it round", async () => {
  const { input, pins, timer } = bench("down");
  assert.equal(pins.opened[0]?.["mode"], 2);
  pins.change(4, 1);
  await timer.pass(50);
  assert.equal(input.sample().switch.active, 1);
  input.configure({ invert: 1, debounce: 0 });
  assert.equal(input.sample().switch.active, 0);
  assert.deepEqual(input.configuration, { debounce: 0, invert: 1 });
});

test("a wrong debounce is refused; after close nothing is heard any more", async () => {
  const subject = bench("none");
  assert.equal(subject.pins.opened[0]?.["mode"], 0);
  assert.throws(() => subject.input.configure({ debounce: -1 }), /debounce must be a number of milliseconds from 0 to 10000/);
  subject.pins.change(4, 0);
  subject.input.close();
  subject.input.close();
  await subject.timer.pass(100);
  assert.deepEqual([subject.changes, subject.pins.closed, subject.timer.count], [0, 1, 0]);
  assert.throws(() => subject.input.sample(), /DigitalInput: closed/);
});
