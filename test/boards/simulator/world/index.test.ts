import assert from "node:assert/strict";
import { test } from "node:test";
import { configure, i2cRead, i2cWrite } from "../../../../boards/simulator/world/index.js";

const idRegister = Uint8Array.of(0xd0).buffer;

test("a BME280 answers at address 0x76 of port 0, and nothing elsewhere", () => {
  configure({ args: [] });
  assert.equal(i2cWrite(0, 0x76, idRegister), true);
  assert.deepEqual(i2cRead(0, 0x76, 1), Uint8Array.of(0x60).buffer);
  assert.equal(i2cWrite(0, 0x77, idRegister), false);
  assert.equal(i2cWrite(1, 0x76, idRegister), false);
  assert.equal(i2cRead(0, 0x77, 1), undefined);
});

test("arguments set scene and faults; a wrong one says what is allowed", () => {
  configure({ args: ["scene=seconds,temperature,humidity,pressure\n0,20,50,100000", "fault:bme280=nack"] });
  assert.equal(i2cWrite(0, 0x76, idRegister), false);
  assert.throws(() => configure({ args: ["weather=fine"] }), /World argument "weather=fine": must be scene=CSV or fault:bme280=/);
  assert.throws(() => configure({ args: ["scene=x"] }), /Scene, line 1/);
});
