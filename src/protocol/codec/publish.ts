import type { PacketWriter } from "./packet-writer.js";
import { PacketType } from "./packet-type.js";
import { writeProperties } from "./properties.js";
import { PropertyId, type Properties } from "./property.js";
import { ReasonCode } from "./reason-code.js";
import type { ReceivedPacket } from "./received-packet.js";
import { variableByteIntegerLength, writeVariableByteInteger } from "./variable-byte-integer.js";

/** Flags of a PUBLISH (MQTT 5.0, 3.3.1). */
export const PublishFlag = { RETAIN: 1, DUP: 8 } as const;

/** Property Identifier and value of a Topic Alias. */
const TOPIC_ALIAS_LENGTH = 3;

/**
 * Writes the header of a PUBLISH at the start of `bytes`, straight from its encoded parts (MQTT 5.0, 3.3): first byte, Remaining
 * Length, topic, identifier, properties. The payload follows, from the caller.
 * @param topic Topic Name with its two bytes of length; those two alone, 0, when `alias` stands for it.
 * @param identifier Packet Identifier, 0 at QoS 0.
 * @param properties the properties without their length; undefined in MQTT 3.1.1.
 * @param alias Topic Alias to be added to the properties, or 0.
 * @returns the length of the header; where `bytes` is shorter than that nothing is written.
 */
export function writePublishHeader(
  bytes: Uint8Array, flags: number, topic: Uint8Array, identifier: number, properties: Uint8Array | undefined, alias: number, payloadLength: number,
): number {
  let remaining = topic.length + payloadLength;
  let propertyLength = 0;
  if (identifier > 0) remaining += 2;
  if (properties !== undefined) {
    propertyLength = alias > 0 ? properties.length + TOPIC_ALIAS_LENGTH : properties.length;
    remaining += variableByteIntegerLength(propertyLength) + propertyLength;
  }
  const length = 1 + variableByteIntegerLength(remaining) + remaining - payloadLength;
  if (length > bytes.length) return length;
  bytes[0] = (PacketType.PUBLISH << 4) | flags;
  let position = writeVariableByteInteger(bytes, 1, remaining);
  bytes.set(topic, position);
  position += topic.length;
  if (identifier > 0) {
    bytes[position++] = identifier >> 8;
    bytes[position++] = identifier;
  }
  if (properties !== undefined) {
    position = writeVariableByteInteger(bytes, position, propertyLength);
    if (alias > 0) {
      bytes[position++] = PropertyId.topicAlias;
      bytes[position++] = alias >> 8;
      bytes[position++] = alias;
    }
    bytes.set(properties, position);
  }
  return length;
}

/**
 * Decodes a PUBLISH up to its payload (MQTT 5.0, 3.3). `packet.byteLength` must be the length of all that follows the fixed header.
 * The topic is left for {@link ReceivedPacket.checkTopic}: one that equals a filter of ours needs no further look.
 */
export function decodePublish(packet: ReceivedPacket): void {
  // Read by hand, not through the cursor: this is on the way of every message.
  const bytes = packet.bytes;
  const first = packet.first;
  const begin = packet.start;
  let position = begin + 2 + (((bytes[begin] ?? 0) << 8) | (bytes[begin + 1] ?? 0));
  packet.topicStart = begin + 2;
  packet.topicEnd = position;
  packet.topicChecked = false;
  if ((first & 14) !== 0) {
    // QoS 3, or a duplicate at QoS 0 (MQTT 5.0, 3.3.1).
    if ((first & 6) === 6 || (first & 14) === 8) packet.fail(ReasonCode.MALFORMED_PACKET);
    packet.start = position;
    packet.readIdentifier();
    position += 2;
  }
  if (packet.version === 5) {
    if (bytes[position] === 0) position++;
    else {
      packet.start = position;
      packet.skipProperties(PacketType.PUBLISH);
      position = packet.start;
    }
  }
  packet.start = position;
  packet.byteLength -= position - begin;
  if (position > packet.end || packet.byteLength < 0) packet.fail(ReasonCode.MALFORMED_PACKET);
}

/** A whole PUBLISH, for {@link encodePublish}. */
export interface Publish {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1 | 2;
  readonly retain?: boolean;
  readonly duplicate?: boolean;
  /** Packet Identifier; 0 at QoS 0. */
  readonly identifier: number;
  readonly properties?: Properties | undefined;
}

/** Encodes a PUBLISH with its payload in the buffer, as a server or a test does. @returns its length. */
export function encodePublish(writer: PacketWriter, version: 4 | 5, publish: Publish): number {
  const flags = (publish.qos << 1) | (publish.retain ? PublishFlag.RETAIN : 0) | (publish.duplicate ? PublishFlag.DUP : 0);
  writer.begin(PacketType.PUBLISH);
  writer.bytes[0] = (PacketType.PUBLISH << 4) | flags;
  writer.string("topic", publish.topic);
  if (publish.qos > 0) writer.number(publish.identifier, 2);
  if (version === 5) writeProperties(writer, publish.properties, PacketType.PUBLISH);
  writer.raw(publish.payload);
  return writer.end();
}
