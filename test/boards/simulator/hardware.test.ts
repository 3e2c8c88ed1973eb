import assert from "node:assert/strict";
import { test } from "node:test";
import { fixture, run, runWell } from "./harness.js";

test("buses and pins reach the world, and what goes wrong on them throws", async () => {
  assert.deepEqual(await runWell("hardware", { heap: "esp32", clock: "virtual", world: fixture("world"), worldArgs: ["0.5"] }), {
    into: 2,
    read: [2, 3],
    writeRead: [1, 2, 3],
    duplicate: "address 118 is in use on this bus",
    target: "none",
    closed: "closed",
    words: [0x12, 0x3456, 0x5634],
    block: [7, 8, 9],
    nack: [
      "read failed: no acknowledge from 0x77", "write failed: no acknowledge from 0x77",
      "writeRead failed: no acknowledge from 0x77", 1,
    ],
    wrong: [
      "address is required: 0 to 127",
      "hz is required: 1 to 20000000",
      "address must be 0 to 127",
      "mode must be one of Digital.Input... or Digital.Output...",
      "onReadable needs an input and edge: Digital.Rising, Digital.Falling or both",
    ],
    inUse: "pin 2 is in use",
    direction: "pin 2 is an output",
    analog: [2048, 4095],
    // 512 of 1023, as 12 bits.
    pwm: [10, 500, 2050, "value must be 0 to 1023", "pin 17 is in use", "closed", 1024],
    pressed: [1, 100],
  });
});

test("without a world nobody acknowledges", async () => {
  const { code, stderr } = await run("hardware", { clock: "virtual" });
  assert.equal(code, 15);
  assert.match(stderr, /write failed: no acknowledge from 0x76/);
});

test("a world that throws ends the simulation as the world's fault", async () => {
  const { code, stderr } = await run("hardware", { clock: "virtual", world: fixture("exception-world") });
  assert.equal(code, 1);
  assert.match(stderr, /world: unhandled exception: Error: the chip is on fire/);
});

test("simulated hardware costs the device no memory", async () => {
  const without = await run("collect", { heap: "esp32", report: true });
  const withWorld = await run("collect", { heap: "esp32", report: true, world: fixture("world"), worldArgs: ["1"] });
  assert.deepEqual(withWorld.lines, without.lines);
});

test("Wi-Fi connects in 50 ms, tells every step, and never from inside a method", async () => {
  const { log } = await runWell("wifi", { heap: "esp32", clock: "virtual" });
  assert.deepEqual(log, [
    "already connecting",
    [30, "connection", 400, "none"],
    [50, "address", 500, "192.0.2.10"],
    [50, "connection", 200, "none"],
  ]);
});
