import { BlockHeader, Name, RecordType } from "./layout.js";
import { RecordCursor } from "./record-cursor.js";
import type { Ring } from "./ring.js";

/** What was found on flash. */
export interface Recovered {
  /** Kept records. */
  readonly kept: number;
  /** Readings that wait to be sent. */
  readonly readings: number;
  /** Places that held something else than what was written: at each, one record or more is lost. A cut leaves none. */
  readonly damaged: number;
  /** There was something, but no journal of this version and geometry: it will be overwritten. */
  readonly foreign: boolean;
}

/** Looks for the newest block. @returns whether there is something strange and no block at all. */
function findNewest(ring: Ring): boolean {
  const medium = ring.medium;
  const header = medium.header;
  let strange = false;
  for (let block = 0; block < medium.blocks; block++) {
    if (!medium.readBlockHeader(block)) strange ||= header.some((word) => word !== -1);
    else if ((header[BlockHeader.SEQUENCE] ?? 0) > ring.head) {
      ring.head = header[BlockHeader.SEQUENCE] ?? 0;
      ring.tail = ring.recordedTail = header[BlockHeader.TAIL] ?? 0;
      ring.dropped = header[BlockHeader.DROPPED] ?? 0;
    }
  }
  return strange && ring.head === 0;
}

/** Whether a record counts: one that was moved may have been torn together with what is behind it, then the original does. */
function counts({ live, medium }: Ring, id: number, name: number, offset: number): boolean {
  return id > live.id(live.count - 1) || live.findId(id) < 0 || medium.readRecord(offset, id, name);
}

/**
 * Takes in the records of a block. The last one may have been torn by a cut: its data are checked before it counts. Those of others are
 * checked when they are read, since only complete ones are followed by more.
 * @returns whether there was any.
 */
function readBlock(ring: Ring, cursor: RecordCursor, sequence: number): boolean {
  const medium = ring.medium;
  const start = medium.offsetOf(sequence);
  let id = 0;
  let name = 0;
  let offset = -1;
  cursor.moveTo(sequence);
  while (cursor.next()) {
    if (offset >= 0 && (name >> Name.TYPE <= RecordType.READING || counts(ring, id, name, offset))) ring.apply(id, name, offset);
    id = cursor.id;
    name = cursor.name;
    offset = start + cursor.position;
  }
  const found = offset >= 0;
  const whole = found && medium.readRecord(offset, id, name);
  if (whole) ring.apply(id, name, offset);
  // A header that stands alone cannot be written again with the first record.
  ring.position = whole && cursor.torn === 0 ? cursor.position : medium.blockLength;
  return found;
}

/** The numbers of readings that are no more on flash are known by the newest header. */
function countReadings(ring: Ring, head: number): void {
  const medium = ring.medium;
  if (medium.readBlockHeader(head % medium.blocks)) {
    const last = (medium.header[BlockHeader.READING] ?? 0) - 1;
    if (ring.lastReading === 0) ring.doneReading = last;
    ring.lastReading = Math.max(ring.lastReading, last);
  }
  ring.lastReading = Math.max(ring.lastReading, ring.doneReading);
}

/** Finds what a journal has left on flash. Nothing is written. */
export function recover(ring: Ring): Recovered {
  const { medium, live } = ring;
  const cursor = new RecordCursor(medium);
  const foreign = findNewest(ring);
  const head = ring.head;
  if (head > 0) {
    for (let sequence = ring.tail; sequence <= head; sequence++) {
      // Without its header it lost nothing, so long as its records are there.
      if (!readBlock(ring, cursor, sequence) && !medium.readBlockHeader(sequence % medium.blocks)) ring.damaged++;
    }
    const position = ring.position;
    // It may be the newest header that was damaged.
    if (head + 1 - medium.blocks < ring.tail && !medium.readBlockHeader((head + 1) % medium.blocks) && readBlock(ring, cursor, head + 1)) ring.head++;
    else ring.position = position;
    if (!medium.isBlank(ring.head, ring.position)) ring.position = medium.blockLength;
    countReadings(ring, head);
  }
  for (let i = live.count; i-- > 0; ) if (!medium.readRecord(live.offset(i), live.id(i), live.name(i))) ring.forget(i);
  ring.damaged += cursor.damaged;
  return { kept: live.count, readings: ring.lastReading - ring.doneReading, damaged: ring.damaged, foreign };
}
