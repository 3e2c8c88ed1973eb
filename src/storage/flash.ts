/** What a partition is like (ECMA-419, Flash Partition Class Pattern, `status`). All in bytes but `blocks`. */
export interface FlashStatus {
  readonly size: number;
  readonly blockLength: number;
  readonly blocks: number;
  /** What an erased byte holds; the Moddable SDK leaves it out on ESP32, where it is 0xFF. */
  readonly eraseValue?: number;
  /** Position and length of every write are multiples of it; the Moddable SDK leaves it out on ESP32, see {@link JournalOptions.writeAlign}. */
  readonly writeAlign?: number;
}

/** An open partition of `embedded:storage/flash`: what the journal uses of it. */
export interface FlashPartition {
  status(): FlashStatus;
  /** Fills the buffer with what is stored from `offset` on. */
  read(buffer: Uint8Array, offset: number): unknown;
  /** Clears bits; each byte is written at most once after its block was erased. */
  write(bytes: Uint8Array, offset: number): unknown;
  /** Sets every bit of one block. */
  eraseBlock(block: number): unknown;
}
