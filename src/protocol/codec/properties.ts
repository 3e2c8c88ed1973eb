import { configurationError, checkInteger } from "../error.js";
import { packetName, PacketType } from "./packet-type.js";
import type { PacketWriter } from "./packet-writer.js";
import { isPositive, PropertyId, PropertyType, propertyType, type Properties } from "./property.js";
import { ReasonCode } from "./reason-code.js";
import { isTopicName } from "./topic.js";
import { isUtf8, readUtf8 } from "./utf8.js";
import { VARIABLE_BYTE_INTEGER_MAXIMUM } from "./variable-byte-integer.js";

type Value = number | string | Uint8Array | readonly [string, string];

/** Where a string, string pair or binary ends; beyond the bytes at hand when they are too few. */
function lengthPrefixedEnd(bytes: Uint8Array, position: number): number {
  return position + 2 + (((bytes[position] ?? 0xff) << 8) | (bytes[position + 1] ?? 0xff));
}

/** Where the value of a property ends. */
function valueEnd(bytes: Uint8Array, position: number, type: number): number {
  switch (type) {
    case PropertyType.BYTE:
      return position + 1;
    case PropertyType.TWO_BYTES:
      return position + 2;
    case PropertyType.FOUR_BYTES:
      return position + 4;
    case PropertyType.VARIABLE:
      while ((bytes[position++] ?? 0) & 0x80);
      return position;
    case PropertyType.PAIR:
      position = lengthPrefixedEnd(bytes, position);
  }
  return lengthPrefixedEnd(bytes, position);
}

function readVariable(bytes: Uint8Array, position: number, end: number): number {
  let value = 0;
  for (let shift = 0; position < end; shift += 7) value |= ((bytes[position++] ?? 0) & 0x7f) << shift;
  return value;
}

function readNumber(bytes: Uint8Array, position: number, end: number): number {
  let value = 0;
  while (position < end) value = value * 256 + (bytes[position++] ?? 0);
  return value;
}

function readString(bytes: Uint8Array, position: number): string {
  return readUtf8(bytes, position + 2, lengthPrefixedEnd(bytes, position));
}

function readValue(bytes: Uint8Array, position: number, type: number): Value {
  const end = valueEnd(bytes, position, type);
  switch (type) {
    case PropertyType.STRING:
      return readString(bytes, position);
    case PropertyType.BINARY:
      return bytes.slice(position + 2, end);
    case PropertyType.PAIR:
      return [readString(bytes, position), readString(bytes, lengthPrefixedEnd(bytes, position))];
    case PropertyType.VARIABLE:
      return readVariable(bytes, position, end);
    default:
      return readNumber(bytes, position, end);
  }
}

/** @returns 0, or the Reason Code for what is wrong with a value. */
function checkValue(bytes: Uint8Array, position: number, end: number, id: number, type: number): number {
  switch (type) {
    case PropertyType.PAIR: {
      const second = lengthPrefixedEnd(bytes, position);
      return isUtf8(bytes, position + 2, second) && isUtf8(bytes, second + 2, end) ? 0 : ReasonCode.MALFORMED_PACKET;
    }
    case PropertyType.STRING:
      if (!isUtf8(bytes, position + 2, end)) return ReasonCode.MALFORMED_PACKET;
      return id === PropertyId.responseTopic && !isTopicName(bytes, position + 2, end) ? ReasonCode.PROTOCOL_ERROR : 0;
    case PropertyType.BINARY:
      return 0;
    case PropertyType.BYTE:
      return (bytes[position] ?? 0) > 1 ? ReasonCode.PROTOCOL_ERROR : 0;
    case PropertyType.VARIABLE:
      // Five bytes, or a last byte that adds nothing: not the shortest form (MQTT 5.0, 1.5.5).
      if (end - position > 4 || (end - position > 1 && bytes[end - 1] === 0)) return ReasonCode.MALFORMED_PACKET;
  }
  if (isPositive(id) && readNumber(bytes, position, end) === 0)
    return id === PropertyId.topicAlias ? ReasonCode.TOPIC_ALIAS_INVALID : ReasonCode.PROTOCOL_ERROR;
  return 0;
}

/**
 * Checks a block of properties: known, allowed in the packet, once each, whole, legal values (MQTT 5.0, 2.2.2).
 * @returns 0, or the Reason Code for what is wrong.
 */
export function checkProperties(bytes: Uint8Array, start: number, end: number, packetType: number): number {
  let seenLow = 0;
  let seenHigh = 0;
  while (start < end) {
    const id = bytes[start++] ?? 0;
    const type = propertyType(id, packetType);
    if (type === 0) return ReasonCode.MALFORMED_PACKET;
    const position = start;
    start = valueEnd(bytes, start, type);
    if (start > end) return ReasonCode.MALFORMED_PACKET;
    const wrong = checkValue(bytes, position, start, id, type);
    if (wrong !== 0) return wrong;
    // User Property repeats anywhere, Subscription Identifier in a PUBLISH.
    if (type === PropertyType.PAIR || (type === PropertyType.VARIABLE && propertyType(PropertyId.topicAlias, packetType) !== 0)) continue;
    const bit = 1 << (id & 31);
    if ((id < 32 ? seenLow : seenHigh) & bit) return ReasonCode.PROTOCOL_ERROR;
    if (id < 32) seenLow |= bit;
    else seenHigh |= bit;
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

/** The first value of a property in a checked block, or undefined. */
export function getProperty(bytes: Uint8Array, start: number, end: number, packetType: number, id: number): Value | undefined {
  const position = findProperty(bytes, start, end, packetType, id);
  return position < 0 ? undefined : readValue(bytes, position, propertyType(id, packetType));
}

/** All properties of a checked block, by name. */
export function readProperties(bytes: Uint8Array, start: number, end: number, packetType: number): Properties {
  const properties: Record<string, unknown> = {};
  const identifiers: number[] = [];
  const pairs: Value[] = [];
  while (start < end) {
    const id = bytes[start++] ?? 0;
    const type = propertyType(id, packetType);
    const value = readValue(bytes, start, type);
    start = valueEnd(bytes, start, type);
    if (type === PropertyType.PAIR) pairs.push(value);
    else if (typeof value === "number" && type === PropertyType.VARIABLE) identifiers.push(value);
    else properties[propertyName(id)] = value;
  }
  if (pairs.length > 0) properties["userProperty"] = pairs;
  if (identifiers.length > 0) properties["subscriptionIdentifier"] = identifiers.length > 1 ? identifiers : identifiers[0];
  return properties;
}

function propertyName(id: number): string {
  for (const name in PropertyId) if (PropertyId[name as keyof typeof PropertyId] === id) return name;
  return "";
}

const MAXIMUM = [0, 1, 0xffff, 0xffffffff, VARIABLE_BYTE_INTEGER_MAXIMUM];

function writeValue(writer: PacketWriter, id: number, type: number, name: string, value: unknown): void {
  writer.byte(id);
  if (type === PropertyType.STRING) {
    if (id === PropertyId.responseTopic) writer.topicName(name, value);
    else writer.string(name, value);
  } else if (type === PropertyType.BINARY) writer.binary(name, value);
  else if (typeof value !== "number") throw configurationError(name, "a number");
  else {
    checkInteger(name, value, isPositive(id) ? 1 : 0, MAXIMUM[type] ?? 0);
    if (type === PropertyType.VARIABLE) writer.variable(value);
    else writer.number(value, type === PropertyType.FOUR_BYTES ? 4 : type);
  }
}

const USER_PROPERTY_FORM = 'a list of pairs, as in [["name", "value"]]';

function writeUserProperty(writer: PacketWriter, pairs: unknown): void {
  if (!Array.isArray(pairs)) throw configurationError("userProperty", USER_PROPERTY_FORM);
  for (const pair of pairs as unknown[]) {
    if (!Array.isArray(pair) || pair.length !== 2) throw configurationError("userProperty", USER_PROPERTY_FORM);
    writer.byte(PropertyId.userProperty);
    writer.string("the name of a userProperty", pair[0]);
    writer.string("the value of a userProperty", pair[1]);
  }
}

function allowedNames(packetType: number): string {
  return Object.keys(PropertyId).filter((name) => propertyType(PropertyId[name as keyof typeof PropertyId], packetType) !== 0).join(", ");
}

/**
 * Writes Property Length and properties in the order of the object (MQTT 5.0, 2.2.2).
 * @throws MqttError (configuration) naming an unknown property, or one with a wrong value, and what is allowed.
 */
export function writeProperties(writer: PacketWriter, properties: object | undefined, packetType: number): void {
  const start = writer.openLength();
  if (properties !== undefined) {
    for (const [name, value] of Object.entries(properties) as [string, unknown][]) {
      if (value === undefined) continue;
      const id = PropertyId[name as keyof typeof PropertyId] as number | undefined;
      const type = id === undefined ? 0 : propertyType(id, packetType);
      if (id === undefined || type === 0)
        throw configurationError(`properties.${name}`, `left out: ${packetName(packetType)} has ${allowedNames(packetType)}`);
      if (type === PropertyType.PAIR) writeUserProperty(writer, value);
      // A PUBLISH that matched several subscriptions has a list of their identifiers.
      else if (type === PropertyType.VARIABLE && packetType === PacketType.PUBLISH && Array.isArray(value))
        for (const each of value as unknown[]) writeValue(writer, id, type, name, each);
      else writeValue(writer, id, type, name, value);
    }
  }
  writer.closeLength(start);
}
