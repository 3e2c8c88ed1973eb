import { deepEqual, ok } from "node:assert/strict";
import { test } from "node:test";
import { number, type Line } from "./harness.js";
import { fillAndRecover, work } from "./recovery.js";

/** Checks what was found, and what it took: RAM in bytes, and steps. */
function check(line: Line, expected: Line, limit: { ram: number; steps: number }): void {
  const { steps, ram, garbage, ...found } = line;
  deepEqual(found, { damaged: 0, foreign: false, resumed: true, ...expected });
  ok(Number(ram) <= limit.ram && Number(steps) <= limit.steps, `${String(ram)} bytes of RAM, ${String(garbage)} of garbage, ${String(steps)} steps`);
}

test("a full partition of a session is found again by an ESP32, with its publications in flight", async () => {
  const { found } = await fillAndRecover("session");
  check(found, { kept: 10, readings: 0, exchanges: 8, delivered: 0 }, { ram: 3000, steps: 1_200_000 });
});

test("a full partition of readings is found again by an ESP32, and each of them with its bytes", async () => {
  const { filled, found } = await fillAndRecover("readings");
  const readings = number(filled, "count");
  ok(readings > 500, `${readings} readings`);
  check(found, { kept: 2, readings, exchanges: 0, delivered: readings }, { ram: 3000, steps: 500_000 });
});

for (const what of ["session", "readings"] as const)
  test(`an ESP32 works on its flash for ten laps, ${what}: two writes a message, even wear, and no call takes long`, async () => {
    const { writesPerMessage, wear, laps, erases, bytes, steps } = await work(what);
    ok(Number(laps) >= 10 && Number(writesPerMessage) <= 2 && Number(wear) <= 1.2, `${String(laps)} laps, ${String(writesPerMessage)} writes a message, wear ${String(wear)}`);
    ok(Number(erases) <= 1 && Number(bytes) <= 512 && Number(steps) <= 14_000, `${String(erases)} erases, ${String(bytes)} bytes, ${String(steps)} steps in a call`);
  });
