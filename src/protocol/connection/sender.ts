import { MqttError } from "../error.js";
import { PacketWriter } from "../codec/packet-writer.js";
import type { PublicationPayload } from "../session/publication.js";
import { Views } from "./views.js";

/** What the core needs of a socket: an ECMA-419 TCP, TLS or WebSocket stream is one. */
export interface Transport {
  /** Takes all bytes or throws; they are copied before it returns. @returns how many more it can take now, if it says so. */
  write(bytes: Uint8Array): number | undefined;
}

/**
 * The way out: one send buffer, and a transport that takes so many bytes at a time. While a payload is on its way that did not fit at
 * once, nothing else is sent: packets cannot be interleaved.
 */
export class Sender {
  readonly bytes: Uint8Array;
  readonly writer: PacketWriter;
  /** Bytes that the transport takes now. */
  writable = 0;
  /** The most that it ever took at once: what is longer must not wait for as much room. */
  capacity = 0;
  /** When something was last sent, in milliseconds. */
  lastSent = 0;
  /** Payload bytes still to be sent of the PUBLISH that is on its way. */
  left = 0;
  readonly #views: Views;
  #transport: Transport | undefined;
  #payload: PublicationPayload | undefined;
  #offset = 0;

  /** @param bytes the send buffer, owned by the caller and used by nobody else. */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.writer = new PacketWriter(bytes);
    this.#views = new Views(bytes);
  }

  open(transport: Transport, writable: number, now: number): void {
    this.#transport = transport;
    this.lastSent = now;
    this.capacity = 0;
    this.setWritable(writable);
  }

  setWritable(count: number): void {
    this.writable = count;
    if (count > this.capacity) this.capacity = count;
  }

  close(): void {
    this.#transport = this.#payload = undefined;
    this.writable = this.left = 0;
  }

  /** Whether a packet of this length can be sent now. */
  canSend(length: number): boolean {
    return this.left === 0 && length <= this.writable;
  }

  /** Sends the first bytes of the send buffer. */
  send(length: number, now: number): void {
    this.#write(this.#views.get(0, length), now);
  }

  /** Begins a payload of which the header has been sent; without `payload` the caller brings it through {@link push}. */
  stream(length: number, payload: PublicationPayload | undefined): void {
    this.left = length;
    this.#payload = payload;
    this.#offset = 0;
  }

  /** Sends more of the payload that is on its way. @returns whether it is complete. */
  pump(now: number): boolean {
    const payload = this.#payload;
    if (payload === undefined) return false;
    while (this.left > 0 && this.writable > 0) {
      const count = this.left < this.writable ? this.left : this.writable;
      const slice = payload instanceof Uint8Array ? payload.subarray(this.#offset, this.#offset + count) : payload.read(this.#offset, count);
      this.push(slice, count, now);
    }
    if (this.left > 0) return false;
    this.#payload = undefined;
    return true;
  }

  /** Sends the next bytes of a payload. @throws MqttError (configuration) for no bytes or more than `count`. */
  push(slice: Uint8Array, count: number, now: number): void {
    if (slice.length === 0 || slice.length > count)
      throw new MqttError("configuration", `a payload source must give 1 to ${count} bytes, not ${slice.length}`);
    this.#offset += slice.length;
    this.left -= slice.length;
    this.#write(slice, now);
  }

  #write(bytes: Uint8Array, now: number): void {
    const writable = this.#transport?.write(bytes);
    this.writable = writable === undefined ? this.writable - bytes.length : writable;
    this.lastSent = now;
  }
}
