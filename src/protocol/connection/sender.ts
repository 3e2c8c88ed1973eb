import { PacketType } from "../codec/packet-type.js";
import type { ConnectionHandler } from "./handler.js";
import type { Receiver } from "./receiver.js";

/** What the core needs of a socket: an ECMA-419 TCP, TLS or WebSocket stream is one. */
export interface Transport {
  /** Takes all bytes or throws; they are copied before it returns. @returns how many more it can take now, if it says so. */
  write(bytes: Uint8Array): number | undefined;
}

/** Stands where there is no transport and takes nothing, so that nobody need ask whether there is one. */
export const NOWHERE: Transport = { write: () => 0 };

/** Stands where there is no transport any more. */
export const GONE: Transport = { write: () => 0 };

/** The longest acknowledgement that this side sends: fixed header, identifier and Reason Code. */
export const ACKNOWLEDGEMENT_LENGTH = 5;

/** The first two bytes of acknowledgements that say nothing but success. */
export const Success = { PUBACK: 0x4002, PUBREC: 0x5002, PUBREL: 0x6202, PUBCOMP: 0x7002 } as const;

/** The way out, lowest layer of a {@link Connection}: one send buffer, and a transport that takes so many bytes at a time. */
export abstract class Sender {
  /** The time of the call in progress, in milliseconds. */
  now = 0;
  /** Bytes that the transport takes now. */
  room = 0;
  /** The most that it ever took at once, where that was less than the send buffer: what is longer must not wait for as much room. */
  capacity: number | undefined;
  /** When something was last sent, in milliseconds. */
  protected lastSent = 0;
  /** Payload bytes still to be sent of the PUBLISH that is on its way: until then nothing else is sent, packets cannot be interleaved. */
  left = 0;
  readonly handler: ConnectionHandler;
  /** The first four bytes of the send buffer, once acknowledgements are sent. */
  private success: Uint8Array | undefined;
  private words: DataView | undefined;
  transport = NOWHERE;
  /** Each write is a frame or a record of its own, and costs bytes on the wire: what fits the send buffer goes out in one. */
  framed?: boolean;
  abstract readonly packet: Receiver;

  constructor(handler: ConnectionHandler) {
    this.handler = handler;
  }

  /** Of the protocol, the same both ways. */
  protected get version(): 4 | 5 {
    return this.packet.version;
  }

  /** Whether a packet of this length can be sent now. */
  protected canSend(length: number): boolean {
    return this.left === 0 && length <= this.room;
  }

  /** Sends the first bytes of the send buffer. */
  protected send(length: number): void {
    this.write(this.handler.sendBuffer.subarray(0, length));
  }

  /** Sends bytes that there is room for. */
  protected write(bytes: Uint8Array): void {
    this.room = this.transport.write(bytes) ?? this.room - bytes.length;
    this.lastSent = this.now;
  }

  /** Sends PUBACK, PUBREC, PUBREL or PUBCOMP (MQTT 5.0, 3.4 to 3.7). @returns false when there is no room now. */
  sendAcknowledgement(type: number, identifier: number, reasonCode: number): boolean {
    const first = type === PacketType.PUBREL ? 0x62 : type << 4;
    if (reasonCode === 0 || this.version === 4) return this.sendSuccess((first << 8) | 2, identifier);
    if (this.left > 0 || this.room < ACKNOWLEDGEMENT_LENGTH) return false;
    const bytes = this.handler.sendBuffer;
    bytes[0] = first;
    bytes[1] = 3;
    bytes[2] = identifier >> 8;
    bytes[3] = identifier;
    bytes[4] = reasonCode;
    this.send(5);
    return true;
  }

  /**
   * Sends an acknowledgement that says nothing but success. On the hot path: one goes out for each QoS 1 message that comes in.
   * @param head its first two bytes. @returns false when there is no room now.
   */
  protected sendSuccess(head: number, identifier: number): boolean {
    if (this.left || this.room < ACKNOWLEDGEMENT_LENGTH) return false;
    const success = (this.success ??= this.handler.sendBuffer.subarray(0, 4));
    (this.words ??= new DataView(success.buffer, success.byteOffset, 4)).setInt32(0, (head << 16) | identifier);
    this.room = this.transport.write(success) ?? this.room - 4;
    this.lastSent = this.now;
    return true;
  }
}
