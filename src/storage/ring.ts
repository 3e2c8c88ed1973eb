import { MqttError } from "../protocol/error.js";
import { BlockHeader, Name, RecordHeader, RecordType } from "./layout.js";
import { LiveIndex } from "./live-index.js";
import { dataLength, type Medium } from "./medium.js";

/** Blocks that are kept free: one to be begun, one so that it is void before the header says so. */
const RESERVE = 2;

/** The journal's blocks: where the next record goes, and what makes room for it. */
export class Ring {
  readonly medium: Medium;
  /** What is kept. */
  readonly live: LiveIndex;
  /** The block that is being written; 0 before the first. */
  head = 0;
  /** Where its next record goes. */
  position: number;
  /** The oldest block in use. */
  tail = 1;
  /** The oldest block in use as the newest header on flash has it: only what is older may be erased. */
  recordedTail = 1;
  /** `ID` of the next record that is kept. */
  nextId = 1;
  /** Number of the last reading. */
  lastReading = 0;
  /** Number of the last reading that is done or dropped. */
  doneReading = 0;
  /** Readings that had to make room, ever. */
  dropped = 0;
  /** Whether there was a record of this type since the start: mostly there is none to look for. */
  private anySent = false;
  /** The oldest block when it was found to hold nothing any more that has to move. */
  private emptied = 0;
  /** Records that were found spoilt since the start. */
  damaged = 0;

  constructor(medium: Medium, liveRecords: number) {
    this.medium = medium;
    this.live = new LiveIndex(medium, liveRecords);
    this.position = medium.blockLength;
  }

  /** Takes in what a record says: one that was just written, or all there are in their order. */
  apply(id: number, name: number, offset: number): void {
    const type = (name >> Name.TYPE) & Name.TYPE_MAXIMUM;
    if (type === RecordType.SENT) this.anySent = true;
    // Done or released.
    if (this.anySent && type === RecordType.OUTGOING && dataLength(name) === 0) this.live.remove(this.live.find((RecordType.SENT << Name.TYPE) | (name & Name.KEY)));
    if (type === RecordType.READING) {
      if (name < 0) {
        const dropped = (((name & Name.KEY) - this.dropped) << 16) >> 16;
        if (dropped > 0) this.dropped += dropped;
        if (id > this.doneReading) this.doneReading = id;
        return;
      }
      // What came before the first that is left is gone.
      if (this.lastReading === 0) this.doneReading = Math.max(this.doneReading, id - 1);
      this.lastReading = id;
    } else if (name < 0) this.live.remove(this.live.findId(id));
    else {
      this.live.add(id, name, offset);
      if (id >= this.nextId) this.nextId = id + 1;
    }
  }

  /**
   * Makes room for a record of so many bytes in the newest block: at most one block is erased and at most one is filled with what moves.
   * @throws MqttError (resource) when nothing may be erased.
   */
  makeRoom(size: number): void {
    const medium = this.medium;
    if (this.position + size <= medium.blockLength) return;
    const next = this.head + 1;
    if (next - medium.blocks >= this.recordedTail) throw new MqttError("resource", "the journal is full: use a larger partition");
    medium.erase(next);
    this.head = next;
    this.position = medium.start;
    this.clean(size);
  }

  /** Empties the oldest blocks while too few are free and a record of `size` bytes still fits. */
  private clean(size: number): void {
    const medium = this.medium;
    while (this.isShort(this.head)) {
      if (!this.moveAll(medium.offsetOf(this.tail), size)) return;
      this.tail++;
      if (medium.readBlockHeader(this.tail % medium.blocks)) this.dropBefore(medium.header[BlockHeader.READING] ?? 0);
    }
  }

  /** Whether too few blocks are free with this one as the newest. */
  private isShort(head: number): boolean {
    const { live, medium, tail } = this;
    // What is kept may lie together: while it moves, no block is won.
    const reserve = RESERVE + Math.ceil(live.bytes / medium.blockLength);
    return tail < this.head && medium.blocks - (head - tail + 1) < reserve;
  }

  /**
   * Puts a record that would have to move when the next block is begun before one of `size` bytes that is to be written, where there is room:
   * it costs no write of its own then.
   * @returns the bytes it takes in the medium's buffer.
   */
  protected carry(size: number): number {
    const { live, medium, tail } = this;
    if (this.emptied === tail || !this.isShort(this.head + 1)) return 0;
    const from = medium.offsetOf(tail);
    for (let i = live.count; i-- > 0; ) {
      const offset = live.offset(i);
      if (offset < from || offset >= from + medium.blockLength) continue;
      const name = live.name(i);
      const both = medium.sizeOf(dataLength(name)) + size;
      if (this.position + both > medium.blockLength || medium.start + both > medium.bytes.length) return 0;
      if (medium.readRecord(offset, live.id(i), name)) return medium.seal(this.head);
      this.forget(i);
      return 0;
    }
    this.emptied = tail;
    return 0;
  }

  /** Moves what is kept in a block. @returns whether all of it found room. */
  private moveAll(from: number, size: number): boolean {
    const { live, medium } = this;
    for (let i = live.count; i-- > 0; ) {
      const offset = live.offset(i);
      if (offset < from || offset >= from + medium.blockLength) continue;
      const name = live.name(i);
      if (this.position + medium.sizeOf(dataLength(name)) + size > medium.blockLength) return false;
      if (medium.readRecord(offset, live.id(i), name)) live.setOffset(i, this.write());
      else this.forget(i);
    }
    return true;
  }

  /** Gives up a record that cannot be read any more. */
  forget(index: number): void {
    this.live.remove(index);
    this.damaged++;
  }

  private dropBefore(reading: number): void {
    const count = reading - 1 - this.doneReading;
    if (count <= 0) return;
    this.dropped += count;
    this.doneReading = reading - 1;
  }

  /** Writes the record that is in hand, and what moves with it. @returns its offset. */
  write(): number {
    const { live, medium, position } = this;
    const offset = medium.offsetOf(this.head) + position;
    const first = position === medium.start;
    if (first) medium.setBlockHeader(this.head, this.tail, this.lastReading + 1, this.dropped);
    // Where a write failed nothing more is written.
    this.position = medium.blockLength;
    const size = medium.write(this.head, position);
    if (first) this.recordedTail = this.tail;
    this.position = position + size;
    if (medium.at > medium.start) live.setOffset(live.findId(medium.words[medium.start / 4 + RecordHeader.ID] ?? 0), offset);
    return offset + medium.at - medium.start;
  }
}
