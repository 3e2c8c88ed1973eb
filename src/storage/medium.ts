import { configurationError, MqttError } from "../protocol/error.js";
import { crc32 } from "./crc32.js";
import type { FlashPartition } from "./flash.js";
import { BlockHeader, FORMAT, Name, RecordHeader } from "./layout.js";

/** Fewest blocks: two that are being filled and emptied, two in reserve, and one for what is kept. */
const BLOCKS_MINIMUM = 5;

const NOTHING = new Uint8Array(0);

/** What stands where the header of a record is looked for. */
export const Found = { BLANK: 0, GARBAGE: -1 } as const;

/** Length of a record's data in bytes. */
export function dataLength(name: number): number {
  return (name >> Name.LENGTH) & Name.LENGTH_MAXIMUM;
}

/** What a partition throws, as the one class of errors, its own as `cause`; unchanged where it is one. */
function flashError(what: string, thrown: unknown): MqttError {
  if (thrown instanceof MqttError) return thrown;
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  const error = new MqttError("resource", `flash cannot be ${what}: ${reason}: check the partition table, replace a chip that is worn out`);
  error.cause = thrown;
  return error;
}

/** Whether it was flash that failed, and not a limit that was reached. */
export function isFlashFailure(error: unknown): boolean {
  return error instanceof MqttError && error.cause !== undefined;
}

/** A partition as the journal sees it: headers, records and one buffer for them. */
export class Medium {
  readonly blocks: number;
  readonly blockLength: number;
  /** Everything begins at a multiple of it: `writeAlign`, or whole words. */
  readonly unit: number;
  /** Bytes of a block before its first record. */
  readonly start: number;
  /** The last header read. */
  readonly header = new Int32Array(BlockHeader.LENGTH / 4);
  /** A record behind room for a block's header, so that both go in one write. There is room for one without data besides. */
  bytes = NOTHING;
  /** The same. */
  words = new Int32Array(NOTHING.buffer);
  /** Where the record in hand begins in the buffer: behind the block's header, or behind a record that is written with it. */
  at = 0;
  private readonly flash: FlashPartition;
  private readonly blockHeader: Uint8Array;
  private readonly recordHeader: Uint8Array;
  /** Parts of the buffer, kept as they are mostly the same again: a record without data, another one, and data. */
  private mark = NOTHING;
  private record = NOTHING;
  private data = NOTHING;

  /** @throws MqttError (configuration) for a partition that cannot be used, or a length out of range. */
  constructor(flash: FlashPartition, writeAlign: number | undefined, recordLength: number) {
    const status = flash.status();
    const align = writeAlign ?? status.writeAlign ?? 4;
    const unit = Math.max(align, 4);
    this.flash = flash;
    this.blocks = status.blocks;
    this.blockLength = status.blockLength;
    this.unit = unit;
    this.start = this.roundUp(BlockHeader.LENGTH);
    if (status.blocks < BLOCKS_MINIMUM) throw configurationError("the partition", `of ${BLOCKS_MINIMUM} blocks or more, it has ${status.blocks}`);
    if ((status.eraseValue ?? 0xff) !== 0xff) throw configurationError("the partition", "of NOR flash, where an erased byte is 0xFF");
    if (align < 1 || align > 512 || (align & (align - 1)) !== 0) throw configurationError("writeAlign", "a power of two from 1 to 512");
    this.allocate(this.start + this.roundUp(recordLength));
    this.blockHeader = new Uint8Array(this.header.buffer);
    this.recordHeader = this.blockHeader.subarray(0, RecordHeader.LENGTH);
  }

  private roundUp(length: number): number {
    return (length + this.unit - 1) & -this.unit;
  }

  /** Bytes that a record takes, by the length of its data. */
  sizeOf(length: number): number {
    return this.roundUp(length === 0 ? RecordHeader.LENGTH : RecordHeader.LENGTH_WITH_DATA + length);
  }

  /** Where a block begins in the partition. */
  offsetOf(sequence: number): number {
    return (sequence % this.blocks) * this.blockLength;
  }

  /** @throws MqttError (resource) when the flash fails, as everything here that reads or writes. */
  erase(sequence: number): void {
    try {
      this.flash.eraseBlock(sequence % this.blocks);
    } catch (error) {
      throw flashError("erased", error);
    }
  }

  private read(buffer: Uint8Array, offset: number): void {
    try {
      this.flash.read(buffer, offset);
    } catch (error) {
      throw flashError("read", error);
    }
  }

  private formatWord(): number {
    return FORMAT | ((this.unit / 4) << 24);
  }

  /** Reads the header at the start of a block of the partition. @returns whether it is one. */
  readBlockHeader(block: number): boolean {
    const header = this.header;
    this.read(this.blockHeader, block * this.blockLength);
    return header[BlockHeader.FORMAT] === this.formatWord() && header[BlockHeader.CHECK] === crc32(this.formatWord(), header, BlockHeader.SEQUENCE, BlockHeader.CHECK)
      && (header[BlockHeader.SEQUENCE] ?? 0) % this.blocks === block;
  }

  /** Puts a block's header in front of the record that is to be written. */
  setBlockHeader(sequence: number, tail: number, reading: number, dropped: number): void {
    const words = this.words;
    this.bytes.fill(0xff, 0, this.start);
    const format = (words[BlockHeader.FORMAT] = this.formatWord());
    words[BlockHeader.SEQUENCE] = sequence;
    words[BlockHeader.TAIL] = tail;
    words[BlockHeader.READING] = reading;
    words[BlockHeader.DROPPED] = dropped;
    words[BlockHeader.CHECK] = crc32(format, words, BlockHeader.SEQUENCE, BlockHeader.CHECK);
  }

  /**
   * Reads a record's header; its `CHECK` is 0 then, or -1 where the record was written in one with the one before it.
   * @returns the bytes that the record takes, or one of {@link Found}.
   */
  readRecordHeader(sequence: number, position: number): number {
    const header = this.header;
    this.read(this.recordHeader, this.offsetOf(sequence) + position);
    // On the way of every record when the journal is opened.
    const found = header[RecordHeader.CHECK] ?? 0;
    const check = (header[RecordHeader.CHECK] = found ^ crc32(sequence, header, 0, RecordHeader.CHECK));
    if (check === 0 || check === -1) {
      const size = this.sizeOf(dataLength(header[RecordHeader.NAME] ?? 0));
      if (position + size <= this.blockLength) return size;
    }
    return ((header[RecordHeader.ID] ?? 0) & (header[RecordHeader.NAME] ?? 0) & found) === -1 ? Found.BLANK : Found.GARBAGE;
  }

  /** Whether a block holds nothing from a position on. */
  isBlank(sequence: number, position: number): boolean {
    const words = this.words;
    while (position < this.blockLength) {
      const length = Math.min(this.bytes.length, this.blockLength - position);
      this.read(this.view(0, length), this.offsetOf(sequence) + position);
      for (let i = length >> 2; i-- > 0; ) if (words[i] !== -1) return false;
      position += length;
    }
    return true;
  }

  /** Begins a record in the buffer. @param behind bytes of a sealed one that is to be written with it. @returns where its data belong. */
  compose(id: number, name: number, behind: number): number {
    const at = (this.at = this.start + behind);
    this.bytes.fill(0xff, at, at + this.sizeOf(dataLength(name)));
    this.words[at / 4 + RecordHeader.ID] = id;
    this.words[at / 4 + RecordHeader.NAME] = name;
    return at + RecordHeader.LENGTH_WITH_DATA;
  }

  /** Makes the header of the record in hand one of a block. @returns the bytes that the record takes. */
  seal(sequence: number): number {
    const words = this.words;
    const record = this.at / 4;
    const check = crc32(sequence, words, record, record + RecordHeader.CHECK);
    words[record + RecordHeader.CHECK] = this.at > this.start ? ~check : check;
    return this.sizeOf(dataLength(this.name));
  }

  /** Seals the record in hand and writes it, with one that may be before it, and at the start of a block with its header. @returns the bytes of both. */
  write(sequence: number, position: number): number {
    const start = this.start;
    const length = dataLength(this.name);
    const end = this.at + this.seal(sequence);
    const from = position === start ? 0 : start;
    if (length > 0) this.words[this.at / 4 + RecordHeader.DATA_CHECK] = this.dataCheck(length);
    try {
      this.flash.write(this.view(from, end - from), this.offsetOf(sequence) + position + from - start);
    } catch (error) {
      throw flashError("written", error);
    }
    return end - start;
  }

  /** `ID` of the record in hand. */
  get id(): number {
    return this.words[this.at / 4 + RecordHeader.ID] ?? 0;
  }

  /** `NAME` of the record in hand. */
  get name(): number {
    return this.words[this.at / 4 + RecordHeader.NAME] ?? 0;
  }

  private dataCheck(length: number): number {
    const data = this.at / 4 + RecordHeader.DATA;
    return crc32(this.id, this.words, data, data + ((length + 3) >> 2));
  }

  /** Reads a whole record into the buffer: it is in hand then. @returns whether it is as it was written. */
  readRecord(offset: number, id: number, name: number): boolean {
    const length = dataLength(name);
    const size = this.sizeOf(length);
    this.require(this.start + size);
    this.at = this.start;
    this.read(this.view(this.start, size), offset);
    return this.id === id && this.name === name && (length === 0 || this.words[this.start / 4 + RecordHeader.DATA_CHECK] === this.dataCheck(length));
  }

  /** Reads part of a record's data. @returns them, until the buffer is used again. */
  readData(offset: number, from: number, count: number): Uint8Array {
    const start = this.start + RecordHeader.LENGTH_WITH_DATA;
    this.require(start + count);
    if (this.data.length !== count) this.data = this.bytes.subarray(start, start + count);
    if (count > 0) this.read(this.data, offset + RecordHeader.LENGTH_WITH_DATA + from);
    return this.data;
  }

  /** Makes the buffer as large as an earlier one was, that wrote what is to be read. */
  private require(length: number): void {
    if (length > this.bytes.length - this.sizeOf(0)) this.allocate(length);
  }

  private allocate(length: number): void {
    const bytes = (this.bytes = new Uint8Array(this.roundUp(length) + this.sizeOf(0)));
    this.words = new Int32Array(bytes.buffer);
    this.record = this.mark = bytes.subarray(this.start, this.start + this.sizeOf(0));
    this.data = NOTHING;
  }

  /** The part of the buffer that is a record of so many bytes, or begins with a block's header. */
  private view(start: number, size: number): Uint8Array {
    if (start > 0 && size === this.mark.length) return this.mark;
    const record = this.record;
    if (record.byteOffset === start && record.length === size) return record;
    return (this.record = this.bytes.subarray(start, start + size));
  }

  /** The error of the caller who wants to keep more in one record than there is room for. */
  checkLength(length: number): void {
    const room = this.bytes.length - this.sizeOf(0) - this.start - RecordHeader.LENGTH_WITH_DATA;
    if (length > room) throw new MqttError("resource", `what is to be kept takes ${length} bytes, a record has ${room}: raise recordLength by ${length - room} or more, up to a quarter of a block`);
  }
}
