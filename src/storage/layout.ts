/*
 * Where things stand on flash, in words of 4 bytes, low byte first (docs/storage.md). The partition is a ring: block number `sequence`
 * lies at `sequence` modulo the number of blocks.
 */

/** Header of a block. It is written together with the block's first record. */
export const BlockHeader = {
  /** {@link FORMAT} and in the top byte how many words a write is a multiple of. */
  FORMAT: 0,
  SEQUENCE: 1,
  /** Sequence of the oldest block in use when this one was begun: older ones are void, whatever they hold. */
  TAIL: 2,
  /** Number of the next reading when this block was begun. */
  READING: 3,
  /** Readings dropped so far. */
  DROPPED: 4,
  /** CRC-32 of the words before. */
  CHECK: 5,
  /** In bytes. */
  LENGTH: 24,
} as const;

/** "xj" and the version of the layout, which is 1. */
export const FORMAT = 0x016a78;

/** Header of a record. */
export const RecordHeader = {
  /** Rises from record to record, and stays when a record is moved. Of a mark that something is done: what it is about. */
  ID: 0,
  /** See {@link Name}. */
  NAME: 1,
  /**
   * CRC-32 of the block's sequence and the two words before: what belongs to another block does not count. Its complement where the record was
   * written in one with the one before it, which was moved.
   */
  CHECK: 2,
  /** In bytes, where there are no data. */
  LENGTH: 12,
  /** CRC-32 of `ID` and the data, filled up with 0xFF to whole words; only where there are data. */
  DATA_CHECK: 3,
  /** First word of the data. */
  DATA: 4,
  /** In bytes, where data follow. */
  LENGTH_WITH_DATA: 16,
} as const;

/** What the second word of a record says. */
export const Name = {
  /** What the application calls it: a Packet Identifier. */
  KEY: 0xffff,
  /** Where the length of the data begins, 12 bits. */
  LENGTH: 16,
  LENGTH_MAXIMUM: 0xfff,
  /** Where the type begins, 3 bits; see {@link RecordType}. */
  TYPE: 28,
  TYPE_MAXIMUM: 7,
  /** Type and key: of those there is at most one record at a time. */
  TYPE_AND_KEY: 0x7000ffff,
  /** Not a record but a mark: the record of this `ID` is done. Of a reading: it and all before, and `KEY` is the low half of the readings dropped. */
  DONE: -0x80000000,
} as const;

export const RecordType = {
  /** A reading: not moved but dropped when it is the oldest and room is needed. `ID` is its number, `KEY` milliseconds. */
  READING: 0,
  /** The session's identity: ends every kept record from before. */
  SESSION: 1,
  /** An outgoing publication; without data once its PUBREL is due. `KEY` is the Packet Identifier. */
  OUTGOING: 2,
  /** An incoming QoS 2 publication between PUBREC and PUBREL. `KEY` is the Packet Identifier. */
  INCOMING: 3,
  /** The outgoing QoS 2 publication with this `KEY` has been sent; ends with it, or with its PUBREC. */
  SENT: 4,
  /** A server may have the session's other half. */
  BEGUN: 5,
  /** Packet Identifiers from the one in the data on have not been used. */
  IDENTIFIERS: 6,
  /** A subscription that the server holds, or may hold; with `KEY` 0 and no data: a CONNECT is not answered yet, it may have begun a new session. */
  SUBSCRIPTION: 7,
} as const;
