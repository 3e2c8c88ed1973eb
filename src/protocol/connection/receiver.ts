import { PacketType } from "../codec/packet-type.js";
import { publishHeaderLength } from "../codec/publish.js";
import { ReasonCode } from "../codec/reason-code.js";
import { ReceivedPacket } from "../codec/received-packet.js";
import { VARIABLE_BYTE_INTEGER_MAXIMUM } from "../codec/variable-byte-integer.js";
import { Views } from "./views.js";

/**
 * Finds packets in a stream of bytes that arrive in any split, within one buffer that never grows.
 *
 * A packet that fits the buffer is waited for as a whole. Of a larger PUBLISH only the part before the payload must fit: it stays at
 * the start of the buffer while the payload is handed on in pieces through the rest. Any other larger packet is Packet too large.
 *
 * Use: fill {@link space}, tell {@link received}, call {@link next} until it says false.
 */
export class Receiver {
  readonly packet: ReceivedPacket;
  /** Packets longer than this are refused, in bytes (MQTT 5.0, 3.1.2.11.4). */
  maximumPacketSize = VARIABLE_BYTE_INTEGER_MAXIMUM + 5;
  readonly #bytes: Uint8Array;
  readonly #views: Views;
  readonly #decode: (packet: ReceivedPacket) => void;
  // Bytes from #begin to #end wait to be looked at.
  #begin = 0;
  #end = 0;
  // Of a PUBLISH larger than the buffer: payload bytes still to come, and where its pieces go.
  #left = 0;
  #floor = 0;

  /**
   * @param bytes the receive buffer, owned by the caller and used by nobody else.
   * @param decode decodes a packet and notes in `packet.fault` what is wrong with it.
   */
  constructor(bytes: Uint8Array, decode: (packet: ReceivedPacket) => void) {
    this.#bytes = bytes;
    this.#views = new Views(bytes);
    this.#decode = decode;
    this.packet = new ReceivedPacket(bytes);
  }

  /** Where the next bytes go: a view of at most `count` bytes, and of at least one. */
  space(count: number): Uint8Array {
    this.#compact();
    const end = this.#end + count;
    return this.#views.get(this.#end, end < this.#bytes.length ? end : this.#bytes.length);
  }

  /** That many bytes have been put into {@link space}. */
  received(count: number): void {
    this.#end += count;
  }

  /** Takes up the next packet, or the next piece of a payload. @returns whether there is one; if so, look at `packet.fault` first. */
  next(): boolean {
    if (this.#left > 0) return this.#nextPiece();
    const bytes = this.#bytes;
    const begin = this.#begin;
    const end = this.#end;
    let position = begin + 1;
    let length = 0;
    let shift = 0;
    let byte: number;
    do {
      if (position >= end) return false;
      byte = bytes[position++] ?? 0;
      length |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte > 0x7f && shift < 28);
    const packet = this.packet;
    const packetEnd = position + length;
    packet.open(bytes[begin] ?? 0, position, packetEnd < end ? packetEnd : end);
    // A fourth byte that goes on, or a last one that adds nothing (MQTT 5.0, 1.5.5).
    if (byte > 0x7f || (byte === 0 && shift > 7)) packet.fail(ReasonCode.MALFORMED_PACKET);
    else if (packetEnd - begin > this.maximumPacketSize) packet.fail(ReasonCode.PACKET_TOO_LARGE);
    else if (packetEnd > end) return packetEnd - begin > bytes.length && this.#openLarge(length);
    else {
      packet.byteLength = length;
      this.#begin = packetEnd;
      this.#decode(packet);
    }
    return true;
  }

  /** A packet larger than the buffer, its fixed header at hand. */
  #openLarge(length: number): boolean {
    const packet = this.packet;
    if (packet.type !== PacketType.PUBLISH) {
      packet.fail(ReasonCode.PACKET_TOO_LARGE);
      return true;
    }
    packet.open(packet.first, packet.position - this.#begin, this.#end - this.#begin);
    this.#compact();
    const payload = packet.position + publishHeaderLength(this.#bytes, packet.position, this.#end, packet.qos, packet.version);
    if (payload >= this.#bytes.length) packet.fail(ReasonCode.PACKET_TOO_LARGE);
    // A first piece needs a byte of payload.
    else if (payload >= this.#end) return false;
    else {
      packet.byteLength = length;
      this.#decode(packet);
      this.#left = packet.byteLength - (this.#end - payload);
      this.#floor = payload;
      this.#begin = this.#end;
    }
    return true;
  }

  #nextPiece(): boolean {
    const packet = this.packet;
    const count = this.#end - this.#begin < this.#left ? this.#end - this.#begin : this.#left;
    if (count === 0) return false;
    packet.offset += packet.end - packet.start;
    packet.start = this.#begin;
    packet.end = this.#begin += count;
    this.#left -= count;
    return true;
  }

  /** Moves what waits to the front, behind the header of a PUBLISH that goes on. */
  #compact(): void {
    const floor = this.#left > 0 ? this.#floor : 0;
    if (this.#begin === floor) return;
    if (this.#end > this.#begin) this.#bytes.copyWithin(floor, this.#begin, this.#end);
    this.#end -= this.#begin - floor;
    this.#begin = floor;
  }
}
