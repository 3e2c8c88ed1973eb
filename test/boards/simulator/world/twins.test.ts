import assert from "node:assert/strict";
import { test } from "node:test";
import { ADS1115Twin } from "../../../../boards/simulator/world/ads1115-twin.js";
import { BH1750Twin } from "../../../../boards/simulator/world/bh1750-twin.js";
import { parseFault } from "../../../../boards/simulator/world/fault.js";
import type { I2CDevice } from "../../../../boards/simulator/world/i2c-bus.js";
import { INA219Twin } from "../../../../boards/simulator/world/ina219-twin.js";
import { pin, Pins } from "../../../../boards/simulator/world/pins.js";
import { PMSA003ITwin } from "../../../../boards/simulator/world/pmsa003i-twin.js";
import { type Conditions, dailyCycle } from "../../../../boards/simulator/world/scene.js";
import { SCD4xTwin } from "../../../../boards/simulator/world/scd4x-twin.js";
import { SHT4xTwin } from "../../../../boards/simulator/world/sht4x-twin.js";

/** A clock that the test moves, and a scene. */
class World {
  milliseconds = 0;
  conditions: Conditions = { ...dailyCycle(0), co2: 500, temperature: 25, humidity: 37, supplyVoltage: 11.98, current: 1, illuminance: 100, contact: 1, pulseRate: 0.5 };
  readonly now = (): number => this.milliseconds;
  readonly scene = (): Conditions => this.conditions;
}

const ask = (twin: I2CDevice, bytes: readonly number[], count: number): number[] | undefined => twin.write(Uint8Array.from(bytes)) ? [...twin.read(count) ?? []] : undefined;

test("an SHT4x acknowledges nothing while it measures, and gives a measurement once", () => {
  const world = new World();
  const twin = new SHT4xTwin(world.scene, world.now);
  assert.equal(twin.write(Uint8Array.of(0xfd)), true);
  world.milliseconds = 8.2;
  assert.equal(twin.read(6), undefined);
  assert.equal(twin.write(Uint8Array.of(0xfd)), false);
  world.milliseconds = 8.3;
  assert.equal(twin.read(6)?.length, 6);
  assert.equal(twin.read(6), undefined);
  assert.equal(twin.write(Uint8Array.of(0x12)), false, "no such command");
});

test("an SCD4x answers as in the datasheet's example, once a period, and takes configuration only when idle", () => {
  const world = new World();
  const twin = new SCD4xTwin(world.scene, world.now);
  const command = (code: number): boolean => {
    world.milliseconds += 2;
    return twin.write(Uint8Array.of(code >> 8, code & 0xff));
  };
  assert.equal(command(0x21b1), true);
  assert.equal(command(0x3682), false, "the serial number only of an idle chip");
  world.milliseconds = 5010;
  command(0xec05);
  assert.equal(twin.read(9), undefined, "not yet");
  world.milliseconds += 1;
  // SCD4x 1.3, 3.5.2; humidity and temperature round to the example's words.
  assert.deepEqual([...twin.read(9) ?? []].slice(0, 6), [0x01, 0xf4, 0x33, 0x66, 0x66, 0x93]);
  command(0xec05);
  world.milliseconds += 1;
  assert.equal(twin.read(9), undefined, "its buffer is empty");
  assert.equal(command(0x3f86), true);
  assert.equal(command(0x21b1), false, "it takes 500 ms to stop");
  world.milliseconds += 500;
  assert.equal(command(0x3682), true);
});

test("a BH1750 measures once and goes to sleep; reset clears only while it is on", () => {
  const world = new World();
  const twin = new BH1750Twin(world.scene, world.now);
  for (const instruction of [0x01, 0x20]) twin.write(Uint8Array.of(instruction));
  assert.deepEqual([...twin.read(2) ?? []], [0, 0]);
  world.milliseconds = 120;
  assert.deepEqual([...twin.read(2) ?? []], [0, 120]);
  twin.write(Uint8Array.of(0x07));
  assert.deepEqual([...twin.read(2) ?? []], [0, 120]);
  twin.write(Uint8Array.of(0x01));
  twin.write(Uint8Array.of(0x07));
  assert.deepEqual([...twin.read(2) ?? []], [0, 0]);
});

test("an INA219 has the registers of the datasheet's example", () => {
  const world = new World();
  const twin = new INA219Twin(world.scene, world.now);
  assert.deepEqual(ask(twin, [0], 2), [0x39, 0x9f]);
  // 11.98 V is 0x5D98, with the bit for a conversion that is done.
  assert.deepEqual(ask(twin, [2], 2), [0x5d, 0x9a]);
  world.conditions = { ...world.conditions, current: -0.001 };
  assert.deepEqual(ask(twin, [1], 2), [0xff, 0xf6]);
});

test("an ADS1115 converts on demand, and says that it is busy", () => {
  const world = new World();
  const twin = new ADS1115Twin(world.scene, world.now);
  assert.deepEqual(ask(twin, [1], 2), [0x85, 0x83]);
  twin.write(Uint8Array.of(1, 0xc1, 0x83));
  assert.deepEqual(ask(twin, [1], 2), [0x41, 0x83]);
  world.milliseconds = 8;
  assert.deepEqual(ask(twin, [1], 2), [0xc1, 0x83]);
  // 5.99 V of 6.144.
  assert.deepEqual(ask(twin, [0], 2), [31_947 >> 8, 31_947 & 0xff]);
});

test("a PMSA003I has no frame in the first second, and registers from any on", () => {
  const world = new World();
  const twin = new PMSA003ITwin(world.scene, world.now);
  assert.deepEqual(ask(twin, [0], 2), [0, 0]);
  world.milliseconds = 1000;
  assert.deepEqual(ask(twin, [0], 4), [0x42, 0x4d, 0, 28]);
  assert.deepEqual(ask(twin, [2], 2), [0, 28]);
});

test("a fault is there while it lasts, for all parts on a bus", () => {
  const world = new World();
  const twin = new PMSA003ITwin(world.scene, world.now, [parseFault("nack@1-2", ["nack"])]);
  assert.deepEqual([0, 1000, 1999, 2000].map((time) => (world.milliseconds = time, twin.write(Uint8Array.of(0)))), [true, false, false, true]);
  world.milliseconds = 1500;
  assert.equal(twin.read(1), undefined);
});

test("contact and meter pull to ground; the battery's pin breaks and saturates", () => {
  const world = new World();
  const pins = new Pins(world.scene, world.now, [parseFault("open@5-6", ["open"]), parseFault("absurd@6", ["absurd"])]);
  assert.equal(pins.level(pin.contact), 0);
  world.conditions = { ...world.conditions, contact: 0, supplyVoltage: 3.3 };
  assert.equal(pins.level(pin.contact), 1);
  assert.deepEqual([0, 999, 1000, 2000].map((time) => (world.milliseconds = time, pins.level(pin.pulses))), [1, 1, 0, 1]);
  assert.deepEqual([0, 5000, 6000].map((time) => (world.milliseconds = time, pins.share(pin.battery))), [0.5, 0, 1]);
});
