import { MqttError } from "../error.js";
import { PacketType } from "./packet-type.js";
import { checkProperties, findProperty, getProperty, readProperties } from "./properties.js";
import type { Properties } from "./property.js";
import { ReasonCode } from "./reason-code.js";
import { isTopicName } from "./topic.js";
import { isUtf8, readUtf8 } from "./utf8.js";

const NO_BYTES = new Uint8Array(0);

/**
 * The packet in hand: a cursor over a receive buffer that the caller owns, with getters that decode only what is asked for. One
 * instance serves all packets of a connection and is valid during one call.
 *
 * Reading beyond the packet is remembered in {@link fault}, not thrown: a decoder reads on and looks at the end.
 */
export class ReceivedPacket {
  readonly bytes: Uint8Array;
  /** 5 or 4 (MQTT 3.1.1). */
  version: 4 | 5 = 5;
  /** Type and flags, as in the first byte. */
  first = 0;
  /** What is read next. */
  position = 0;
  /** End of the packet's bytes in the buffer; of a payload there may be more to come. */
  end = 0;
  /** 0, or the Reason Code of the first thing found wrong. */
  fault = 0;

  /** Packet Identifier, 0 where there is none. */
  identifier = 0;
  /** Reason Code; in MQTT 3.1.1 the return code of a CONNACK as it came. */
  reasonCode = 0;
  /** Connect Acknowledge Flags. */
  acknowledgeFlags = 0;
  propertiesStart = 0;
  propertiesEnd = 0;
  /** Where the topic is: in the receive buffer, or in a copy kept for its alias. */
  topicBytes: Uint8Array = NO_BYTES;
  topicStart = 0;
  topicEnd = 0;
  /** Whether the topic is known to be good, see {@link checkTopic}. */
  topicChecked = false;
  /** This piece of the payload, in {@link bytes}; in SUBACK and UNSUBACK the Reason Codes. */
  start = 0;
  /** Length of the whole payload. */
  byteLength = 0;
  /** Where this piece begins in the payload. */
  offset = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Takes up a packet whose bytes after the fixed header are those from `position` to `end`. */
  open(first: number, position: number, end: number): void {
    this.first = first;
    this.position = position;
    this.end = end;
    this.fault = this.identifier = this.reasonCode = this.propertiesStart = this.propertiesEnd = this.offset = 0;
  }

  get type(): number {
    return this.first >> 4;
  }

  get qos(): 0 | 1 | 2 {
    return ((this.first >> 1) & 3) as 0 | 1 | 2;
  }

  get retain(): boolean {
    return (this.first & 1) !== 0;
  }

  get duplicate(): boolean {
    return (this.first & 8) !== 0;
  }

  /** Session Present of a CONNACK (MQTT 5.0, 3.2.2.1.1). */
  get sessionPresent(): boolean {
    return (this.acknowledgeFlags & 1) !== 0;
  }

  /** Whether further pieces of the payload follow. */
  get more(): boolean {
    return this.offset + this.end - this.start < this.byteLength;
  }

  /** The Topic Name, decoded at each access. */
  get topic(): string {
    return readUtf8(this.topicBytes, this.topicStart, this.topicEnd);
  }

  /** A view of this piece of the payload, or of the Reason Codes, made at each access. */
  get payload(): Uint8Array {
    return this.bytes.subarray(this.start, this.end);
  }

  /** The payload as UTF-8 text. @throws MqttError when it comes in pieces (resource) or is not text (peer). */
  text(): string {
    if (this.offset > 0 || this.more)
      throw new MqttError("resource", `a payload of ${this.byteLength} bytes comes in pieces: set receiveBuffer larger, or put the pieces together`);
    if (!isUtf8(this.bytes, this.start, this.end)) throw new MqttError("peer", `the payload on ${this.topic} is not UTF-8 text`, ReasonCode.PAYLOAD_FORMAT_INVALID);
    return readUtf8(this.bytes, this.start, this.end);
  }

  /** The payload as JSON. @throws MqttError as {@link text}, and (peer) when it is not JSON. */
  json(): unknown {
    const text = this.text();
    try {
      return JSON.parse(text);
    } catch {
      throw new MqttError("peer", `the payload on ${this.topic} is not JSON`, ReasonCode.PAYLOAD_FORMAT_INVALID);
    }
  }

  get properties(): Properties {
    return readProperties(this.bytes, this.propertiesStart, this.propertiesEnd, this.type);
  }

  /** The first value of one property, or undefined. */
  property(id: number): number | string | Uint8Array | readonly [string, string] | undefined {
    return getProperty(this.bytes, this.propertiesStart, this.propertiesEnd, this.type, id);
  }

  /** The value of a numeric property, or what stands for it when it is absent. */
  numberProperty(id: number, absent: number): number {
    const value = this.property(id);
    return typeof value === "number" ? value : absent;
  }

  hasProperty(id: number): boolean {
    return findProperty(this.bytes, this.propertiesStart, this.propertiesEnd, this.type, id) >= 0;
  }

  /**
   * Checks the Topic Name, once: UTF-8 without wildcards, and empty only in MQTT 5.0, where an alias stands for it (MQTT 5.0, 3.3.2-1,
   * 3.3.2-2). @returns {@link fault}.
   */
  checkTopic(): number {
    const { topicBytes, topicStart, topicEnd } = this;
    if (!this.topicChecked) {
      this.topicChecked = true;
      if (topicStart === topicEnd) {
        if (this.version === 4) this.fail(ReasonCode.PROTOCOL_ERROR);
      } else if (!isUtf8(topicBytes, topicStart, topicEnd)) this.fail(ReasonCode.MALFORMED_PACKET);
      else if (!isTopicName(topicBytes, topicStart, topicEnd)) this.fail(ReasonCode.PROTOCOL_ERROR);
    }
    return this.fault;
  }

  /** Whether the Topic Name is exactly these UTF-8 bytes; allocates nothing. */
  topicEquals(topic: Uint8Array): boolean {
    let i = topic.length;
    if (this.topicEnd - this.topicStart !== i) return false;
    const bytes = this.topicBytes;
    const start = this.topicStart;
    while (i-- > 0) if (topic[i] !== bytes[start + i]) return false;
    return true;
  }

  /** Notes what is wrong; the first counts. */
  fail(reasonCode: number): void {
    if (this.fault === 0) this.fault = reasonCode;
  }

  readByte(): number {
    if (this.position >= this.end) this.fail(ReasonCode.MALFORMED_PACKET);
    return this.bytes[this.position++] ?? 0;
  }

  readTwoBytes(): number {
    return (this.readByte() << 8) | this.readByte();
  }

  /** A Packet Identifier: 0 is a Protocol Error (MQTT 5.0, 2.2.1). */
  readIdentifier(): void {
    this.identifier = this.readTwoBytes();
    if (this.identifier === 0) this.fail(ReasonCode.PROTOCOL_ERROR);
  }

  /** A Variable Byte Integer of at most four bytes in its shortest form (MQTT 5.0, 1.5.5). */
  readVariable(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.readByte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        if (byte === 0 && shift > 0) this.fail(ReasonCode.MALFORMED_PACKET);
        return value;
      }
    }
    this.fail(ReasonCode.MALFORMED_PACKET);
    return 0;
  }

  /** Steps over Binary Data. @returns where it began; {@link position} is where it ended. */
  skipBinary(): number {
    const length = this.readTwoBytes();
    const start = this.position;
    this.position += length;
    if (this.position > this.end) this.fail(ReasonCode.MALFORMED_PACKET);
    return start;
  }

  /** Steps over a UTF-8 Encoded String and checks it. @returns where it began. */
  skipString(): number {
    const start = this.skipBinary();
    if (this.fault === 0 && !isUtf8(this.bytes, start, this.position)) this.fail(ReasonCode.MALFORMED_PACKET);
    return start;
  }

  readString(): string {
    const start = this.skipString();
    return this.fault === 0 ? readUtf8(this.bytes, start, this.position) : "";
  }

  /** Steps over Property Length and properties and checks them. `packetType` is the packet's own, or that of a will. */
  skipProperties(packetType: number): void {
    const length = this.readVariable();
    this.propertiesStart = this.position;
    this.propertiesEnd = this.position += length;
    if (this.position > this.end) this.fail(ReasonCode.MALFORMED_PACKET);
    if (this.fault === 0) this.fail(checkProperties(this.bytes, this.propertiesStart, this.propertiesEnd, packetType));
  }

  /** The packet must end here. */
  expectEnd(): void {
    if (this.position !== this.end) this.fail(ReasonCode.MALFORMED_PACKET);
  }

  /** What is left is payload, all of it at hand. */
  takePayload(): void {
    this.start = this.position;
    this.byteLength = this.end - this.position;
  }

  /** Whether flags and type fit together; a PUBLISH checks its own (MQTT 5.0, 2.1.3). */
  checkFlags(expected: number): void {
    if ((this.first & 15) !== expected && this.type !== PacketType.PUBLISH) this.fail(ReasonCode.MALFORMED_PACKET);
  }
}
