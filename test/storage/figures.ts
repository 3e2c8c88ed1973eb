/** What the journal costs its flash, measured on a model of it with 16 blocks of 4 KiB: the figures of docs/storage.md and docs/reliability.md. */
import { Publication } from "../../src/protocol/session/publication.js";
import { Session } from "../../src/protocol/session/session.js";
import { Journal } from "../../src/storage/journal.js";
import { SessionStore } from "../../src/storage/session-store.js";
import { TelemetryLog } from "../../src/storage/telemetry-log.js";
import { FakeFlash } from "./fake-flash.js";
import { Random } from "./random.js";

/** Messages that are measured. */
export const MESSAGES = 100_000;
/** Erases that a block of NOR flash stands. */
export const ENDURANCE = 100_000;
const MINUTES_A_YEAR = 365 * 24 * 60;

/** What so many messages cost. */
export interface FlashFigures {
  readonly writesPerMessage: number;
  readonly bytesPerThousand: number;
  readonly erasesPerThousand: number;
  /** Erases of the most worn block to those of the least worn one. */
  readonly wear: number;
  /** Years until the most worn block has been erased {@link ENDURANCE} times, at a message a minute. */
  readonly years: number;
}

/** A partition of 64 KiB that was never used. */
export function blankFlash(): FakeFlash {
  return new FakeFlash({ blocks: 16, blockLength: 4096, writeAlign: 4 }, new Random(1));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Measures what comes after the preparation. */
function measure(flash: FakeFlash, message: (number: number) => void): FlashFigures {
  const { writes, bytesWritten } = flash;
  const before = [...flash.erased];
  for (let number = 1; number <= MESSAGES; number++) message(number);
  const worn = flash.erased.map((erases, block) => erases - (before[block] ?? 0));
  const most = Math.max(...worn);
  return {
    writesPerMessage: (flash.writes - writes) / MESSAGES,
    bytesPerThousand: ((flash.bytesWritten - bytesWritten) * 1000) / MESSAGES,
    erasesPerThousand: (sum(worn) * 1000) / MESSAGES,
    wear: most / Math.min(...worn),
    years: (ENDURANCE * MESSAGES) / (most * MINUTES_A_YEAR),
  };
}

/** Publications at QoS 1 with a topic of 17 and a payload of 64 bytes, eight in flight. @param staying so many besides that stay. */
export function measurePublications(staying: number): FlashFigures {
  const flash = blankFlash();
  const store = new SessionStore(new Journal(flash));
  store.restore(new Session(), "kitchen at broker.local:8883", {});
  store.begun();
  const publication = new Publication("kitchen/telemetry", 1, false);
  const payload = new Uint8Array(64);
  // Packet Identifiers of those in flight go round below the ones that stay.
  for (let i = 0; i < staying; i++) store.keep(publication, payload, 60_001 + i);
  return measure(flash, (number) => {
    store.keep(publication, payload, 1 + (number % 60_000));
    if (number > 8) store.done(1 + ((number - 8) % 60_000));
  });
}

/** Readings of 64 bytes in the log, each of them acknowledged by itself. */
export function measureReadings(): FlashFigures {
  const flash = blankFlash();
  const log = new TelemetryLog(new Journal(flash));
  const reading = new Uint8Array(64);
  return measure(flash, (number) => {
    log.append(number * 60_000, reading);
    log.next();
    log.done(log.number);
  });
}
