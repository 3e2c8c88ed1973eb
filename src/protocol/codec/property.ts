import { PacketType } from "./packet-type.js";

/** A User Property: name and value; names may repeat and their order is kept. */
export type UserProperty = readonly (readonly [name: string, value: string])[];

/** Properties of a PUBLISH, and of a will beside Will Delay Interval (MQTT 5.0, 3.3.2.3). */
export interface PublishProperties {
  /** 1 when the payload is UTF-8 text. */
  readonly payloadFormatIndicator?: 0 | 1 | undefined;
  /** Seconds, 0 to 4,294,967,295. */
  readonly messageExpiryInterval?: number | undefined;
  readonly contentType?: string | undefined;
  readonly responseTopic?: string | undefined;
  readonly correlationData?: Uint8Array | undefined;
  /** 1 to the Topic Alias Maximum of the server. Prepared topics get theirs by themselves. */
  readonly topicAlias?: number | undefined;
  readonly userProperty?: UserProperty | undefined;
}

/** Properties of the will in a CONNECT (MQTT 5.0, 3.1.3.2). */
export interface WillProperties extends Omit<PublishProperties, "topicAlias"> {
  /** Seconds, 0 to 4,294,967,295. */
  readonly willDelayInterval?: number | undefined;
}

/** Properties of a CONNECT (MQTT 5.0, 3.1.2.11). */
export interface ConnectProperties {
  /** Seconds that the server keeps the session after the connection, 0 to 4,294,967,295 (for ever). */
  readonly sessionExpiryInterval?: number | undefined;
  /** 1 to 65,535: QoS 1 and 2 publications that the server may have unacknowledged. */
  readonly receiveMaximum?: number | undefined;
  /** Bytes, 1 to 4,294,967,295. */
  readonly maximumPacketSize?: number | undefined;
  /** 0 to 65,535. */
  readonly topicAliasMaximum?: number | undefined;
  readonly requestResponseInformation?: 0 | 1 | undefined;
  readonly requestProblemInformation?: 0 | 1 | undefined;
  readonly userProperty?: UserProperty | undefined;
  readonly authenticationMethod?: string | undefined;
  readonly authenticationData?: Uint8Array | undefined;
}

/** Properties of a SUBSCRIBE (MQTT 5.0, 3.8.2.1). */
export interface SubscribeProperties {
  /** 1 to 268,435,455. */
  readonly subscriptionIdentifier?: number | undefined;
  readonly userProperty?: UserProperty | undefined;
}

/** Properties of a DISCONNECT (MQTT 5.0, 3.14.2.2). */
export interface DisconnectProperties {
  /** Seconds; takes the place of the one in CONNECT, unless that was 0. */
  readonly sessionExpiryInterval?: number | undefined;
  readonly reasonString?: string | undefined;
  readonly userProperty?: UserProperty | undefined;
}

/** All properties of MQTT 5.0 (2.2.2.2), as they are received. */
export interface Properties {
  readonly payloadFormatIndicator?: 0 | 1 | undefined;
  readonly messageExpiryInterval?: number | undefined;
  readonly contentType?: string | undefined;
  readonly responseTopic?: string | undefined;
  readonly correlationData?: Uint8Array | undefined;
  /** Several in a PUBLISH that matched several subscriptions. */
  readonly subscriptionIdentifier?: number | readonly number[] | undefined;
  readonly sessionExpiryInterval?: number | undefined;
  readonly assignedClientIdentifier?: string | undefined;
  readonly serverKeepAlive?: number | undefined;
  readonly authenticationMethod?: string | undefined;
  readonly authenticationData?: Uint8Array | undefined;
  readonly requestProblemInformation?: 0 | 1 | undefined;
  readonly willDelayInterval?: number | undefined;
  readonly requestResponseInformation?: 0 | 1 | undefined;
  readonly responseInformation?: string | undefined;
  readonly serverReference?: string | undefined;
  readonly reasonString?: string | undefined;
  readonly receiveMaximum?: number | undefined;
  readonly topicAliasMaximum?: number | undefined;
  readonly topicAlias?: number | undefined;
  readonly maximumQoS?: 0 | 1 | undefined;
  readonly retainAvailable?: 0 | 1 | undefined;
  readonly userProperty?: UserProperty | undefined;
  readonly maximumPacketSize?: number | undefined;
  readonly wildcardSubscriptionAvailable?: 0 | 1 | undefined;
  readonly subscriptionIdentifierAvailable?: 0 | 1 | undefined;
  readonly sharedSubscriptionAvailable?: 0 | 1 | undefined;
}

/** Property Identifiers (MQTT 5.0, 2.2.2.2), by the names that {@link Properties} uses. */
export const PropertyId = {
  payloadFormatIndicator: 1,
  messageExpiryInterval: 2,
  contentType: 3,
  responseTopic: 8,
  correlationData: 9,
  subscriptionIdentifier: 11,
  sessionExpiryInterval: 17,
  assignedClientIdentifier: 18,
  serverKeepAlive: 19,
  authenticationMethod: 21,
  authenticationData: 22,
  requestProblemInformation: 23,
  willDelayInterval: 24,
  requestResponseInformation: 25,
  responseInformation: 26,
  serverReference: 28,
  reasonString: 31,
  receiveMaximum: 33,
  topicAliasMaximum: 34,
  topicAlias: 35,
  maximumQoS: 36,
  retainAvailable: 37,
  userProperty: 38,
  maximumPacketSize: 39,
  wildcardSubscriptionAvailable: 40,
  subscriptionIdentifierAvailable: 41,
  sharedSubscriptionAvailable: 42,
} as const;

/** How a property's value is written; every property of type BYTE is 0 or 1. */
export const PropertyType = { BYTE: 1, TWO_BYTES: 2, FOUR_BYTES: 3, VARIABLE: 4, STRING: 5, BINARY: 6, PAIR: 7 } as const;

/** The packet type that stands for the properties of a will. */
export const WILL = 0;

/** In the table below: the value 0 is a Protocol Error. */
const POSITIVE = 8;

/** Where a property may stand: bit `4 + packet type`. */
function row(type: number, ...packets: number[]): number {
  for (const packet of packets) type |= 0x10 << packet;
  return type;
}

const { CONNECT, CONNACK, PUBLISH, SUBSCRIBE, DISCONNECT, AUTH } = PacketType;
const { BYTE, TWO_BYTES, FOUR_BYTES, VARIABLE, STRING, BINARY, PAIR } = PropertyType;

/** By Property Identifier: type, {@link POSITIVE} and the packets that may carry it. A flat list costs 4 bytes of flash a property. */
const TABLE = new Uint32Array(43);
TABLE[1] = row(BYTE, PUBLISH, WILL);
TABLE[2] = row(FOUR_BYTES, PUBLISH, WILL);
TABLE[3] = row(STRING, PUBLISH, WILL);
TABLE[8] = row(STRING, PUBLISH, WILL);
TABLE[9] = row(BINARY, PUBLISH, WILL);
TABLE[11] = row(VARIABLE | POSITIVE, PUBLISH, SUBSCRIBE);
TABLE[17] = row(FOUR_BYTES, CONNECT, CONNACK, DISCONNECT);
TABLE[18] = row(STRING, CONNACK);
TABLE[19] = row(TWO_BYTES, CONNACK);
TABLE[21] = row(STRING, CONNECT, CONNACK, AUTH);
TABLE[22] = row(BINARY, CONNECT, CONNACK, AUTH);
TABLE[23] = row(BYTE, CONNECT);
TABLE[24] = row(FOUR_BYTES, WILL);
TABLE[25] = row(BYTE, CONNECT);
TABLE[26] = row(STRING, CONNACK);
TABLE[28] = row(STRING, CONNACK, DISCONNECT);
// Acknowledgements are PUBACK to PUBCOMP, SUBACK and UNSUBACK.
TABLE[31] = row(STRING, CONNACK, 4, 5, 6, 7, 9, 11, DISCONNECT, AUTH);
TABLE[33] = row(TWO_BYTES | POSITIVE, CONNECT, CONNACK);
TABLE[34] = row(TWO_BYTES, CONNECT, CONNACK);
TABLE[35] = row(TWO_BYTES | POSITIVE, PUBLISH);
TABLE[36] = row(BYTE, CONNACK);
TABLE[37] = row(BYTE, CONNACK);
TABLE[38] = row(PAIR, WILL, CONNECT, CONNACK, PUBLISH, 4, 5, 6, 7, 8, 9, 10, 11, DISCONNECT, AUTH);
TABLE[39] = row(FOUR_BYTES | POSITIVE, CONNECT, CONNACK);
TABLE[40] = row(BYTE, CONNACK);
TABLE[41] = row(BYTE, CONNACK);
TABLE[42] = row(BYTE, CONNACK);

/** The {@link PropertyType} of a property, or 0 where packets of this type may not carry it. */
export function propertyType(id: number, packetType: number): number {
  const entry = TABLE[id] ?? 0;
  return entry & (0x10 << packetType) ? entry & 7 : 0;
}

/** Whether 0 is forbidden as the value of a property. */
export function isPositive(id: number): boolean {
  return ((TABLE[id] ?? 0) & POSITIVE) !== 0;
}
