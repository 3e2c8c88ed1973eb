import { PacketType } from "../codec/packet-type.js";

/** What the core needs of a socket: an ECMA-419 TCP, TLS or WebSocket stream is one. */
export interface Transport {
  /** Takes all bytes or throws; they are copied before it returns. @returns how many more it can take now, if it says so. */
  write(bytes: Uint8Array): number | undefined;
}

/** The longest acknowledgement that this side sends: fixed header, identifier and Reason Code. */
export const ACKNOWLEDGEMENT_LENGTH = 5;

/** The way out, lowest layer of a {@link Connection}: one send buffer, and a transport that takes so many bytes at a time. */
export class Sender {
  /** The time of the call in progress, in milliseconds. */
  now = 0;
  /** Bytes that the transport takes now. */
  room = 0;
  /** The most that it ever took at once: what is longer must not wait for as much room. */
  capacity = 0;
  /** When something was last sent, in milliseconds. */
  protected lastSent = 0;
  /** Payload bytes still to be sent of the PUBLISH that is on its way: until then nothing else is sent, packets cannot be interleaved. */
  left = 0;
  protected readonly sendBuffer: Uint8Array;
  protected version: 4 | 5 = 5;
  /** The part of the send buffer that was last sent: acknowledgements are of one length. */
  private sent: Uint8Array | undefined;
  transport: Transport | undefined;

  /** @param sendBuffer owned by the caller and used by nobody else. */
  constructor(sendBuffer: Uint8Array) {
    this.sendBuffer = sendBuffer;
  }

  protected setRoom(count: number): void {
    this.room = count;
    if (count > this.capacity) this.capacity = count;
  }

  /** Whether a packet of this length can be sent now. */
  protected canSend(length: number): boolean {
    return this.left === 0 && length <= this.room;
  }

  /** Sends the first bytes of the send buffer. */
  protected send(length: number): void {
    let sent = this.sent;
    if (sent?.length !== length) {
      sent = this.sendBuffer.subarray(0, length);
      // Acknowledgements repeat themselves; the rest is not worth a view's memory.
      if (length <= ACKNOWLEDGEMENT_LENGTH) this.sent = sent;
    }
    this.write(sent);
  }

  /** Sends bytes that there is room for. */
  protected write(bytes: Uint8Array): void {
    const room = this.transport?.write(bytes);
    this.room = room === undefined ? this.room - bytes.length : room;
    this.lastSent = this.now;
  }

  /** Sends PUBACK, PUBREC, PUBREL or PUBCOMP (MQTT 5.0, 3.4 to 3.7). @returns false when there is no room now. */
  sendAcknowledgement(type: number, identifier: number, reasonCode: number): boolean {
    if (this.left > 0 || this.room < ACKNOWLEDGEMENT_LENGTH) return false;
    // Straight into the buffer: one goes out for each QoS 1 message that comes in.
    const bytes = this.sendBuffer;
    const length = reasonCode === 0 || this.version === 4 ? 4 : 5;
    bytes[0] = type === PacketType.PUBREL ? 0x62 : type << 4;
    bytes[1] = length - 2;
    bytes[2] = identifier >> 8;
    bytes[3] = identifier;
    bytes[4] = reasonCode;
    this.send(length);
    return true;
  }
}
