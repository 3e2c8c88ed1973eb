import { checkInteger, MqttError } from "../protocol/error.js";
import type { FlashPartition } from "./flash.js";
import { Name, RecordType } from "./layout.js";
import { Medium } from "./medium.js";
import { recover, type Recovered } from "./recovery.js";
import { Ring } from "./ring.js";

export interface JournalOptions {
  /** Records that are kept at once, 12 bytes of RAM each: 1 to 1,024. Default 32. */
  readonly liveRecords?: number | undefined;
  /** Longest record in bytes, 16 of them its header; takes as much RAM: 64 to a quarter of a block, at most 4,096. Default 512. */
  readonly recordLength?: number | undefined;
  /** In place of what the partition says, in bytes; ESP32's encrypted flash needs 16. */
  readonly writeAlign?: number | undefined;
}

function full(what: string): MqttError {
  return new MqttError("resource", `${what}, or wait until some are done`);
}

/**
 * An append-only journal over a partition of NOR flash (docs/storage.md). When a call returns, what it wrote is safe; a power cut at any
 * moment loses at most what was being written then. Blocks are used in turn, so that all are worn alike: what is kept moves on from the
 * oldest one before its turn comes, readings in it are dropped and counted.
 */
export class Journal extends Ring {
  /** What was found on flash: to be reported once. */
  readonly recovered: Recovered;
  /** Whether a client has the session that is kept here. */
  inUse?: boolean;
  private readonly liveRecords: number;
  /** Bytes of flash that may be kept. */
  private readonly keptLimit: number;

  /**
   * Finds what is on flash, and writes nothing.
   * @throws MqttError (configuration) for an option out of range or a partition that cannot be used.
   */
  constructor(flash: FlashPartition, options: JournalOptions = {}) {
    const { blockLength } = flash.status();
    const recordLength = checkInteger("recordLength", options.recordLength ?? 512, 64, Math.min(blockLength >> 2, Name.LENGTH_MAXIMUM + 1));
    const liveRecords = checkInteger("liveRecords", options.liveRecords ?? 32, 1, 1024);
    const medium = new Medium(flash, options.writeAlign, recordLength);
    super(medium, liveRecords);
    this.liveRecords = liveRecords;
    this.keptLimit = ((medium.blocks - 4) * blockLength) / 2;
    this.recovered = recover(this);
  }

  /**
   * Begins a record of a type and key, which {@link commit} writes; it takes the place of the one that has them, and a
   * session that of everything kept. A reading's key is free.
   * @param length bytes of data, to be put into `medium.bytes` at once.
   * @returns where they belong there.
   * @throws MqttError (resource) when it is too long or too much is kept: nothing has changed.
   */
  begin(type: number, key: number, length: number): number {
    const medium = this.medium;
    const size = medium.sizeOf(length);
    medium.checkLength(length);
    if ((type === RecordType.OUTGOING || type === RecordType.INCOMING) && this.live.find((type << Name.TYPE) | key) < 0) this.checkRoom(type, size);
    this.makeRoom(size);
    return medium.compose(type === RecordType.READING ? this.lastReading + 1 : this.nextId, (type << Name.TYPE) | (length << Name.LENGTH) | key, this.carry(size));
  }

  /**
   * Publications leave room for received identifiers, of which there are no more than the Receive Maximum: the application has those messages
   * already when their identifiers are to be kept.
   * @throws MqttError (resource) when so many bytes more, or one record more, would be too much to keep.
   */
  private checkRoom(type: number, size: number): void {
    const { count, bytes } = this.live;
    const outgoing = type === RecordType.OUTGOING;
    const limit = outgoing ? this.keptLimit : this.keptLimit * 1.25;
    if (outgoing && count >= this.liveRecords) throw full(`${count} records are kept already: raise liveRecords`);
    if (bytes + size > limit) throw full(`${bytes} of ${limit} bytes are kept already: use a larger partition`);
  }

  /** Writes the record that was begun. @returns its `ID`. */
  commit(): number {
    const medium = this.medium;
    const id = medium.id;
    const name = medium.name;
    this.apply(id, name, this.write());
    return id;
  }

  /** Reads part of a kept record's data. @returns them, until the journal is used again; nothing when the record is done. */
  read(id: number, from: number, count: number): Uint8Array {
    const index = this.live.findId(id);
    return this.medium.readData(index < 0 ? 0 : this.live.offset(index), from, index < 0 ? 0 : count);
  }

  /** Marks the kept record of a type and key as done. @returns whether there was one. */
  done(type: number, key: number): boolean {
    const index = this.live.find((type << Name.TYPE) | key);
    if (index < 0) return false;
    this.mark(this.live.id(index), type, key);
    return true;
  }

  /** Marks a reading and all before it as done. */
  doneReadings(number: number): void {
    const last = Math.min(number, this.lastReading);
    // One that had to make room is only gone for good when a block's header says so: after a power cut before that it would come again.
    if (last <= this.doneReading && this.recordedTail === this.tail) return;
    // First: making room for the mark drops nothing that has arrived.
    this.doneReading = Math.max(last, this.doneReading);
    this.mark(this.doneReading, RecordType.READING, this.dropped);
  }

  private mark(id: number, type: number, key: number): void {
    const size = this.medium.sizeOf(0);
    this.makeRoom(size);
    this.medium.compose(id, Name.DONE | (type << Name.TYPE) | (key & Name.KEY), this.carry(size));
    this.commit();
  }
}
