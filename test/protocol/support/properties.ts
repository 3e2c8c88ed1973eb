import { PacketWriter } from "../../../src/protocol/codec/packet-writer.js";
import { checkProperties, readProperties, writeProperties } from "../../../src/protocol/codec/properties.js";
import type { Properties } from "../../../src/protocol/codec/property.js";
import { ReceivedPacket } from "../../../src/protocol/codec/received-packet.js";

/** The encoded properties of a packet, Property Length included. */
export function propertyBlock(properties: object | undefined, packetType: number, size = 512): Uint8Array {
  const writer = new PacketWriter(new Uint8Array(size));
  writeProperties(writer, properties, packetType);
  return writer.bytes.slice(0, writer.position);
}

/** Checks properties (without their Property Length) that lie between other bytes. @returns 0 or the Reason Code. */
export function checked(properties: Uint8Array, packetType: number, around = 0xff): number {
  const buffer = new Uint8Array(properties.length + 8).fill(around);
  buffer.set(properties, 4);
  return checkProperties(buffer, 4, 4 + properties.length, packetType);
}

/** All properties by name. */
export function readAll(properties: Uint8Array, packetType: number): Properties {
  const buffer = new Uint8Array(properties.length + 8).fill(0xff);
  buffer.set(properties, 4);
  return readProperties(buffer, 4, 4 + properties.length, packetType);
}

/** A packet in hand with these properties, which are good. */
export function holding(properties: Uint8Array, packetType: number): ReceivedPacket {
  const packet = new ReceivedPacket(properties);
  packet.open(packetType << 4, 0, 0);
  packet.propertiesEnd = properties.length;
  return packet;
}

/** One property of MQTT 5.0: its identifier, name, packets (0 for a will), a value and the bytes of property and value. */
export interface Row {
  readonly id: number;
  readonly name: keyof Properties;
  readonly packets: readonly number[];
  readonly value: unknown;
  readonly bytes: string;
}

const [WILL, CONNECT, CONNACK, PUBLISH, SUBSCRIBE, DISCONNECT, AUTH] = [0, 1, 2, 3, 8, 14, 15];

/** The properties of MQTT 5.0, table 2-4. */
export const PROPERTIES: readonly Row[] = [
  { id: 0x01, name: "payloadFormatIndicator", packets: [WILL, PUBLISH], value: 1, bytes: "01 01" },
  { id: 0x02, name: "messageExpiryInterval", packets: [WILL, PUBLISH], value: 0x12345678, bytes: "02 12 34 56 78" },
  { id: 0x03, name: "contentType", packets: [WILL, PUBLISH], value: "text", bytes: "03 00 04 'text'" },
  { id: 0x08, name: "responseTopic", packets: [WILL, PUBLISH], value: "r/1", bytes: "08 00 03 'r/1'" },
  { id: 0x09, name: "correlationData", packets: [WILL, PUBLISH], value: Uint8Array.of(0, 255), bytes: "09 00 02 00 FF" },
  { id: 0x0b, name: "subscriptionIdentifier", packets: [PUBLISH, SUBSCRIBE], value: 321, bytes: "0B C1 02" },
  { id: 0x11, name: "sessionExpiryInterval", packets: [CONNECT, CONNACK, DISCONNECT], value: 0xffffffff, bytes: "11 FF FF FF FF" },
  { id: 0x12, name: "assignedClientIdentifier", packets: [CONNACK], value: "id", bytes: "12 00 02 'id'" },
  { id: 0x13, name: "serverKeepAlive", packets: [CONNACK], value: 0x1234, bytes: "13 12 34" },
  { id: 0x15, name: "authenticationMethod", packets: [CONNECT, CONNACK, AUTH], value: "m", bytes: "15 00 01 'm'" },
  { id: 0x16, name: "authenticationData", packets: [CONNECT, CONNACK, AUTH], value: Uint8Array.of(7), bytes: "16 00 01 07" },
  { id: 0x17, name: "requestProblemInformation", packets: [CONNECT], value: 0, bytes: "17 00" },
  { id: 0x18, name: "willDelayInterval", packets: [WILL], value: 0x80000000, bytes: "18 80 00 00 00" },
  { id: 0x19, name: "requestResponseInformation", packets: [CONNECT], value: 1, bytes: "19 01" },
  { id: 0x1a, name: "responseInformation", packets: [CONNACK], value: "i", bytes: "1A 00 01 'i'" },
  { id: 0x1c, name: "serverReference", packets: [CONNACK, DISCONNECT], value: "s", bytes: "1C 00 01 's'" },
  { id: 0x1f, name: "reasonString", packets: [CONNACK, 4, 5, 6, 7, 9, 11, DISCONNECT, AUTH], value: "why", bytes: "1F 00 03 'why'" },
  { id: 0x21, name: "receiveMaximum", packets: [CONNECT, CONNACK], value: 0xffff, bytes: "21 FF FF" },
  { id: 0x22, name: "topicAliasMaximum", packets: [CONNECT, CONNACK], value: 10, bytes: "22 00 0A" },
  { id: 0x23, name: "topicAlias", packets: [PUBLISH], value: 0x0102, bytes: "23 01 02" },
  { id: 0x24, name: "maximumQoS", packets: [CONNACK], value: 0, bytes: "24 00" },
  { id: 0x25, name: "retainAvailable", packets: [CONNACK], value: 1, bytes: "25 01" },
  { id: 0x26, name: "userProperty", packets: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 15], value: [["n", "v"]], bytes: "26 00 01 'n' 00 01 'v'" },
  { id: 0x27, name: "maximumPacketSize", packets: [CONNECT, CONNACK], value: 0x01020304, bytes: "27 01 02 03 04" },
  { id: 0x28, name: "wildcardSubscriptionAvailable", packets: [CONNACK], value: 0, bytes: "28 00" },
  { id: 0x29, name: "subscriptionIdentifierAvailable", packets: [CONNACK], value: 1, bytes: "29 01" },
  { id: 0x2a, name: "sharedSubscriptionAvailable", packets: [CONNACK], value: 0, bytes: "2A 00" },
];
