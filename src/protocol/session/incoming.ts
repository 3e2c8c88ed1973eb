/** Where a received QoS 1 or 2 message stands. */
export const IncomingState = {
  /** With the application: nothing may be acknowledged yet. */
  PENDING: 1,
  /** The application has it: PUBACK or PUBREC is due. */
  DUE: 2,
  /** QoS 2, PUBREC sent or to be sent when asked again: PUBREL awaited, repeats are not delivered. */
  PUBREL: 3,
} as const;

const QOS_2 = 4;

const NONE = new Uint32Array(0);

export interface AcknowledgementSender {
  flushAt(now: number): void;
}

/**
 * Received QoS 1 and 2 messages that are not finished, in the order of arrival: that of acknowledging (MQTT 5.0, 4.6.0-2, 4.6.0-3). Its
 * size is the Receive Maximum that is announced to the server. Above the identifier an entry has state, QoS 2 flag and, in the top byte,
 * the Reason Code to be sent.
 */
export class IncomingTable {
  /** Entries in use. */
  count = 0;
  /** Counts how often the session was lost: what was received before concerns nobody any more. */
  epoch = 0;
  /** Sends the acknowledgements that are due, on the connection in use. */
  sender: AcknowledgementSender | undefined;

  /** How many there may be: the Receive Maximum. */
  readonly size: number;
  /** Made when the first message cannot be acknowledged at once. */
  private entries = NONE;

  constructor(size: number) {
    this.size = size;
  }

  /** The index of an identifier, or -1. */
  find(identifier: number): number {
    for (let i = 0; i < this.count; i++) if (this.identifier(i) === identifier) return i;
    return -1;
  }

  identifier(index: number): number {
    return (this.entries[index] ?? 0) & 0xffff;
  }

  state(index: number): number {
    return ((this.entries[index] ?? 0) >>> 16) & 3;
  }

  isQoS2(index: number): boolean {
    return (((this.entries[index] ?? 0) >>> 16) & QOS_2) !== 0;
  }

  reasonCode(index: number): number {
    return (this.entries[index] ?? 0) >>> 24;
  }

  add(identifier: number, qos2: boolean, state: number, reasonCode: number): void {
    if (this.entries === NONE) this.entries = new Uint32Array(this.size);
    this.entries[this.count++] = identifier | ((state | (qos2 ? QOS_2 : 0)) << 16) | (reasonCode << 24);
  }

  setState(index: number, state: number, reasonCode: number): void {
    const entry = this.entries[index] ?? 0;
    this.entries[index] = (entry & 0x4ffff) | (state << 16) | (reasonCode << 24);
  }

  remove(index: number): void {
    this.entries.copyWithin(index, index + 1, this.count--);
  }

  /** A session goes on: QoS 1 messages come again as new ones, of QoS 2 ones the identifiers stay (MQTT 5.0, 4.4). */
  resume(): void {
    for (let i = this.count; i-- > 0; ) {
      if (!this.isQoS2(i)) this.remove(i);
      else if (this.state(i) === IncomingState.DUE) {
        if (this.reasonCode(i) >= 0x80) this.remove(i);
        else this.setState(i, IncomingState.PUBREL, 0);
      }
    }
  }

  /** The session is lost. */
  clear(): void {
    this.count = 0;
    this.epoch++;
  }
}
