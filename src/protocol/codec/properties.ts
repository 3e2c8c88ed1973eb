import { checkInteger, configurationError } from "../error.js";
import { packetName, PacketType } from "./packet-type.js";
import type { PacketWriter } from "./packet-writer.js";
import { LENGTH, PROPERTIES, PROPERTY_NAMES, PropertyId, PropertyType, propertyType, type Properties } from "./property.js";
import { ReasonCode } from "./reason-code.js";
import { isTopicName } from "./topic.js";
import { isUtf8, readUtf8 } from "./utf8.js";
import { readVariableByteInteger, VARIABLE_BYTE_INTEGER_MAXIMUM, writeVariableByteInteger } from "./variable-byte-integer.js";

export type PropertyValue = number | string | Uint8Array | readonly [string, string];

/** Where a string or binary ends; beyond the bytes at hand when they are too few. */
function lengthPrefixedEnd(bytes: Uint8Array, position: number): number {
  return position + 2 + (((bytes[position] ?? 0xff) << 8) | (bytes[position + 1] ?? 0xff));
}

/** Where the value of a property ends. */
function valueEnd(bytes: Uint8Array, position: number, type: number): number {
  if (type === PropertyType.POSITIVE_VARIABLE) {
    while ((bytes[position++] ?? 0) & 0x80);
    return position;
  }
  if (type < PropertyType.STRING) return position + (type & LENGTH);
  return lengthPrefixedEnd(bytes, type === PropertyType.PAIR ? lengthPrefixedEnd(bytes, position) : position);
}

/** The value of a property that begins at a position in a checked block. */
export function readValue(bytes: Uint8Array, position: number, type: number): PropertyValue {
  const end = valueEnd(bytes, position, type);
  if (type === PropertyType.POSITIVE_VARIABLE) return readVariableByteInteger(bytes, position, end);
  if (type === PropertyType.BINARY) return bytes.slice(position + 2, end);
  if (type < PropertyType.STRING) {
    let value = 0;
    while (position < end) value = value * 256 + (bytes[position++] ?? 0);
    return value;
  }
  const middle = lengthPrefixedEnd(bytes, position);
  const string = readUtf8(bytes, position + 2, middle);
  return type === PropertyType.PAIR ? [string, readUtf8(bytes, middle + 2, end)] : string;
}

/** User Properties and the Subscription Identifiers of a PUBLISH may repeat. */
function mayRepeat(type: number, packetType: number): boolean {
  return type === PropertyType.PAIR || (type === PropertyType.POSITIVE_VARIABLE && packetType === PacketType.PUBLISH);
}

/**
 * Checks a block of properties: known, allowed in the packet, once each, whole, legal values (MQTT 5.0, 2.2.2).
 * @returns 0, or the Reason Code for what is wrong.
 */
export function checkProperties(bytes: Uint8Array, start: number, end: number, packetType: number): number {
  let position = start;
  while (position < end) {
    const begin = position;
    const id = bytes[position++] ?? 0;
    const type = propertyType(id, packetType);
    const next = valueEnd(bytes, position, type);
    if (type === 0 || next > end) return ReasonCode.MALFORMED_PACKET;
    // At most 26 others come before, and a second look at them takes less code than a record of what was seen.
    if (!mayRepeat(type, packetType) && findProperty(bytes, start, begin, packetType, id) >= 0) return ReasonCode.PROTOCOL_ERROR;
    if (type < PropertyType.STRING) {
      const value = readValue(bytes, position, type) as number;
      // A Variable Byte Integer that is too long (MQTT 5.0, 1.5.5).
      if (value < 0) return ReasonCode.MALFORMED_PACKET;
      if (type === PropertyType.BYTE ? value > 1 : value === 0 && type > LENGTH)
        return id === PropertyId.topicAlias ? ReasonCode.TOPIC_ALIAS_INVALID : ReasonCode.PROTOCOL_ERROR;
    } else if (type !== PropertyType.BINARY) {
      const middle = lengthPrefixedEnd(bytes, position);
      // What is behind the middle is the value of a pair; nothing is found wrong with the nothing behind a string.
      if (!isUtf8(bytes, position + 2, middle) || !isUtf8(bytes, middle + 2, next)) return ReasonCode.MALFORMED_PACKET;
      if (id === PropertyId.responseTopic && !isTopicName(bytes, position + 2, next)) return ReasonCode.PROTOCOL_ERROR;
    }
    position = next;
  }
  return 0;
}

/** Where the value of a property begins in a checked block, or -1 when it is not there. */
export function findProperty(bytes: Uint8Array, start: number, end: number, packetType: number, id: number): number {
  while (start < end) {
    const found = bytes[start++] ?? 0;
    if (found === id) return start;
    start = valueEnd(bytes, start, propertyType(found, packetType));
  }
  return -1;
}

/** All properties of a checked block, by name. */
export function readProperties(bytes: Uint8Array, start: number, end: number, packetType: number): Properties {
  const properties: Record<string, unknown> = {};
  while (start < end) {
    const id = bytes[start++] ?? 0;
    const type = propertyType(id, packetType);
    const name = PROPERTY_NAMES[id] ?? "";
    const value = readValue(bytes, start, type);
    const before = properties[name];
    // User properties are a list even when there is one, Subscription Identifiers from the second on.
    if (Array.isArray(before)) before.push(value);
    else if (before !== undefined) properties[name] = [before, value];
    else properties[name] = type === PropertyType.PAIR ? [value] : value;
    start = valueEnd(bytes, start, type);
  }
  return properties;
}

function writeValue(writer: PacketWriter, name: string, id: number, type: number, value: unknown): void {
  writer.byte(id);
  if (type === PropertyType.BINARY) writer.binary(name, value);
  else if (id === PropertyId.responseTopic) writer.topicName(name, value);
  else if (type === PropertyType.STRING) writer.string(name, value);
  else if (type === PropertyType.PAIR) {
    if (!Array.isArray(value) || value.length !== 2) throw configurationError(name, 'a list like [["name", "value"]]');
    writer.string(name, value[0]);
    writer.string(name, value[1]);
  } else {
    const length = type & LENGTH;
    const variable = type === PropertyType.POSITIVE_VARIABLE;
    const maximum = variable ? VARIABLE_BYTE_INTEGER_MAXIMUM : type === PropertyType.BYTE ? 1 : 2 ** (8 * length) - 1;
    // What is no number is refused with the rest.
    const number = checkInteger(name, value as number, type > LENGTH ? 1 : 0, maximum);
    if (variable) writer.position = writeVariableByteInteger(writer.bytes, writer.position, number);
    else writer.number(number, length);
  }
}

/**
 * Writes Property Length and properties in the order of the object (MQTT 5.0, 2.2.2).
 * @throws MqttError (configuration) naming a property that is not for this packet, or one with a wrong value and what is allowed.
 */
export function writeProperties(writer: PacketWriter, properties: object | undefined, packetType: number): void {
  const start = writer.position++;
  const given = (properties ?? {}) as Readonly<Record<string, unknown>>;
  // Neither entries nor a function for each value: a usual CONNECT would make 600 bytes of garbage by them.
  const names = Object.keys(given);
  for (let i = 0; i < names.length; i++) {
    const name = names[i] ?? "";
    const value = given[name];
    const id = (PROPERTIES[name] ?? 0) >> 20;
    const type = propertyType(id, packetType);
    if (value === undefined) continue;
    if (type === 0) throw configurationError(`properties.${name}`, `left out of ${packetName(packetType)}`);
    if (!mayRepeat(type, packetType) || !Array.isArray(value)) writeValue(writer, name, id, type, value);
    else for (let j = 0; j < value.length; j++) writeValue(writer, name, id, type, value[j]);
  }
  writer.closeLength(start);
}
