import { checkInteger, configurationError } from "../error.js";
import { PacketType } from "../codec/packet-type.js";
import type { Publication, PublicationPayload } from "./publication.js";

/** Where an exchange that this side began stands: the type of the packet that is awaited, or to be sent. */
export const OutgoingState = {
  /** PUBLISH at QoS 1 sent, PUBACK awaited. */
  PUBACK: PacketType.PUBACK,
  /** PUBLISH at QoS 2 sent, PUBREC awaited. */
  PUBREC: PacketType.PUBREC,
  /** PUBREC received, PUBREL to be sent. */
  PUBREL: PacketType.PUBREL,
  /** PUBREL sent, PUBCOMP awaited. */
  PUBCOMP: PacketType.PUBCOMP,
  SUBACK: PacketType.SUBACK,
  UNSUBACK: PacketType.UNSUBACK,
  /** Where an exchange stands, without the additions below. */
  STEP: 15,
  /** Added to PUBACK or PUBREC: the PUBLISH has to be sent again on this connection. Added to PUBCOMP: the PUBREL. */
  RESEND: 16,
  /** Added on the connection that sent the PUBLISH: it counts against the server's Receive Maximum. */
  COUNTED: 32,
} as const;

/** One exchange that this side has begun. */
export class Exchange {
  /** Packet Identifier. */
  identifier = 0;
  /** One of {@link OutgoingState} with its additions. */
  state = 0;
  /** SUBACK and UNSUBACK: how many Reason Codes are awaited. PUBREL and PUBCOMP: the Reason Code of the PUBREL. */
  extra = 0;
  publication: Publication | undefined;
  payload: PublicationPayload | undefined;
}

/** Default of the publications that may be in flight. */
const IN_FLIGHT = 8;

/** Requests that may be in flight beside them. */
const REQUESTS = 2;

/**
 * What this side has begun and the other has not yet finished, in the order of sending: that of resending too (MQTT 5.0, 4.6.0-1). A
 * PUBREC moves its entry to the end, so that PUBRELs keep the order of PUBRECs (4.6.0-4). Entries are made when they are first needed, up
 * to a fixed number, and used again: nothing is allocated for one more publication. The last two are for SUBSCRIBE and UNSUBSCRIBE only.
 */
export class OutgoingTable {
  /** Exchanges going on. */
  count = 0;
  /** Those going on in order, then those to be used again; absent before the first. */
  list: Exchange[] | undefined;
  /** How many publications, where that is not the default. */
  private readonly inFlight: number | undefined;
  // Both from the first identifier on; before it they take no memory.
  private declare last: number;
  /** How many identifiers after the last are known to be free; 0 when one was taken that {@link nextIdentifier} did not give. */
  declare free: number;

  /** @param inFlight QoS 1 and 2 publications unacknowledged at once. */
  constructor(inFlight = IN_FLIGHT) {
    if (inFlight !== IN_FLIGHT) this.inFlight = inFlight;
  }

  /** Whether another publication fits; other requests have two entries more. */
  get hasRoom(): boolean {
    return this.count < (this.inFlight ?? IN_FLIGHT);
  }

  get hasRoomForRequest(): boolean {
    return this.count < (this.inFlight ?? IN_FLIGHT) + REQUESTS;
  }

  /** The index of an identifier, or -1. */
  find(identifier: number): number {
    const list = this.list;
    const count = this.count;
    let i = 0;
    while (i < count) {
      if (list?.[i]?.identifier === identifier) return i;
      i++;
    }
    return -1;
  }

  /** A Packet Identifier that is not in use, never 0 (MQTT 5.0, 2.2.1-3). */
  nextIdentifier(): number {
    // Comes round to what is in flight once in 65,535 times: no need to look each time.
    while (!this.free) this.countFree();
    this.free--;
    return (this.last = this.last === 0xffff ? 1 : this.last + 1);
  }

  private countFree(): void {
    let free = 0xffff;
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- absent before the first
    this.last ??= 0;
    for (let i = 0; i < this.count; i++) {
      const ahead = ((this.list?.[i]?.identifier ?? 0) - this.last + 0xffff) % 0xffff;
      // As far ahead as it can be: the last one itself.
      if (ahead > 0 && ahead <= free) free = ahead - 1;
    }
    // The next one is in use: begin behind it.
    if (free === 0) this.last = this.last === 0xffff ? 1 : this.last + 1;
    this.free = free;
  }

  /** The next identifier is this one, or the next after it that is free. */
  startAt(identifier: number): void {
    this.last = identifier - 1;
    this.free = 0;
  }

  /** Lets a caller choose an identifier. @throws MqttError (configuration) for one out of range or in use. */
  checkFree(identifier: number): number {
    checkInteger("id", identifier, 1, 0xffff);
    if (this.find(identifier) >= 0) throw configurationError(`id ${identifier}`, "another: it is in flight");
    this.free = 0;
    return identifier;
  }

  /** The next entry for a publication, which counts at once and has its identifier; undefined where there is no room. On the hot path. */
  take(): Exchange | undefined {
    const index = this.count;
    if (index >= (this.inFlight ?? IN_FLIGHT)) return undefined;
    const entry = this.list?.[index] ?? this.at(index);
    if (!this.free || this.last === 0xffff) entry.identifier = this.nextIdentifier();
    else {
      this.free--;
      entry.identifier = ++this.last;
    }
    this.count = index + 1;
    return entry;
  }

  /** The entry at an index below {@link count}; beyond it one to be used again. */
  at(index: number): Exchange {
    return ((this.list ??= [])[index] ??= new Exchange());
  }

  add(identifier: number, state: number, extra: number, publication?: Publication, payload?: PublicationPayload): void {
    const entry = this.at(this.count++);
    entry.identifier = identifier;
    entry.state = state;
    entry.extra = extra;
    entry.publication = publication;
    entry.payload = payload;
  }

  remove(index: number): void {
    const entry = this.toEnd(index);
    this.count--;
    entry.publication = entry.payload = undefined;
  }

  /** Moves an entry to the end. */
  toEnd(index: number): Exchange {
    const list = (this.list ??= []);
    const last = this.count - 1;
    const entry = list[index] ?? this.at(index);
    // The usual one is the only one.
    if (index < last) {
      list.copyWithin(index, index + 1, last + 1);
      list[last] = entry;
    }
    return entry;
  }
}
