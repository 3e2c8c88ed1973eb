import { configurationError, MqttError } from "../protocol/error.js";
import { encodeUtf8 } from "../protocol/codec/utf8.js";
import { Incoming } from "../protocol/session/incoming.js";
import { OutgoingState } from "../protocol/session/outgoing.js";
import { NOTHING, type Publication, type PublicationPayload, wrongSlice } from "../protocol/session/publication.js";
import type { Session } from "../protocol/session/session.js";
import type { PublicationInHand, PublicationOwner, SessionStorage } from "../protocol/session/session-storage.js";
import type { Journal } from "./journal.js";
import { type Keeper, KeptPayload, keptPublication } from "./kept-publication.js";
import { KeptSubscriptions } from "./kept-subscriptions.js";
import { Name, RecordType } from "./layout.js";
import { dataLength } from "./medium.js";

/** Packet Identifiers that are taken from one record to the next. */
const IDENTIFIERS = 256;

/** First bytes of an outgoing record: flags, and the lengths of topic and properties, 2 bytes each, high byte first. */
const PUBLICATION_HEADER = 5;

/** Does what flash may have no room for, or fail at. @returns why it could not be done. */
function attempt(action: () => void): MqttError | undefined {
  try {
    action();
  } catch (error) {
    if (error instanceof MqttError) return error;
    throw error;
  }
  return undefined;
}

/** The next identifier, never 0. */
function following(identifier: number): number {
  return (identifier % 0xffff) + 1;
}

/** Keeps a session on flash: `storage` of a client. Every call that returns has it safe; see {@link SessionStorage}. */
export class SessionStore extends KeptSubscriptions implements SessionStorage, Keeper {
  /** Identifiers up to here, and not including it, are known on flash to be used; -1 when none are. */
  private reserved = -1;
  /** That the session has begun is still to be noted. */
  private late?: boolean;

  // eslint-disable-next-line @typescript-eslint/no-useless-constructor -- in XS the one that is not written makes 200 bytes of garbage
  constructor(journal: Journal) {
    super(journal);
  }

  restore(session: Session, identity: string, owner: PublicationOwner): PublicationInHand[] {
    const journal = this.journal;
    const { live } = journal;
    const { outgoing } = session;
    const unsent: PublicationInHand[] = [];
    if (journal.inUse) throw configurationError("storage", "of one client only: close the other one first, or give each a journal of its own");
    let identifier = this.open(encodeUtf8(identity));
    journal.inUse = true;
    session.established = live.find(RecordType.BEGUN << Name.TYPE) >= 0;
    for (let i = 0; i < live.count; i++) {
      const name = live.name(i);
      const type = name >> Name.TYPE;
      const key = name & Name.KEY;
      if (type === RecordType.INCOMING && session.incoming.count < session.incoming.size) session.received.add(key | Incoming.PUBREL | Incoming.QOS_2);
      if (type !== RecordType.OUTGOING) continue;
      const next = following(key);
      if (((next - identifier) & 0xffff) < 0x8000) identifier = next;
      if (dataLength(name) === 0) {
        outgoing.add(key, OutgoingState.PUBREL, 0, keptPublication(this, key, owner, 4, NOTHING, NOTHING), NOTHING);
        continue;
      }
      const kept = this.load(live.id(i), name, owner);
      const { publication, payload } = kept;
      const qos1 = publication.flags < 4;
      // Behind one that was not sent, none was. One that was may have arrived, also where no session was to stay.
      if (unsent.length > 0 || !outgoing.hasRoom || !(qos1 || live.find((RecordType.SENT << Name.TYPE) | key) >= 0)) unsent.push(kept);
      else outgoing.add(key, qos1 ? OutgoingState.PUBACK : OutgoingState.PUBREC, 0, publication, payload);
    }
    outgoing.startAt(identifier);
    return unsent;
  }

  /** Goes on with the session of an identity, or begins a new one. @returns the first Packet Identifier that nothing was sent with. */
  private open(identity: Uint8Array): number {
    const { live } = this.journal;
    if (!this.isOf(identity)) {
      const at = this.journal.begin(RecordType.SESSION, 0, identity.length);
      this.journal.medium.bytes.set(identity, at);
      this.journal.commit();
    }
    const index = live.find(RecordType.IDENTIFIERS << Name.TYPE);
    if (index < 0) return 1;
    const [high = 0, low = 0] = this.journal.read(live.id(index), 0, 2);
    this.reserved = (high << 8) | low;
    return this.reserved || 1;
  }

  /** Whether the session is that of an identity. */
  isOf(identity: Uint8Array): boolean {
    const live = this.journal.live;
    const index = live.find(RecordType.SESSION << Name.TYPE);
    if (index < 0 || dataLength(live.name(index)) !== identity.length) return false;
    return this.journal.read(live.id(index), 0, identity.length).every((byte, i) => byte === identity[i]);
  }

  private load(id: number, name: number, owner: PublicationOwner): PublicationInHand {
    const journal = this.journal;
    const [flags = 0, topicHigh = 0, topicLow = 0, propertiesHigh = 0, propertiesLow = 0] = journal.read(id, 0, PUBLICATION_HEADER);
    const topicEnd = PUBLICATION_HEADER + ((topicHigh << 8) | topicLow);
    const propertiesEnd = topicEnd + ((propertiesHigh << 8) | propertiesLow);
    const topic = journal.read(id, PUBLICATION_HEADER, topicEnd - PUBLICATION_HEADER).slice();
    const properties = journal.read(id, topicEnd, propertiesEnd - topicEnd).slice();
    return {
      publication: keptPublication(this, name & Name.KEY, owner, flags, topic, properties),
      payload: new KeptPayload(journal, id, propertiesEnd, dataLength(name) - propertiesEnd),
    };
  }

  get subscriptions(): this {
    return this;
  }

  close(): void {
    this.journal.inUse = false;
  }

  /** Where flash fails the connection goes on without: it is noted before what is kept next. */
  begun(): void {
    this.late = true;
    attempt(() => {
      this.beginLate();
    });
  }

  private beginLate(): void {
    if (this.journal.live.find(RecordType.BEGUN << Name.TYPE) < 0) this.note(RecordType.BEGUN, 0);
    this.late = false;
  }

  check({ qos, topicAlias }: Publication): void {
    if (qos === 0) throw configurationError("qos", "1 or 2 with durability flash");
    if (topicAlias) throw configurationError("properties.topicAlias", "left out with durability flash: it ends with the connection");
  }

  keep(publication: Publication, payload: PublicationPayload, identifier: number): Publication {
    const { flags, topic, properties } = publication;
    const journal = this.journal;
    if (this.late) this.beginLate();
    if (journal.live.find((RecordType.OUTGOING << Name.TYPE) | identifier) >= 0) throw new MqttError("resource", `Packet Identifier ${identifier} is still kept: publish less at once`);
    let at = journal.begin(RecordType.OUTGOING, identifier, PUBLICATION_HEADER + topic.length + properties.length + payload.byteLength);
    const bytes = journal.medium.bytes;
    bytes[at++] = flags;
    bytes[at++] = topic.length >> 8;
    bytes[at++] = topic.length;
    bytes[at++] = properties.length >> 8;
    bytes[at++] = properties.length;
    bytes.set(topic, at);
    at += topic.length;
    bytes.set(properties, at);
    at += properties.length;
    for (let offset = 0; offset < payload.byteLength; ) {
      const part = payload instanceof Uint8Array ? payload : payload.read(offset, payload.byteLength - offset);
      if (part.length === 0 || part.length > payload.byteLength - offset) throw wrongSlice(part.length, payload.byteLength - offset);
      bytes.set(part, at + offset);
      offset += part.length;
    }
    journal.commit();
    return keptPublication(this, identifier, publication, flags, topic, properties);
  }

  sent(identifier: number): void {
    this.note(RecordType.SENT, identifier);
  }

  /** Only the identifier is kept from now on. */
  released(identifier: number): void {
    this.note(RecordType.OUTGOING, identifier);
  }

  /** Nothing is kept any more. Unknown identifiers are ignored. */
  done(identifier: number): void {
    this.journal.done(RecordType.OUTGOING, identifier);
  }

  /** Writes once in 256 identifiers, and not for one that the next start is far beyond. */
  used(identifier: number): void {
    const journal = this.journal;
    const ahead = (this.reserved - identifier) & 0xffff;
    if (this.reserved >= 0 && ahead > 0 && ahead < 0x8000) return;
    const end = (identifier + IDENTIFIERS) & 0xffff;
    const at = journal.begin(RecordType.IDENTIFIERS, 0, 2);
    journal.medium.bytes[at] = end >> 8;
    journal.medium.bytes[at + 1] = end;
    journal.commit();
    this.reserved = end;
  }

  received(identifier: number): MqttError | undefined {
    return attempt(() => {
      if (this.late) this.beginLate();
      this.note(RecordType.INCOMING, identifier);
    });
  }

  forgotten(identifier: number): void {
    this.journal.done(RecordType.INCOMING, identifier);
  }

  /** Keeps a record that has no data. */
  private note(type: number, identifier: number): void {
    this.journal.begin(type, identifier, 0);
    this.journal.commit();
  }
}
