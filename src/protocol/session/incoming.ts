import type { SessionStorage } from "./session-storage.js";

/** What an entry of {@link IncomingTable} says: identifier, where the message stands, QoS, and in the top byte the Reason Code to be sent. */
export const Incoming = {
  IDENTIFIER: 0xffff,
  /** Where it stands. */
  STATE: 0x30000,
  /** With the application: nothing may be acknowledged yet. */
  PENDING: 0x10000,
  /** The application has it: PUBACK or PUBREC is due. */
  DUE: 0x20000,
  /** QoS 2, PUBREC sent or to be sent when asked again: PUBREL awaited, repeats are not delivered. */
  PUBREL: 0x30000,
  QOS_2: 0x40000,
  /** Added to PENDING and PUBREL: the message is of an earlier connection, and was not repeated on this one: nothing is answered before. */
  OLD: 0x80000,
  /** Where the Reason Code begins. */
  REASON_CODE: 24,
} as const;

/** Receive Maximum announced where none is asked for: what common brokers keep in flight anyway. */
export const RECEIVE_MAXIMUM = 20;

/**
 * Received QoS 1 and 2 messages that are not finished, in the order of arrival: that of acknowledging (MQTT 5.0, 4.6.0-2, 4.6.0-3). Its
 * size is the Receive Maximum that is announced to the server.
 */
export class IncomingTable {
  /** Entries in use. */
  count = 0;
  /** Counts how often the session was lost since the first message that was remembered: what was received before concerns nobody any more. */
  epoch: number | undefined;
  /** Keeps the identifiers of QoS 2 messages over restarts. */
  storage?: SessionStorage;
  /** The Receive Maximum, where that is not the default. */
  readonly limit: number | undefined;
  /** See {@link Incoming}. Made when the first message cannot be acknowledged at once. */
  entries: Uint32Array | undefined;

  constructor(receiveMaximum = RECEIVE_MAXIMUM) {
    if (receiveMaximum !== RECEIVE_MAXIMUM) this.limit = receiveMaximum;
  }

  /** How many entries there may be. */
  get size(): number {
    return this.limit ?? RECEIVE_MAXIMUM;
  }

  /** See {@link Incoming}; 0 for none. */
  entry(index: number): number {
    return this.entries?.[index] ?? 0;
  }

  /** The index of an identifier, or -1. */
  find(identifier: number): number {
    // Looked at for every PUBREL, which comes for the oldest first, and for every message while there are others.
    const entries = this.entries;
    const count = this.count;
    if (entries) for (let i = 0; i < count; i++) if (((entries[i] ?? 0) & Incoming.IDENTIFIER) === identifier) return i;
    return -1;
  }

  /**
   * Makes room for one more message. At most as many as {@link size} may come on one connection, but PUBRELs of earlier ones may be due
   * too: the oldest of those gives way. Nothing is doubled by that, repeats come before new messages (MQTT 5.0, 4.6), and its PUBREL is
   * answered all the same.
   * @param any whether a message of this connection that awaits its PUBREL may give way too.
   * @returns whether there is room.
   */
  makeRoom(any: boolean): boolean {
    const wanted = any ? Incoming.PUBREL : Incoming.PUBREL | Incoming.OLD;
    for (let i = 0; this.count === this.size && i < this.count; i++) if ((this.entry(i) & wanted) === wanted) this.remove(i);
    return this.count < this.size;
  }

  /** Drops what earlier connections have left, if that is all there is: the server has neither repeated nor released any of it, and does not know it. */
  forgetOld(): void {
    let i = this.count;
    while (i > 0 && this.entry(i - 1) & Incoming.OLD) i--;
    while (i === 0 && this.count > 0) this.remove(this.count - 1);
  }

  /** Whether this side has something to acknowledge, so that there will be room without another packet. */
  get owed(): boolean {
    let i = this.count;
    while (i-- > 0 && (this.entry(i) & Incoming.STATE) === Incoming.PUBREL);
    return i >= 0;
  }

  add(entry: number): void {
    const entries = (this.entries ??= new Uint32Array(this.size));
    entries[this.count++] = entry;
  }

  /** An entry goes on to another state. */
  setState(index: number, state: number, reasonCode: number): void {
    if (this.entries !== undefined) this.entries[index] = (this.entry(index) & (Incoming.IDENTIFIER | Incoming.QOS_2)) | state | (reasonCode << Incoming.REASON_CODE);
  }

  /** A QoS 2 message came again: its PUBREC goes out, again where it was sent before, behind those of what came before it this time (MQTT 5.0, 4.6.0-3). */
  repeated(index: number): void {
    const entry = this.entry(index);
    this.entries?.copyWithin(index, index + 1, this.count--);
    this.add((entry & ~(Incoming.STATE | Incoming.OLD)) | ((entry & Incoming.STATE) === Incoming.PENDING ? Incoming.PENDING : Incoming.DUE));
  }

  remove(index: number): void {
    const entry = this.entry(index);
    this.entries?.copyWithin(index, index + 1, this.count--);
    if (entry & Incoming.QOS_2) this.storage?.forgotten(entry & Incoming.IDENTIFIER);
  }

  /** A session goes on: QoS 1 messages come again as new ones, of QoS 2 ones the identifiers stay (MQTT 5.0, 4.4). */
  resume(): void {
    for (let i = this.count; i-- > 0; ) {
      const entry = this.entry(i);
      // What was refused is over too; only what is due has a Reason Code.
      if ((entry & Incoming.QOS_2) === 0 || entry >>> Incoming.REASON_CODE >= 0x80) this.remove(i);
      else this.setState(i, Incoming.OLD | ((entry & Incoming.STATE) === Incoming.PENDING ? Incoming.PENDING : Incoming.PUBREL), 0);
    }
  }

  /** The session is lost. */
  clear(): void {
    while (this.storage !== undefined && this.count > 0) this.remove(this.count - 1);
    if (this.entries === undefined) return;
    this.count = 0;
    this.epoch = (this.epoch ?? 0) + 1;
  }
}
