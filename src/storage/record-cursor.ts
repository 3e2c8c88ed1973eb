import { RecordHeader } from "./layout.js";
import { Found, type Medium } from "./medium.js";

/** Goes through the records of one block after another. */
export class RecordCursor {
  /** The block. */
  sequence = 0;
  /** Where the record begins in its block; after the last one, where the next may come. */
  position = 0;
  id = 0;
  name = 0;
  /** Stretches of a block that were no records although records followed them. */
  damaged = 0;
  /** 1 where the same goes for what the record in hand was written with: when nothing follows, a cut has torn that write. */
  torn = 0;
  private readonly medium: Medium;
  private size = 0;

  constructor(medium: Medium) {
    this.medium = medium;
  }

  /** Goes before the first record of a block. */
  moveTo(sequence: number): void {
    this.sequence = sequence;
    this.position = this.medium.start;
    this.size = this.torn = 0;
  }

  /** Where the record begins in the partition. */
  get offset(): number {
    return this.medium.offsetOf(this.sequence) + this.position;
  }

  /** Goes to the next record of the block; may be asked again when there was none. */
  next(): boolean {
    const medium = this.medium;
    let at = this.position + this.size;
    let skipped = false;
    let size: number = Found.BLANK;
    while (at + RecordHeader.LENGTH <= medium.blockLength) {
      size = medium.readRecordHeader(this.sequence, at);
      if (size !== Found.GARBAGE) break;
      skipped = true;
      at += medium.unit;
      size = Found.BLANK;
    }
    // Behind what was torn nothing was written any more.
    if (size === Found.BLANK && skipped) at = medium.blockLength;
    this.position = at;
    this.size = size;
    if (size === Found.BLANK) return false;
    this.damaged += this.torn;
    this.torn = 0;
    if (skipped) {
      if (medium.header[RecordHeader.CHECK] === 0) this.damaged++;
      else this.torn = 1;
    }
    this.id = medium.header[RecordHeader.ID] ?? 0;
    this.name = medium.header[RecordHeader.NAME] ?? 0;
    return true;
  }
}
