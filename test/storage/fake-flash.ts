import { MqttError } from "../../src/protocol/error.js";
import type { FlashPartition, FlashStatus } from "../../src/storage/flash.js";
import type { Random } from "./random.js";

/** The power went: the operation under way is torn, and every later one fails. Nobody is left to wrap it: it passes through the journal as it is. */
export class PowerCut extends MqttError {
  override cause = "the power is gone";

  constructor() {
    super("resource", "the power is gone");
  }
}

export interface Geometry {
  readonly blocks: number;
  readonly blockLength: number;
  readonly writeAlign: number;
}

/** A write or an erase that is about to happen. */
export interface Operation {
  readonly offset: number;
  /** Undefined for an erase. */
  readonly bytes: Uint8Array | undefined;
}

/** How far an operation gets before the power goes. */
export interface Tear {
  /** Bytes of it that are as they should be. */
  readonly bytes: number;
  /** Chance of each bit of the others. */
  readonly bits: number;
  /** The others are anything. */
  readonly garbage?: boolean;
}

/** NOR flash that takes its rules seriously: bits are only cleared, no unit is written twice, everything is aligned and within bounds. */
export class FakeFlash implements FlashPartition {
  readonly geometry: Geometry;
  readonly bytes: Uint8Array;
  /** Erases of each block. */
  readonly erased: number[];
  writes = 0;
  bytesWritten = 0;
  reads = 0;
  /** Told each write and erase before it happens. */
  onOperation: ((operation: Operation) => void) | undefined;
  /** Operations until the power goes. */
  cutAfter = Infinity;
  /** The power has gone. */
  off = false;
  tear: Tear = { bytes: 0, bits: 0 };
  private readonly random: Random;
  /** Of each unit, whether it was written since its block was erased. */
  private readonly used: Uint8Array;

  constructor(geometry: Geometry, random: Random, bytes?: Uint8Array) {
    const { blocks, blockLength, writeAlign } = geometry;
    this.geometry = geometry;
    this.random = random;
    this.bytes = bytes ?? new Uint8Array(blocks * blockLength).fill(0xff);
    this.erased = new Array<number>(blocks).fill(0);
    this.used = new Uint8Array(this.bytes.length / writeAlign);
    for (let i = 0; i < this.bytes.length; i++) if (this.bytes[i] !== 0xff) this.used[Math.floor(i / writeAlign)] = 1;
  }

  /** What comes up after the cut. */
  restart(): FakeFlash {
    return new FakeFlash(this.geometry, this.random, this.bytes.slice());
  }

  status(): FlashStatus {
    return { ...this.geometry, size: this.bytes.length, eraseValue: 0xff };
  }

  read(buffer: Uint8Array, offset: number): number {
    this.check(offset, buffer.length, 1);
    this.reads++;
    buffer.set(this.bytes.subarray(offset, offset + buffer.length));
    return buffer.length;
  }

  write(bytes: Uint8Array, offset: number): void {
    const align = this.geometry.writeAlign;
    this.check(offset, bytes.length, align);
    for (let unit = offset / align; unit < (offset + bytes.length) / align; unit++) if (this.used[unit] === 1) throw new Error(`unit ${unit} is written twice`);
    this.operate({ offset, bytes });
    this.writes++;
    this.bytesWritten += bytes.length;
    this.used.fill(1, offset / align, (offset + bytes.length) / align);
    this.bytes.set(bytes, offset);
  }

  eraseBlock(block: number): void {
    const { blockLength, writeAlign } = this.geometry;
    const offset = block * blockLength;
    this.check(offset, blockLength, blockLength);
    this.operate({ offset, bytes: undefined });
    this.erased[block] = (this.erased[block] ?? 0) + 1;
    this.used.fill(0, offset / writeAlign, (offset + blockLength) / writeAlign);
    this.bytes.fill(0xff, offset, offset + blockLength);
  }

  /** Does part of an operation. */
  doTorn(operation: Operation, tear: Tear): void {
    const length = operation.bytes?.length ?? this.geometry.blockLength;
    for (let i = 0; i < length; i++) {
      const at = operation.offset + i;
      const before = this.bytes[at] ?? 0;
      const after = operation.bytes === undefined ? 0xff : before & (operation.bytes[i] ?? 0);
      let byte = i < tear.bytes ? after : tear.garbage === true ? this.random.below(256) : before;
      for (let bit = 1; bit < 0x100 && tear.bits > 0 && i >= tear.bytes; bit <<= 1) if (this.random.chance(tear.bits)) byte = (byte & ~bit) | (after & bit);
      this.bytes[at] = byte;
    }
  }

  private operate(operation: Operation): void {
    this.onOperation?.(operation);
    if (this.cutAfter-- > 0) return;
    this.cutAfter = 0;
    if (!this.off) this.doTorn(operation, this.tear);
    this.off = true;
    throw new PowerCut();
  }

  private check(offset: number, length: number, align: number): void {
    if (!(Number.isInteger(offset) && offset >= 0 && length > 0 && offset + length <= this.bytes.length)) throw new RangeError(`${length} bytes at ${offset} are not in the partition`);
    if (offset % align !== 0 || length % align !== 0) throw new RangeError(`${length} bytes at ${offset} are not aligned to ${align}`);
  }
}
