import { MqttError } from "../error.js";
import { checkProperties, findProperty, readProperties, readValue, type PropertyValue } from "./properties.js";
import { PropertyId, propertyType, type Properties } from "./property.js";
import { PacketType } from "./packet-type.js";
import { ReasonCode } from "./reason-code.js";
import { isTopicName } from "./topic.js";
import { decodeText, isUtf8, readUtf8 } from "./utf8.js";
import { INCOMPLETE, readVariableByteInteger, variableByteIntegerLength } from "./variable-byte-integer.js";

/** How deep arrays and objects may lie in each other: a parser takes stack for each, and a device that runs out of it restarts. */
const JSON_DEPTH = 32;

/** Whether JSON text goes deeper than {@link JSON_DEPTH}. */
function isTooDeep(bytes: Uint8Array, start: number, end: number): boolean {
  let depth = 0;
  let quoted = false;
  while (start < end && depth <= JSON_DEPTH) {
    const code = bytes[start++] ?? 0;
    if (code === 0x22) quoted = !quoted;
    else if (quoted) start += code === 0x5c ? 1 : 0;
    // Brackets and braces differ in one bit.
    else if ((code & 0xdf) === 0x5b) depth++;
    else if ((code & 0xdf) === 0x5d) depth--;
  }
  return depth > JSON_DEPTH;
}

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
  /** What is read next; once the packet is decoded, this piece of the payload in {@link bytes}, in SUBACK and UNSUBACK the Reason Codes. */
  start = 0;
  /** End of the packet's bytes in the buffer; of a payload there may be more to come. */
  end = 0;
  /** 0, or the Reason Code of the first thing found wrong. */
  fault = 0;

  /** Packet Identifier, 0 where there is none. */
  identifier = 0;
  /** Reason Code; in MQTT 3.1.1 the return code of a CONNACK as it came. */
  reasonCode = 0;
  /** Connect Acknowledge Flags of a CONNACK, where they say something. */
  acknowledgeFlags: number | undefined;
  propertiesStart = 0;
  propertiesEnd = 0;
  /** The topic that an alias stands for, with a `topicStart` of 0: in the receive buffer a topic never stands there. */
  aliased: Uint8Array | undefined;
  topicStart = 0;
  topicEnd = 0;
  /** Whether the topic is known to be good, see {@link checkTopic}. */
  topicChecked: boolean | undefined;
  /** Length of the whole payload. */
  byteLength = 0;
  /** Payload bytes that come after this piece of it; -1 for a packet that is whole. */
  left = -1;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Takes up a packet whose bytes after the fixed header are those from `start` to `end`. */
  open(first: number, start: number, end: number): void {
    this.first = first;
    this.start = start;
    this.end = end;
    this.fault = this.identifier = this.reasonCode = this.propertiesStart = this.propertiesEnd = 0;
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
    return this.acknowledgeFlags === 1;
  }

  /** Whether further pieces of the payload follow. */
  get more(): boolean {
    return this.left > 0;
  }

  /** Where this piece begins in the payload. */
  get offset(): number {
    return this.left < 0 ? 0 : this.byteLength - this.left - this.end + this.start;
  }

  /** Where the topic is: in the receive buffer, or in a copy kept for its alias. */
  get topicBytes(): Uint8Array {
    return this.topicStart === 0 && this.aliased !== undefined ? this.aliased : this.bytes;
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
    if (this.left >= 0)
      throw new MqttError("resource", `the payload comes in pieces: put them together, or set receiveBuffer above its ${this.byteLength} bytes`);
    const text = decodeText(this.bytes, this.start, this.end);
    if (text === undefined) throw this.isNot("UTF-8 text");
    return text;
  }

  /** The payload as JSON. @throws MqttError as {@link text}, and (peer) when it is not JSON or nested deeper than 32 levels. */
  json(): unknown {
    const text = this.text();
    try {
      if (!isTooDeep(this.bytes, this.start, this.end)) return JSON.parse(text);
    } catch {
      // Said as for what is too deep.
    }
    throw this.isNot(`JSON of at most ${JSON_DEPTH} levels`);
  }

  private isNot(what: string): MqttError {
    return new MqttError("peer", `the payload on ${this.topic} is not ${what}`, ReasonCode.PAYLOAD_FORMAT_INVALID);
  }

  get properties(): Properties {
    return readProperties(this.bytes, this.propertiesStart, this.propertiesEnd, this.type);
  }

  /** The first value of one property, or undefined. */
  property(id: number): PropertyValue | undefined {
    const bytes = this.bytes;
    const type = this.type;
    const position = findProperty(bytes, this.propertiesStart, this.propertiesEnd, type, id);
    return position < 0 ? undefined : readValue(bytes, position, propertyType(id, type));
  }

  /** Whether a PUBLISH carries this Subscription Identifier (MQTT 5.0, 3.3.2.3.8), or undefined when it carries none. Allocates nothing. */
  names(identifier: number): boolean | undefined {
    const bytes = this.bytes;
    const end = this.propertiesEnd;
    let position = this.propertiesStart;
    let named: boolean | undefined;
    while (named !== true && (position = findProperty(bytes, position, end, PacketType.PUBLISH, PropertyId.subscriptionIdentifier)) >= 0) {
      named = readVariableByteInteger(bytes, position, end) === identifier;
      while ((bytes[position++] ?? 0) & 0x80);
    }
    return named;
  }

  /**
   * Checks the Topic Name, once: UTF-8 without wildcards, and empty only in MQTT 5.0, where an alias stands for it (MQTT 5.0, 3.3.2-1,
   * 3.3.2-2). @returns {@link fault}.
   */
  checkTopic(): number {
    const bytes = this.topicBytes;
    const start = this.topicStart;
    const end = this.topicEnd;
    if (!this.topicChecked) {
      this.topicChecked = true;
      if (!isUtf8(bytes, start, end)) this.fail(ReasonCode.MALFORMED_PACKET);
      else if ((start < end || this.version === 4) && !isTopicName(bytes, start, end)) this.fail(ReasonCode.PROTOCOL_ERROR);
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
    if (this.start >= this.end) this.fail(ReasonCode.MALFORMED_PACKET);
    return this.bytes[this.start++] ?? 0;
  }

  /** A Packet Identifier: 0 is a Protocol Error (MQTT 5.0, 2.2.1). */
  readIdentifier(): void {
    const start = this.start;
    this.start = start + 2;
    this.identifier = ((this.bytes[start] ?? 0) << 8) | (this.bytes[start + 1] ?? 0);
    if (this.start > this.end) this.fail(ReasonCode.MALFORMED_PACKET);
    else if (this.identifier === 0) this.fail(ReasonCode.PROTOCOL_ERROR);
  }

  /** Steps over Property Length and properties and checks them. `packetType` is the packet's own, or that of a will. */
  skipProperties(packetType: number): void {
    const length = readVariableByteInteger(this.bytes, this.start, this.end);
    const start = (this.propertiesStart = this.start + variableByteIntegerLength(length));
    // What is not there yet ends beyond what is there.
    const end = (this.propertiesEnd = this.start = length === INCOMPLETE ? Math.max(start, this.end + 1) : start + length);
    this.fail(length < 0 || end > this.end ? ReasonCode.MALFORMED_PACKET : checkProperties(this.bytes, start, end, packetType));
  }

  /** The packet must end here. */
  expectEnd(): void {
    if (this.start !== this.end) this.fail(ReasonCode.MALFORMED_PACKET);
  }
}
