import assert from "node:assert/strict";
import { test } from "node:test";
import { readParts } from "../../src/node/sensor-configuration.js";
import { MqttError } from "../../src/protocol/error.js";
import { registry } from "../../src/sensors/registry.js";

test("a type is enough where the part has one address; everything else has a default", () => {
  const { sensors: [air], actuators } = readParts({ air: { type: "SCD4x" } }, registry, ["default"]);
  assert.ok(air);
  const { type, ...settings } = air;
  assert.equal(type.name, "SCD4x");
  assert.deepEqual(settings, {
    name: "air", bus: "default", address: 0x62, pin: 0, options: {}, retry: 1, onFailure: "report",
    median: 1, average: 1,
  });
  assert.deepEqual(actuators, []);
});

test("all fields arrive; addresses may be hexadecimal text; a single number does where there is one quantity", () => {
  const { sensors: [light, power] } = readParts({
    light: { type: "BH1750", address: "0x5c", bus: "second", interval: 2.5, retry: 4, onFailure: "stop", median: 5, average: 10, scale: 2, offset: -1, delta: 3, heartbeat: 60, measurementTime: 31 },
    power: { type: "INA219", address: 65, shunt: 0.01, delta: { current: 0.5 } },
  }, registry, ["default", "second"]);
  assert.ok(light && power);
  const { type, ...settings } = light;
  assert.equal(type.name, "BH1750");
  assert.deepEqual(settings, {
    name: "light", bus: "second", address: 0x5c, pin: 0, options: { measurementTime: 31 }, interval: 2.5, retry: 4, onFailure: "stop",
    median: 5, average: 10, scale: [2], offset: [-1], delta: [3], heartbeat: 60,
  });
  assert.deepEqual([power.address, power.options, power.delta], [65, { shunt: 0.01 }, [Infinity, 0.5, Infinity]]);
});

test("JSON text is taken, as from a command line; actuators are told from sensors", () => {
  const { sensors, actuators } = readParts('{"relay":{"type":"DigitalOutput","pin":16,"invert":1},"door":{"type":"DigitalInput","pin":4}}', registry, ["default"]);
  assert.deepEqual(sensors.map(({ name, pin, options }) => ({ name, pin, options })), [{ name: "door", pin: 4, options: { pull: "up", debounce: 50 } }]);
  assert.deepEqual(actuators.map(({ name, pin, options }) => ({ name, pin, options })), [{ name: "relay", pin: 16, options: { invert: 1 } }]);
});

test("one address may be on two buses, and a board may have none", () => {
  const pair = { near: { type: "SHT4x" }, far: { type: "SHT4x", bus: "second" } };
  assert.deepEqual(readParts(pair, registry, ["default", "second"]).sensors.map(({ bus, address }) => [bus, address]), [["default", 0x44], ["second", 0x44]]);
  assert.throws(() => readParts({ air: { type: "SHT4x" } }, registry, []), /sensors\.air\.bus must be another board's: this one has no device\.I2C/);
});

test("a mistake names the entry, the field and what is allowed", () => {
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [[], /^sensors must be an object/],
    ["{", /^sensors must be an object, or its JSON text/],
    [{ "a/b": {} }, /^sensors: the name "a\/b" must be 1 to 32 characters, without \+, # and \//],
    [{ air: 7 }, /^sensors\.air must be an object/],
    [{ air: {} }, /^sensors\.air\.type must be one of ADS1115, Battery, BH1750, BME280, /],
    [{ air: { type: "SHT5x" } }, /^sensors\.air\.type must be one of .*SHT4x/],
    [{ air: { type: "SHT4x", address: 0x50 } }, /^sensors\.air\.address must be one of 0x44, 0x45, 0x46/],
    [{ air: { type: "SHT4x", bus: 1 } }, /^sensors\.air\.bus must be text, a name in device\.I2C/],
    [{ air: { type: "SHT4x", intervall: 5 } }, /^sensors\.air: the field "intervall" must be one of type, bus, address, interval, retry, onFailure, median/],
    [{ air: { type: "SHT4x", pin: 4 } }, /^sensors\.air: the field "pin" must be one of/],
    [{ air: { type: "SHT4x", interval: 0 } }, /^sensors\.air\.interval must be a number of seconds from 1 to 86400/],
    [{ air: { type: "SHT4x", interval: "5" } }, /^sensors\.air\.interval must be a number of seconds/],
    [{ air: { type: "SHT4x", retry: 0 } }, /^sensors\.air\.retry must be/],
    [{ air: { type: "SHT4x", onFailure: "ignore" } }, /^sensors\.air\.onFailure must be one of report, quiet, stop/],
    [{ air: { type: "SHT4x", median: 4 } }, /^sensors\.air\.median must be an odd number from 1 to 15/],
    [{ air: { type: "SHT4x", average: 61 } }, /^sensors\.air\.average must be a whole number from 1 to 60/],
    [{ air: { type: "SHT4x", delta: 1 } }, /^sensors\.air\.delta must be an object of numbers for temperature, humidity/],
    [{ air: { type: "SHT4x", offset: { pressure: 1 } } }, /^sensors\.air\.offset: "pressure" must be one of temperature, humidity/],
    [{ air: { type: "SHT4x", scale: { humidity: "2" } } }, /^sensors\.air\.scale\.humidity must be a number from/],
    [{ air: { type: "SHT4x", heartbeat: 60 } }, /^sensors\.air\.heartbeat must be given together with delta/],
    [{ light: { type: "BH1750", measurementTime: 30 } }, /^sensors\.light\.measurementTime must be a whole number from 31 to 254/],
    [{ analog: { type: "ADS1115", range: 5 } }, /^sensors\.analog\.range must be one of 6\.144, 4\.096/],
    [{ door: { type: "DigitalInput" } }, /^sensors\.door\.pin must be a whole number from 0 to 48/],
    [{ air: { type: "SHT4x", bus: "second" } }, /^sensors\.air\.bus must be one of default$/],
    [{ air: { type: "SHT4x" }, too: { type: "SHT3x" } }, /^sensors\.too\.address must be another than that of "air"$/],
    [{ door: { type: "DigitalInput", pin: 4 }, lamp: { type: "PWMOutput", pin: 4 } }, /^sensors\.lamp\.pin must be another than that of "door"$/],
    [{ relay: { type: "DigitalOutput", pin: 4, interval: 5 } }, /^sensors\.relay: the field "interval" must be one of type, pin, invert/],
  ];
  for (const [value, message] of wrong)
    assert.throws(() => readParts(value, registry, ["default"]), (error) => error instanceof MqttError && error.kind === "configuration" && message.test(error.message), String(message));
});
