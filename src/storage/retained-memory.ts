import { checkInteger } from "../protocol/error.js";
import type { FlashPartition, FlashStatus } from "./flash.js";

const ERASED = 0xff;

/**
 * Memory that outlives a deep sleep but not a power cut, in the shape of the flash partition that {@link Journal} takes: what it holds after
 * a power cut is foreign to the journal or fails its CRCs, and is put to use again. The host gives the memory itself: on ESP32 part of
 * the RTC slow memory (8 KiB).
 */
export class RetainedMemory implements FlashPartition {
  private readonly bytes: Uint8Array;
  private readonly blockLength: number;

  /**
   * @param memory bytes that the host keeps through the sleep.
   * @param blockLength in bytes, 256 to 4,096: a quarter of it is the longest record. A rest that makes no whole block is left alone.
   * @throws MqttError (configuration) for a length out of range.
   */
  constructor(memory: ArrayBuffer, blockLength = 512) {
    this.bytes = new Uint8Array(memory);
    this.blockLength = checkInteger("blockLength", blockLength, 256, 4096);
  }

  status(): FlashStatus {
    const { blockLength } = this;
    const blocks = Math.floor(this.bytes.length / blockLength);
    return { size: blocks * blockLength, blockLength, blocks, eraseValue: ERASED, writeAlign: 4 };
  }

  read(buffer: Uint8Array, offset: number): void {
    buffer.set(this.bytes.subarray(offset, offset + buffer.length));
  }

  write(bytes: Uint8Array, offset: number): void {
    this.bytes.set(bytes, offset);
  }

  eraseBlock(block: number): void {
    this.bytes.fill(ERASED, block * this.blockLength, (block + 1) * this.blockLength);
  }
}
