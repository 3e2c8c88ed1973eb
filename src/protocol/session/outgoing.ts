import { checkInteger, configurationError } from "../error.js";
import { IdentifierTable } from "./identifier-table.js";
import type { Publication, PublicationPayload } from "./publication.js";

/** Where an exchange that this side began stands. */
export const OutgoingState = {
  /** PUBLISH at QoS 1 sent, PUBACK awaited. */
  PUBACK: 1,
  /** PUBLISH at QoS 2 sent, PUBREC awaited. */
  PUBREC: 2,
  /** PUBREC received, PUBREL to be sent. */
  PUBREL: 3,
  /** PUBREL sent, PUBCOMP awaited. */
  PUBCOMP: 4,
  SUBACK: 5,
  UNSUBACK: 6,
  /** Where an exchange stands, without the additions below. */
  STEP: 7,
  /** Added to PUBACK or PUBREC: the PUBLISH has to be sent again on this connection. Added to PUBCOMP: the PUBREL. */
  RESEND: 8,
  /** Added on the connection that sent the PUBLISH: it counts against the server's Receive Maximum. */
  COUNTED: 16,
} as const;

/**
 * What this side has begun and the other has not yet finished, in the order of sending: that of resending too (MQTT 5.0, 4.6.0-1). A
 * PUBREC moves its entry to the end, so that PUBRELs keep the order of PUBRECs (4.6.0-4). Above the identifier
 * an entry has a byte of state and a byte that belongs to the state. Fixed size: nothing here grows. The last two
 * entries are for SUBSCRIBE and UNSUBSCRIBE only.
 */
export class OutgoingTable extends IdentifierTable {
  // Made at the first publication: who sends at QoS 0 only needs none.
  private publications: (Publication | undefined)[] | undefined;
  private payloads: (PublicationPayload | undefined)[] | undefined;
  private last = 0;

  /** Whether another publication fits; other requests have two entries more. */
  get hasRoom(): boolean {
    return this.count < this.entries.length - 2;
  }

  get hasRoomForRequest(): boolean {
    return this.count < this.entries.length;
  }

  /** A Packet Identifier that is not in use, never 0 (MQTT 5.0, 2.2.1-3). */
  nextIdentifier(): number {
    let identifier = this.last;
    do identifier = identifier === 0xffff ? 1 : identifier + 1;
    while (this.count > 0 && this.find(identifier) >= 0);
    return (this.last = identifier);
  }

  /** Lets a caller choose an identifier. @throws MqttError (configuration) for one out of range or in use. */
  checkFree(identifier: number): number {
    checkInteger("id", identifier, 1, 0xffff);
    if (this.find(identifier) >= 0) throw configurationError("id", `one that is not in use: ${identifier} is in flight`);
    return identifier;
  }

  state(index: number): number {
    return ((this.entries[index] ?? 0) >>> 16) & 0xff;
  }

  /** SUBACK and UNSUBACK: how many Reason Codes are awaited. PUBREL and PUBCOMP: the Reason Code of the PUBREL. */
  extra(index: number): number {
    return (this.entries[index] ?? 0) >>> 24;
  }

  setState(index: number, state: number): void {
    this.entries[index] = ((this.entries[index] ?? 0) & 0xff00ffff) | (state << 16);
  }

  publication(index: number): Publication | undefined {
    return this.publications?.[index];
  }

  payload(index: number): PublicationPayload | undefined {
    return this.payloads?.[index];
  }

  add(identifier: number, state: number, extra: number, publication?: Publication, payload?: PublicationPayload): void {
    const index = this.count++;
    this.entries[index] = identifier | (state << 16) | (extra << 24);
    if (publication === undefined) return;
    if (this.publications === undefined || this.payloads === undefined) {
      this.publications = new Array<Publication | undefined>(this.entries.length).fill(undefined);
      this.payloads = new Array<PublicationPayload | undefined>(this.entries.length).fill(undefined);
    }
    this.publications[index] = publication;
    this.payloads[index] = payload;
  }

  remove(index: number): void {
    const publications = this.publications;
    const payloads = this.payloads;
    const last = --this.count;
    // The usual one is the only one.
    if (index < last) {
      this.entries.copyWithin(index, index + 1, last + 1);
      publications?.copyWithin(index, index + 1, last + 1);
      payloads?.copyWithin(index, index + 1, last + 1);
    }
    if (publications !== undefined) publications[last] = undefined;
    if (payloads !== undefined) payloads[last] = undefined;
  }

  /** Moves an entry to the end, with a new state. */
  moveToEnd(index: number, state: number): void {
    const identifier = this.identifier(index);
    const publication = this.publication(index);
    const payload = this.payload(index);
    this.remove(index);
    this.add(identifier, state, 0, publication, payload);
  }
}
