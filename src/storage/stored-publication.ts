import type { PreparedHeader } from "../protocol/session/prepared-header.js";
import type { PayloadSource, Publication } from "../protocol/session/publication.js";
import type { Journal } from "./journal.js";

/** First bytes of an outgoing record: flags, and the length of topic and of properties, 2 bytes each, high byte first. */
export const PUBLICATION_HEADER = 5;

/** A payload that is read from flash while it is sent: it takes no RAM, and may be moved on flash meanwhile. */
class StoredPayload implements PayloadSource {
  readonly byteLength: number;
  private readonly journal: Journal;
  private readonly id: number;
  private readonly start: number;

  constructor(journal: Journal, id: number, start: number, byteLength: number) {
    this.journal = journal;
    this.id = id;
    this.start = start;
    this.byteLength = byteLength;
  }

  /** @returns the bytes, until the journal is used again; none once the publication is done. */
  read(offset: number, count: number): Uint8Array {
    return this.journal.read(this.id, this.start + offset, Math.min(count, this.byteLength - offset));
  }
}

/** A publication that was in flight before a restart, in the shape that a session sends again. */
export class StoredPublication implements Publication {
  readonly topic: Uint8Array;
  readonly flags: number;
  readonly properties: Uint8Array;
  readonly topicAlias = 0;
  readonly payload: PayloadSource;
  header: PreparedHeader | undefined;

  /** @param length bytes of the record's data. */
  constructor(journal: Journal, id: number, length: number) {
    const [flags = 0, topicHigh = 0, topicLow = 0, propertiesHigh = 0, propertiesLow = 0] = journal.read(id, 0, PUBLICATION_HEADER);
    const topicEnd = PUBLICATION_HEADER + ((topicHigh << 8) | topicLow);
    const propertiesEnd = topicEnd + ((propertiesHigh << 8) | propertiesLow);
    this.flags = flags;
    this.topic = journal.read(id, PUBLICATION_HEADER, topicEnd - PUBLICATION_HEADER).slice();
    this.properties = journal.read(id, topicEnd, propertiesEnd - topicEnd).slice();
    this.payload = new StoredPayload(journal, id, propertiesEnd, length - propertiesEnd);
  }

  get qos(): number {
    return this.flags >> 1;
  }

  get reused(): boolean {
    return false;
  }
}
