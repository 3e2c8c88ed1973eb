import assert from "node:assert/strict";
import { test } from "node:test";
import { analogRead, configure, digitalRead, i2cRead, i2cWrite } from "../../../../boards/simulator/world/index.js";

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
  assert.throws(() => configure({ args: ["weather=fine"] }), /World argument "weather=fine": must be scene=CSV or fault:PART=KIND/);
  assert.throws(() => configure({ args: ["fault:bmp280=nack"] }), /World argument "fault:bmp280": the part must be one of bme280, sht4x, /);
  assert.throws(() => configure({ args: ["scene=x"] }), /Scene, line 1/);
});

test("all parts are on their addresses and pins, and each fault is of its own part", () => {
  configure({ args: ["scene=seconds,supplyVoltage,contact\n0,3.3,1", "fault:sht4x=nack"] });
  const nothing = new ArrayBuffer(0);
  const present = [0x12, 0x23, 0x40, 0x44, 0x48, 0x76].filter((address) => i2cWrite(0, address, Uint8Array.of(0).buffer));
  assert.deepEqual(present, [0x12, 0x23, 0x40, 0x48, 0x76]);
  assert.equal(i2cWrite(0, 0x62, Uint8Array.of(0x3f, 0x86).buffer), true);
  assert.equal(i2cWrite(0, 0x50, nothing), false);
  assert.equal(digitalRead(4), 0, "the contact is closed, to ground");
  assert.equal(digitalRead(0), 1, "nothing is there but the pull-up");
  assert.equal(analogRead(34), 0.5, "3.3 V behind a divider by 2, of a full scale of 3.3 V");
  assert.equal(analogRead(35), 0);
});
