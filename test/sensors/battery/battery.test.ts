import assert from "node:assert/strict";
import { test } from "node:test";
import { Battery } from "../../../src/sensors/battery/battery.js";
import type { Analog } from "../../../src/sensors/pins.js";

/** A 12-bit converter with given readings, one after the other and again. */
function converter(...readings: number[]): { readonly io: new () => Analog; closed: number } {
  let next = 0;
  const bench = {
    closed: 0,
    io: class implements Analog {
      readonly resolution = 12;
      read(): number {
        return readings[next++ % readings.length] ?? 0;
      }
      close(): void {
        bench.closed++;
      }
    },
  };
  return bench;
}

test("the mean of the readings, by reference and divider", () => {
  // Independently: 2457 / 4095 is 0.6; 0.6 * 3.3 V * 2 is 3.96 V.
  const { io } = converter(2456, 2458);
  const battery = new Battery({ sensor: { io, pin: 34 } });
  assert.equal(battery.sample().voltmeter.voltage.toFixed(9), "3.960000000");
  battery.configure({ reference: 1.1, divider: 5 });
  assert.equal(battery.sample().voltmeter.voltage.toFixed(9), "3.300000000");
  assert.deepEqual(battery.configuration, { reference: 1.1, divider: 5 });
  assert.ok(Math.abs(battery.sample().time - Date.now()) < 60_000);
});

test("a converter at its end says nothing about the voltage", () => {
  assert.throws(() => new Battery({ sensor: { io: converter(4095).io, pin: 34 } }).sample(), /reads full scale: check the divider/);
  assert.throws(() => new Battery({ sensor: { io: converter(0).io, pin: 34 } }).sample(), /reads 0: check the wiring/);
});

test("wrong options name what is allowed, after close nothing is read", () => {
  const bench = converter(1);
  const battery = new Battery({ sensor: { io: bench.io, pin: 34 } });
  assert.throws(() => battery.configure({ reference: 0 }), /reference must be a number of volts from 0.1 to 10/);
  assert.throws(() => battery.configure({ divider: 0.5 }), /divider must be a number from 1 to 100/);
  battery.close();
  battery.close();
  assert.equal(bench.closed, 1);
  assert.throws(() => battery.sample(), /Battery: closed/);
});
