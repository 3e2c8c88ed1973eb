import { checkInteger, configurationError } from "../protocol/error.js";
import { RecordCursor } from "./record-cursor.js";
import type { Journal } from "./journal.js";
import { Name, RecordHeader, RecordType } from "./layout.js";
import { dataLength } from "./medium.js";

/** Words of seconds in front of what a reading holds. */
const SECONDS_LENGTH = 4;

/** The last millisecond whose second fits. */
const TIME_MAXIMUM = 2 ** 32 * 1000 - 1;

/**
 * Readings taken while there is no connection, in the order of their taking. When the journal is full the oldest are dropped, and counted.
 * One reading is held at a time: {@link next} goes to it.
 */
export class TelemetryLog {
  /** Number of the reading in hand, for {@link done}. */
  number = 0;
  /** When it was taken, in milliseconds since 1970. */
  time = 0;
  private readonly journal: Journal;
  private readonly cursor: RecordCursor;

  constructor(journal: Journal) {
    this.journal = journal;
    this.cursor = new RecordCursor(journal.medium);
  }

  /** Readings that are not done. */
  get count(): number {
    return this.journal.lastReading - this.journal.doneReading;
  }

  /** Readings dropped for want of room since the partition was first used; goes on over restarts. */
  get dropped(): number {
    return this.journal.dropped;
  }

  /**
   * Keeps a reading.
   * @param time in milliseconds since 1970, to the year 2106.
   * @returns its number, one more than that of the reading before.
   * @throws MqttError (resource) for one that is longer than the journal's `recordLength` less 20 bytes, (configuration) for what is no time or
   * no bytes.
   */
  append(time: number, data: Uint8Array): number {
    checkInteger("time", time, 0, TIME_MAXIMUM);
    if (!(data instanceof Uint8Array)) throw configurationError("data", "a Uint8Array");
    const { journal } = this;
    const medium = journal.medium;
    const at = journal.begin(RecordType.READING, time % 1000, SECONDS_LENGTH + data.length);
    medium.words[at / 4] = time / 1000;
    medium.bytes.set(data, at + SECONDS_LENGTH);
    return journal.commit();
  }

  /** Goes to the next reading that is not done: {@link number}, {@link time} and {@link read} are its. @returns whether there is one. */
  next(): boolean {
    const { cursor, journal } = this;
    if (cursor.sequence < journal.tail) cursor.moveTo(journal.tail);
    for (;;) {
      while (cursor.next()) if (cursor.name >> Name.TYPE === RecordType.READING && this.take()) return true;
      if (cursor.sequence >= journal.head) return false;
      cursor.moveTo(cursor.sequence + 1);
    }
  }

  /** @returns whether the reading at the cursor is to be sent. */
  private take(): boolean {
    const { cursor, journal } = this;
    const medium = journal.medium;
    if (cursor.id <= journal.doneReading) return false;
    if (!medium.readRecord(cursor.offset, cursor.id, cursor.name)) {
      journal.damaged++;
      return false;
    }
    this.number = cursor.id;
    this.time = ((medium.words[medium.start / 4 + RecordHeader.DATA] ?? 0) >>> 0) * 1000 + (cursor.name & Name.KEY);
    return true;
  }

  /** What the reading in hand holds, until the journal or the log is used again. */
  read(): Uint8Array {
    const { cursor, journal } = this;
    return journal.medium.readData(cursor.offset, SECONDS_LENGTH, dataLength(cursor.name) - SECONDS_LENGTH);
  }

  /** Goes before the first reading that is not done: those that were sent and not acknowledged come again. */
  rewind(): void {
    this.cursor.moveTo(this.journal.tail);
  }

  /** A reading has arrived, and all before it. They do not come again. */
  done(number: number): void {
    this.journal.doneReadings(number);
  }
}
