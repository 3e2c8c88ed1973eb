/** The figures in docs/storage.md; docs/reliability.md has them exactly. */
import { deepEqual, ok } from "node:assert/strict";
import { test } from "node:test";
import { Journal } from "../../src/storage/journal.js";
import { TelemetryLog } from "../../src/storage/telemetry-log.js";
import { blankFlash, measurePublications, measureReadings, type FlashFigures } from "./figures.js";

function check(figures: FlashFigures, erases: number): void {
  const { bytesPerThousand, erasesPerThousand, wear, writesPerMessage, years } = figures;
  ok(writesPerMessage <= 2 && bytesPerThousand <= 4096 * erases && erasesPerThousand <= erases && wear <= 1.04 && years > 95, JSON.stringify(figures));
}

// What stays is moved once a lap, together with what is written anyway. The last is all that fits beside the session and those in flight.
for (const staying of [0, 8, 21]) {
  test(`QoS 1, eight in flight, ${staying} that stay: two writes a message with headers and what moves, even wear, a century`, () => {
    check(measurePublications(staying), staying === 21 ? 30 : 29.2);
  });
}

test("readings that are acknowledged one by one: two writes each, even wear, a century", () => {
  check(measureReadings(), 29.2);
});

test("readings in 64 KiB, by their length", () => {
  const kept = [24, 64].map((length) => {
    const log = new TelemetryLog(new Journal(blankFlash()));
    for (let i = 0; i < 5000; i++) log.append(i * 60_000, new Uint8Array(length));
    return log.count;
  });
  deepEqual(kept.map((count) => Math.floor(count / 100)), [12, 6]);
});
