import { decodeFromServer } from "../codec/decode.js";
import { PacketType } from "../codec/packet-type.js";
import { ReasonCode } from "../codec/reason-code.js";
import { ReceivedPacket } from "../codec/received-packet.js";
import { INCOMPLETE, readVariableByteInteger, variableByteIntegerLength } from "../codec/variable-byte-integer.js";

/** Who takes the messages on one topic, as far as they are usual ones: see {@link Receiver.expect}. */
export interface Taker {
  readonly filter: string;
  /** The Topic Name as it stands in a PUBLISH: with its two bytes of length, and nowhere with 7F and F0 or above behind it. */
  readonly topic?: DataView | undefined;
  readonly handler: (packet: ReceivedPacket) => unknown;
}

/** A {@link Taker} whose messages can be usual ones. */
export interface UsualTaker extends Taker {
  readonly topic: DataView;
}

/** The longest packet with a Remaining Length of one byte, less one. */
const SHORT = 0x80;

/**
 * Finds packets in a stream of bytes that arrive in any split, within one buffer that never grows; is itself the packet in hand.
 *
 * A packet that fits the buffer is waited for as a whole. Of a larger PUBLISH only the part before the payload must fit: it stays at
 * the start of the buffer while the payload is handed on in pieces through the rest. Any other larger packet is Packet too large.
 *
 * Use: fill {@link space}, add to {@link filled}, call {@link next} until it says false.
 */
export class Receiver extends ReceivedPacket {
  /** Packets longer than this are refused, in bytes (MQTT 5.0, 3.1.2.11.4). Default: any length there is. */
  maximumPacketSize: number | undefined;
  /** What is behind the {@link end} of the packet in hand, up to here, waits to be looked at. */
  filled: number;
  /** All of the room behind the header of a PUBLISH in pieces, where somebody reads piece after piece into it. */
  rest: Uint8Array | undefined;
  /** The view that was last used, and where it begins. */
  view?: Uint8Array;
  viewStart?: number;
  /** Those used before it: traffic repeats itself, so that most reads need no new one. */
  private second: Uint8Array | undefined;
  private third: Uint8Array | undefined;
  /** The receive buffer in steps of several bytes, once that was needed. */
  words: DataView | undefined;
  /** Who took the last message, and all on the same topic. */
  taker: UsualTaker | undefined;
  /** Bytes of a Property Length of 0, once there is a taker: none in MQTT 3.1.1. */
  propertyLength!: number;

  /** @param bytes the receive buffer, owned by the caller and used by nobody else. */
  constructor(bytes: Uint8Array) {
    super(bytes);
    this.filled = 0;
  }

  /** Where the next bytes go: a view of at most `count` bytes, and of at least one. */
  space(count: number): Uint8Array {
    const view = this.view;
    let start: number;
    // Usually the last packet was whole and the next is as long.
    if (this.end !== this.filled) {
      this.compact();
      start = this.filled;
    } else this.end = this.filled = start = this.floor;
    if (view && start === this.viewStart && view.length === count) return view;
    const room = this.bytes.length - start;
    if (count > room) count = room;
    if (view && start === this.viewStart && view.length === count) return view;
    this.viewStart = start;
    return (this.view = this.viewAt(start, count));
  }

  /** ECMA-419 sockets fill a whole view, so each length needs its own; the last three are kept. */
  private viewAt(start: number, count: number): Uint8Array {
    const { bytes, view, second, third } = this;
    const begin = bytes.byteOffset + start;
    if (count === bytes.length) return bytes;
    if (second?.length === count && second.byteOffset === begin) {
      this.second = view;
      return second;
    }
    const found = third?.length === count && third.byteOffset === begin ? third : bytes.subarray(start, start + count);
    // What is not there yet takes no memory.
    if (second) this.third = second;
    if (view) this.second = view;
    return found;
  }

  /** Takes up the next packet, or the next piece of a payload. @returns whether there is one; if so, look at `fault` first. */
  next(): boolean {
    if (this.left >= 0) return this.nextPiece();
    // Most packets are short and all there.
    const bytes = this.bytes;
    const begin = this.end;
    const position = begin + 2;
    if (position > this.filled) return false;
    const length = bytes[begin + 1] ?? 0;
    const end = position + length;
    if (length > 0x7f || end > this.filled || length + 2 > (this.maximumPacketSize ?? Infinity)) return this.nextLong();
    this.open(bytes[begin] ?? 0, position, end);
    this.byteLength = length;
    decodeFromServer(this);
    return true;
  }

  /** Takes up a packet that is long, too long, or not all there. */
  private nextLong(): boolean {
    const bytes = this.bytes;
    const begin = this.end;
    const length = readVariableByteInteger(bytes, begin + 1, this.filled);
    const start = begin + 1 + variableByteIntegerLength(length);
    const end = start + length;
    const size = end - begin;
    const first = bytes[begin] ?? 0;
    if (length === INCOMPLETE) return false;
    this.byteLength = length;
    if (length >= 0 && size <= (this.maximumPacketSize ?? Infinity)) {
      if (end <= this.filled) {
        this.open(first, start, end);
        decodeFromServer(this);
        return true;
      }
      if (size <= bytes.length) return false;
      if (first >> 4 === PacketType.PUBLISH) return this.openLarge(first, start - begin);
    }
    this.open(first, start, this.filled);
    this.fail(length < 0 ? ReasonCode.MALFORMED_PACKET : ReasonCode.PACKET_TOO_LARGE);
    return true;
  }

  /** A PUBLISH larger than the buffer: its header must stay at the start of the buffer, with a first byte of payload behind. */
  private openLarge(first: number, start: number): boolean {
    this.compact();
    // Not even the length of the topic.
    if (start + 2 > this.filled) return false;
    this.open(first, start, this.filled);
    decodeFromServer(this);
    // Now this is the end of the header, wherever it will be.
    const floor = this.start;
    if (floor >= this.bytes.length) this.fault = ReasonCode.PACKET_TOO_LARGE;
    else if (floor >= this.filled) {
      this.end = 0;
      return false;
    } else {
      this.left = this.byteLength - (this.filled - floor);
    }
    return true;
  }

  /** Puts the PUBLISH in hand back, to be taken up anew: one whose topic stands in it, whole or its first piece. */
  putBack(): void {
    const start = this.topicStart - 2;
    // A large one begins at the start of the buffer.
    this.end = this.left < 0 ? start - 1 - variableByteIntegerLength(this.end - start) : 0;
    this.left = -1;
  }

  private nextPiece(): boolean {
    const left = this.left;
    const start = this.end;
    let count = this.filled - start;
    if (!left) {
      this.left = -1;
      return this.next();
    }
    if (count > left) count = left;
    if (!count) return false;
    this.start = start;
    this.end = start + count;
    this.left = left - count;
    return true;
  }

  /** Where the next bytes go when all is looked at: pieces of a payload behind the header of their PUBLISH, as the one in hand. */
  private get floor(): number {
    return this.left > 0 ? this.start : 0;
  }

  /** Moves what waits to the front, behind the header of a PUBLISH that goes on. */
  private compact(): void {
    const end = this.end;
    const floor = this.floor;
    if (end === floor) return;
    this.bytes.copyWithin(floor, end, this.filled);
    this.filled += floor - end;
    this.end = floor;
  }

  /** The receive buffer in steps of several bytes. */
  get inWords(): DataView {
    return (this.words ??= new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length));
  }

  /** Notes who alone takes the messages on a topic without a Topic Alias, until another call with `undefined`: such messages can be short of all other checks. */
  expect(taker: Taker | undefined): void {
    const length = taker?.topic?.byteLength ?? 0;
    // So short a packet is within any other limit. Less than 8 bytes cannot be compared at once.
    this.taker = (this.maximumPacketSize ?? Infinity) > SHORT && length >= 8 ? (taker as UsualTaker) : undefined;
    this.propertyLength = this.version - 4;
  }

  /**
   * Whether the Topic Name is exactly that of a filter without wildcards, which was found good: then so is the topic.
   * @param topic with its two bytes of length.
   */
  topicIs(topic: DataView): boolean {
    const start = this.topicStart - 2;
    let i = topic.byteLength;
    if (this.topicEnd - start !== i) return false;
    // A topic that an alias stands for is elsewhere.
    if (i < 8 || start < 0) {
      const bytes = this.topicBytes;
      while (i-- > 2) if (topic.getUint8(i) !== bytes[start + i]) return false;
    } else if (!this.stands(start, topic)) return false;
    this.topicChecked = true;
    return true;
  }

  /**
   * Whether these bytes, 8 at least, stand there in the buffer. Compares eight at a time and from the end, where the topics of one device
   * differ: byte by byte this was half of the cost of receiving a message. As numbers with a fraction, those of eight bytes that are no
   * objects: they are the same only if the bytes are, as long as not all of them are 0, which none of a topic is, nor are no number at all:
   * {@link Taker.topic} leaves such out.
   */
  stands(start: number, bytes: DataView): boolean {
    const words = this.inWords;
    let i = bytes.byteLength;
    while ((i -= 8) > 0) if (words.getFloat64(start + i) !== bytes.getFloat64(i)) return false;
    // The first eight may overlap those behind.
    return words.getFloat64(start) === bytes.getFloat64(0);
  }
}
