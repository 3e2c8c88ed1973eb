/** The figures in docs/storage.md. */
import { deepEqual, ok } from "node:assert/strict";
import { test } from "node:test";
import { Publication } from "../../src/protocol/session/publication.js";
import { Session } from "../../src/protocol/session/session.js";
import { Journal } from "../../src/storage/journal.js";
import { SessionStore } from "../../src/storage/session-store.js";
import { TelemetryLog } from "../../src/storage/telemetry-log.js";
import { FakeFlash } from "./fake-flash.js";
import { Random } from "./random.js";

const MESSAGES = 20_000;
const MINUTES_A_YEAR = 365 * 24 * 60;

function blank(): FakeFlash {
  return new FakeFlash({ blocks: 16, blockLength: 4096, writeAlign: 4 }, new Random(1));
}

function total(erased: readonly number[]): number {
  return erased.reduce((sum, count) => sum + count);
}

for (const staying of [0, 8]) {
  test(`QoS 1, eight in flight, ${staying} that stay: two writes a message, even wear, a century`, () => {
    const flash = blank();
    const store = new SessionStore(new Journal(flash));
    store.restore(new Session(), "kitchen at broker.local:8883", {});
    store.begun();
    const publication = new Publication("kitchen/telemetry", 1, false);
    const payload = new Uint8Array(64);
    for (let i = 0; i < staying; i++) store.keep(publication, payload, 60_001 + i);
    const { writes, bytesWritten } = flash;
    const erases = total(flash.erased);
    for (let i = 1; i <= MESSAGES; i++) {
      store.keep(publication, payload, i);
      if (i > 8) store.done(i - 8);
    }
    const perMessage = {
      writes: (flash.writes - writes) / MESSAGES,
      bytes: (flash.bytesWritten - bytesWritten) / MESSAGES,
      erases: (total(flash.erased) - erases) / MESSAGES,
    };
    const wear = Math.max(...flash.erased) / Math.min(...flash.erased);
    // What stays is moved once a lap: besides the session's two records each a write in 500 messages.
    ok(perMessage.writes <= 2.005 + 0.0023 * staying && perMessage.bytes <= 119 && perMessage.erases <= 0.0292 && wear <= 1.04, JSON.stringify({ ...perMessage, wear }));
    ok((100_000 * 16) / (perMessage.erases * MINUTES_A_YEAR) > 100);
  });
}

test("readings in 64 KiB, by their length", () => {
  const kept = [24, 64].map((length) => {
    const log = new TelemetryLog(new Journal(blank()));
    for (let i = 0; i < 5000; i++) log.append(i * 60_000, new Uint8Array(length));
    return log.count;
  });
  deepEqual(kept.map((count) => Math.floor(count / 100)), [12, 6]);
});
