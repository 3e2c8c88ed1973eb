import type { Publication, PublicationPayload } from "../protocol/session/publication.js";
import { Name, RecordType } from "./layout.js";
import { dataLength } from "./medium.js";
import type { Journal } from "./journal.js";
import { PUBLICATION_HEADER, StoredPublication } from "./stored-publication.js";

/** Packet Identifiers that are taken from one record to the next. */
const IDENTIFIERS = 256;

/** An outgoing exchange that was going on before a restart. */
export interface StoredExchange {
  /** Packet Identifier. */
  readonly identifier: number;
  /** To be sent again with DUP; undefined when the PUBREL is due. */
  readonly publication: StoredPublication | undefined;
}

/**
 * What a session keeps over a restart (MQTT 5.0, 4.1). Every call that returns has it safe: it comes before the packet that depends on it.
 * `open` comes first.
 */
export class SessionStore {
  private readonly journal: Journal;
  /** Identifiers up to here, and not including it, are known on flash to be used; -1 when none are. */
  private reserved = -1;

  constructor(journal: Journal) {
    this.journal = journal;
  }

  /**
   * Says whose session it is: broker and client identifier, in any form. That of another identity is forgotten in the same write.
   * @returns whether there is one to go on with: the CONNECT may have Clean Start 0.
   * @throws MqttError (resource) for an identity longer than a record.
   */
  open(identity: Uint8Array): boolean {
    const journal = this.journal;
    if (this.isOf(identity)) return true;
    const at = journal.begin(RecordType.SESSION, 0, identity.length);
    journal.medium.bytes.set(identity, at);
    journal.commit();
    return false;
  }

  /** Whether the session is that of an identity. */
  isOf(identity: Uint8Array): boolean {
    const live = this.journal.live;
    const index = live.find(RecordType.SESSION << Name.TYPE);
    if (index < 0 || dataLength(live.name(index)) !== identity.length) return false;
    return this.journal.read(live.id(index), 0, identity.length).every((byte, i) => byte === identity[i]);
  }

  /** What was sent and not finished, in the order of sending it again (MQTT 5.0, 4.6). */
  outgoing(): StoredExchange[] {
    const journal = this.journal;
    const live = journal.live;
    const list: StoredExchange[] = [];
    for (let i = 0; i < live.count; i++) {
      const name = live.name(i);
      if (name >> Name.TYPE !== RecordType.OUTGOING) continue;
      const length = dataLength(name);
      list.push({ identifier: name & Name.KEY, publication: length === 0 ? undefined : new StoredPublication(journal, live.id(i), length) });
    }
    return list;
  }

  /** Packet Identifiers of QoS 2 publications that were received and not released, in the order of receiving. */
  incoming(): number[] {
    const live = this.journal.live;
    const list: number[] = [];
    for (let i = 0; i < live.count; i++) {
      const name = live.name(i);
      if (name >> Name.TYPE === RecordType.INCOMING) list.push(name & Name.KEY);
    }
    return list;
  }

  /**
   * The first Packet Identifier for new publications after a restart: the broker may still wait for the PUBREL of one that was {@link used}
   * before, and would take a new publication for a repeat.
   */
  get firstIdentifier(): number {
    const { live } = this.journal;
    const index = live.find(RecordType.IDENTIFIERS << Name.TYPE);
    if (index < 0) return 1;
    const [high = 0, low = 0] = this.journal.read(live.id(index), 0, 2);
    return (high << 8) | low || 1;
  }

  /** A QoS 2 publication that is not kept is about to be sent: writes once in 256 Packet Identifiers. */
  used(identifier: number): void {
    const ahead = (this.reserved - identifier) & 0xffff;
    if (this.reserved >= 0 && ahead > 0 && ahead <= IDENTIFIERS) return;
    const end = (identifier + IDENTIFIERS) & 0xffff;
    const at = this.journal.begin(RecordType.IDENTIFIERS, 0, 2);
    this.journal.medium.bytes[at] = end >> 8;
    this.journal.medium.bytes[at + 1] = end;
    this.journal.commit();
    this.reserved = end;
  }

  /**
   * Keeps an outgoing publication of QoS 1 or 2 until {@link done}. It may be sent when this returns.
   * @throws MqttError (resource) when it is longer than the journal's `recordLength`, or too much is kept: it must not be accepted.
   */
  store(identifier: number, publication: Publication, payload: PublicationPayload): void {
    const { topic, properties } = publication;
    const medium = this.journal.medium;
    let at = this.journal.begin(RecordType.OUTGOING, identifier, PUBLICATION_HEADER + topic.length + properties.length + payload.byteLength);
    const bytes = medium.bytes;
    bytes[at++] = publication.flags;
    bytes[at++] = topic.length >> 8;
    bytes[at++] = topic.length;
    bytes[at++] = properties.length >> 8;
    bytes[at++] = properties.length;
    bytes.set(topic, at);
    at += topic.length;
    bytes.set(properties, at);
    at += properties.length;
    if (payload instanceof Uint8Array) bytes.set(payload, at);
    else for (let offset = 0; offset < payload.byteLength; ) {
      const part = payload.read(offset, payload.byteLength - offset);
      bytes.set(part, at + offset);
      offset += part.length;
    }
    this.journal.commit();
  }

  /** A PUBREC has come: before the PUBREL is sent. The publication is gone, its Packet Identifier stays in use. */
  released(identifier: number): void {
    this.journal.begin(RecordType.OUTGOING, identifier, 0);
    this.journal.commit();
  }

  /** A PUBACK or PUBCOMP has come, or a PUBREC that refuses: before the Packet Identifier is used again. Unknown ones are ignored. */
  done(identifier: number): void {
    this.journal.done(RecordType.OUTGOING, identifier);
  }

  /**
   * A QoS 2 publication has come: before its PUBREC is sent.
   * @throws MqttError (resource) when too much is kept: the PUBREC has to refuse it (Quota exceeded).
   */
  received(identifier: number): void {
    this.journal.begin(RecordType.INCOMING, identifier, 0);
    this.journal.commit();
  }

  /** Its PUBREL has come: before the PUBCOMP is sent. Unknown ones are ignored. */
  forgotten(identifier: number): void {
    this.journal.done(RecordType.INCOMING, identifier);
  }
}
