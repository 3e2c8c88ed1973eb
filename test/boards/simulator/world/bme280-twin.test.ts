import assert from "node:assert/strict";
import { test } from "node:test";
import { BME280Twin } from "../../../../boards/simulator/world/bme280-twin.js";

const status = 0xf3, controlHumidity = 0xf2, controlMeasurement = 0xf4, data = 0xf7;

/** A twin that has started up, and its clock. */
function started(): { twin: BME280Twin; wait: (milliseconds: number) => void; read: (register: number, count?: number) => number[]; write: (...bytes: number[]) => boolean } {
  let now = 0;
  const twin = new BME280Twin(() => ({ temperature: 20, humidity: 50, pressure: 100_000 }), () => now);
  now = 2;
  return {
    twin,
    wait: (milliseconds) => now += milliseconds,
    read: (register, count = 1) => (twin.write(Uint8Array.of(register)), [...twin.read(count) ?? []]),
    write: (...bytes) => twin.write(Uint8Array.from(bytes)),
  };
}

test("after a reset the trimming registers are not there for 2 ms, and the status says so", () => {
  const { wait, read, write } = started();
  write(0xe0, 0xb6);
  assert.deepEqual(read(status), [1]);
  assert.deepEqual(read(0x88, 2), [0, 0]);
  wait(2);
  assert.deepEqual(read(status), [0]);
  assert.deepEqual(read(0x88, 2), [27_504 & 0xff, 27_504 >> 8]);
});

test("any other value written to the reset register does nothing", () => {
  const { read, write } = started();
  write(0xe0, 0x01);
  assert.deepEqual(read(status), [0]);
});

test("forced mode measures once: status, measuring time, then sleep", () => {
  const { wait, read, write } = started();
  assert.deepEqual(read(data, 8), [0x80, 0, 0, 0x80, 0, 0, 0x80, 0]);
  write(controlHumidity, 1, controlMeasurement, 0x25);
  assert.deepEqual(read(status), [0b1000]);
  wait(9.3);
  assert.deepEqual(read(status), [0]);
  assert.deepEqual(read(controlMeasurement), [0x24]);
  assert.notDeepEqual(read(data, 8), [0x80, 0, 0, 0x80, 0, 0, 0x80, 0]);
});

test("ctrl_hum takes effect only with a write of ctrl_meas", () => {
  const { wait, read, write } = started();
  write(controlMeasurement, 0x25);
  write(controlHumidity, 1);
  wait(20);
  assert.deepEqual(read(0xfd, 2), [0x80, 0]);
  write(controlMeasurement, 0x25);
  wait(20);
  assert.notDeepEqual(read(0xfd, 2), [0x80, 0]);
});

test("resolution grows with oversampling: 16 bits at 1, 20 bits at 16", () => {
  const { wait, read, write } = started();
  write(controlMeasurement, 0b001_001_01);
  wait(20);
  assert.equal((read(0xf9)[0] ?? 0) & 0xf0, 0);
  write(controlMeasurement, 0b101_101_01);
  wait(100);
  assert.notEqual((read(0xf9)[0] ?? 0) & 0xf0, 0);
});

test("identification and trimming registers cannot be written", () => {
  const { read, write } = started();
  write(0xd0, 0x12, 0x88, 0x34);
  assert.deepEqual(read(0xd0), [0x60]);
  assert.deepEqual(read(0x88), [27_504 & 0xff]);
});
