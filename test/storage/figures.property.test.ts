/** The figures in docs/storage.md; docs/reliability.md has them exactly. */
import { deepEqual, ok } from "node:assert/strict";
import { test } from "node:test";
import { Journal } from "../../src/storage/journal.js";
import { TelemetryLog } from "../../src/storage/telemetry-log.js";
import { blankFlash, measurePublications, measureReadings, type FlashFigures } from "./figures.js";

function check(figures: FlashFigures, limit: { writes: number; bytes: number }): void {
  const { bytesPerThousand, erasesPerThousand, wear, writesPerMessage, years } = figures;
  ok(writesPerMessage <= limit.writes && bytesPerThousand <= limit.bytes && erasesPerThousand <= 29.2 && wear <= 1.04 && years > 100, JSON.stringify(figures));
}

for (const staying of [0, 8]) {
  test(`QoS 1, eight in flight, ${staying} that stay: two writes a message, even wear, a century`, () => {
    // What stays is moved once a lap: besides the session's two records each a write in 500 messages.
    check(measurePublications(staying), { writes: 2.005 + 0.0023 * staying, bytes: 119_000 });
  });
}

test("readings that are acknowledged one by one: two writes each, even wear, a century", () => {
  check(measureReadings(), { writes: 2.005, bytes: 119_000 });
});

test("readings in 64 KiB, by their length", () => {
  const kept = [24, 64].map((length) => {
    const log = new TelemetryLog(new Journal(blankFlash()));
    for (let i = 0; i < 5000; i++) log.append(i * 60_000, new Uint8Array(length));
    return log.count;
  });
  deepEqual(kept.map((count) => Math.floor(count / 100)), [12, 6]);
});
