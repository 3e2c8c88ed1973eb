import { decodeFromServer } from "../codec/decode.js";
import { PacketType } from "../codec/packet-type.js";
import { publishHeaderLength } from "../codec/publish.js";
import { ReasonCode } from "../codec/reason-code.js";
import { ReceivedPacket } from "../codec/received-packet.js";
import { VARIABLE_BYTE_INTEGER_MAXIMUM } from "../codec/variable-byte-integer.js";

/** Views of the receive buffer that are kept: traffic repeats itself, so that most reads need no new one. */
const KEPT_VIEWS = 4;

/**
 * Finds packets in a stream of bytes that arrive in any split, within one buffer that never grows; is itself the packet in hand.
 *
 * A packet that fits the buffer is waited for as a whole. Of a larger PUBLISH only the part before the payload must fit: it stays at
 * the start of the buffer while the payload is handed on in pieces through the rest. Any other larger packet is Packet too large.
 *
 * Use: fill {@link space}, tell {@link received}, call {@link next} until it says false.
 */
export class Receiver extends ReceivedPacket {
  /** Packets longer than this are refused, in bytes (MQTT 5.0, 3.1.2.11.4). */
  maximumPacketSize = VARIABLE_BYTE_INTEGER_MAXIMUM + 5;
  /** Bytes from `begin` to `filled` wait to be looked at. */
  begin = 0;
  filled = 0;
  // Of a PUBLISH larger than the buffer: payload bytes still to come, and where its pieces go.
  private left = 0;
  /** The message in hand comes in pieces. */
  inPieces = false;
  private floor = 0;
  /** The view that was last used, and where it begins. */
  private view: Uint8Array | undefined;
  private viewStart = 0;
  private views: Uint8Array[] | undefined;
  /** The receive buffer in steps of four bytes, for {@link topicIs}. */
  private readonly words: DataView;

  /** @param bytes the receive buffer, owned by the caller and used by nobody else. */
  constructor(bytes: Uint8Array) {
    super(bytes);
    this.words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Where the next bytes go: a view of at most `count` bytes, and of at least one. */
  space(count: number): Uint8Array {
    // Usually the last packet was whole and the next is as long.
    if (this.begin === this.filled && this.left === 0) this.begin = this.filled = 0;
    else this.compact();
    const start = this.filled;
    const view = this.view;
    if (view !== undefined && start === this.viewStart && view.length === count) return view;
    const room = this.bytes.length - start;
    this.viewStart = start;
    return (this.view = this.viewAt(start, count < room ? count : room));
  }

  /** ECMA-419 sockets fill a whole view, so each length needs its own; the last few are kept. */
  private viewAt(start: number, count: number): Uint8Array {
    const offset = this.bytes.byteOffset + start;
    const views = (this.views ??= []);
    for (let i = 0; i < views.length; i++) {
      const view = views[i];
      if (view?.length === count && view.byteOffset === offset) return view;
    }
    const view = this.bytes.subarray(start, start + count);
    if (views.length === KEPT_VIEWS) views.copyWithin(0, 1);
    else views.length++;
    return (views[views.length - 1] = view);
  }

  /** That many bytes have been put into {@link space}. */
  received(count: number): void {
    this.filled += count;
  }

  /** Takes up the next packet, or the next piece of a payload. @returns whether there is one; if so, look at `fault` first. */
  next(): boolean {
    if (this.left > 0) return this.nextPiece();
    // Most packets are short and all there. This is on the way of every message: one function, every value read or set once.
    const bytes = this.bytes;
    const begin = this.begin;
    const position = begin + 2;
    if (position > this.filled) return false;
    const length = bytes[begin + 1] ?? 0;
    const end = position + length;
    if (length > 0x7f || end > this.filled || length + 2 > this.maximumPacketSize) return this.nextLong();
    const first = bytes[begin] ?? 0;
    this.begin = this.end = end;
    this.first = first;
    this.fault = this.offset = this.propertiesEnd = 0;
    this.inPieces = false;
    if ((first & 0xf0) === 0x30) {
      const topicEnd = position + 2 + (((bytes[position] ?? 0) << 8) | (bytes[position + 1] ?? 0));
      this.topicStart = position + 2;
      this.topicEnd = topicEnd;
      if (first < 0x32 && this.version === 5 && topicEnd < end && bytes[topicEnd] === 0) {
        // QoS 0 without properties: there is nothing more to it.
        this.topicBytes = bytes;
        this.topicChecked = false;
        this.identifier = 0;
        this.start = topicEnd + 1;
        this.byteLength = end - topicEnd - 1;
        return true;
      }
    }
    this.reasonCode = this.identifier = this.propertiesStart = 0;
    if (length === 2 && (first === 0x40 || first === 0x50 || first === 0x62 || first === 0x70)) {
      // PUBACK, PUBREC, PUBREL or PUBCOMP with nothing but its identifier: success.
      if ((this.identifier = ((bytes[position] ?? 0) << 8) | (bytes[position + 1] ?? 0)) === 0) this.fault = ReasonCode.PROTOCOL_ERROR;
    } else {
      this.position = position;
      this.byteLength = length;
      decodeFromServer(this);
    }
    return true;
  }

  /** Takes up a packet that is long, too long, or not all there. */
  private nextLong(): boolean {
    const { begin, filled, bytes } = this;
    let position = begin + 1;
    let length = 0;
    let shift = 0;
    let byte: number;
    do {
      if (position >= filled) return false;
      byte = bytes[position++] ?? 0;
      length |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte > 0x7f && shift < 28);
    const packetEnd = position + length;
    this.inPieces = false;
    this.open(bytes[begin] ?? 0, position, packetEnd < filled ? packetEnd : filled);
    // A fourth byte that goes on, or a last one that adds nothing (MQTT 5.0, 1.5.5).
    if (byte > 0x7f || (byte === 0 && shift > 7)) this.fail(ReasonCode.MALFORMED_PACKET);
    else if (packetEnd - begin > this.maximumPacketSize) this.fail(ReasonCode.PACKET_TOO_LARGE);
    else if (packetEnd > filled) return packetEnd - begin > bytes.length && this.openLarge(length);
    else {
      this.byteLength = length;
      this.begin = packetEnd;
      decodeFromServer(this);
    }
    return true;
  }

  /** A packet larger than the buffer, its fixed header at hand. */
  private openLarge(length: number): boolean {
    if (this.type !== PacketType.PUBLISH) {
      this.fail(ReasonCode.PACKET_TOO_LARGE);
      return true;
    }
    this.open(this.first, this.position - this.begin, this.filled - this.begin);
    this.compact();
    const payload = this.position + publishHeaderLength(this.bytes, this.position, this.filled, this.qos, this.version);
    if (payload >= this.bytes.length) this.fail(ReasonCode.PACKET_TOO_LARGE);
    // A first piece needs a byte of payload.
    else if (payload >= this.filled) return false;
    else {
      this.byteLength = length;
      this.inPieces = true;
      decodeFromServer(this);
      this.left = this.byteLength - (this.filled - payload);
      this.floor = payload;
      this.begin = this.filled;
    }
    return true;
  }

  private nextPiece(): boolean {
    const { begin } = this;
    const waiting = this.filled - begin;
    const count = waiting < this.left ? waiting : this.left;
    if (count === 0) return false;
    this.offset += this.end - this.start;
    this.start = begin;
    this.end = this.begin = begin + count;
    this.left -= count;
    return true;
  }

  /** Moves what waits to the front, behind the header of a PUBLISH that goes on. */
  private compact(): void {
    const { begin, filled } = this;
    const floor = this.left > 0 ? this.floor : 0;
    if (begin === floor) return;
    if (filled > begin) this.bytes.copyWithin(floor, begin, filled);
    this.filled = filled - begin + floor;
    this.begin = floor;
  }

  /**
   * Whether the Topic Name is exactly that of a filter without wildcards, which was found good: then so is the topic. Compares four bytes
   * at a time and from the end, where the topics of one device differ: byte by byte this was half of the cost of receiving a message.
   */
  topicIs(filter: DataView): boolean {
    const start = this.topicStart;
    let i = filter.byteLength;
    if (this.topicEnd - start !== i) return false;
    if (i < 4 || this.topicBytes !== this.bytes) {
      while (i-- > 0) if (filter.getUint8(i) !== this.topicBytes[start + i]) return false;
    } else {
      const { words } = this;
      while ((i -= 4) > 0) if (words.getInt32(start + i) !== filter.getInt32(i)) return false;
      // The first four may overlap those behind.
      if (words.getInt32(start) !== filter.getInt32(0)) return false;
    }
    this.topicChecked = true;
    return true;
  }
}
