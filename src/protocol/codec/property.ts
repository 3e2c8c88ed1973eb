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

/**
 * How a property's value is written. Numbers come first: the lower three bits are the length, or 3 for a Variable Byte Integer; 8 is added
 * where the value 0 is a Protocol Error. A number of one byte is 0 or 1.
 */
export const PropertyType = {
  BYTE: 1, TWO_BYTES: 2, FOUR_BYTES: 4, POSITIVE_TWO_BYTES: 10, POSITIVE_VARIABLE: 11, POSITIVE_FOUR_BYTES: 12, STRING: 13, BINARY: 14, PAIR: 15,
} as const;

/** In the type of a number: its length. */
export const LENGTH = 7;

/** The packet type that stands for the properties of a will. */
export const WILL = 0;

/** Where a property may stand: a bit for each packet type. */
const In = {
  WILL: 1 << WILL,
  CONNECT: 1 << PacketType.CONNECT,
  CONNACK: 1 << PacketType.CONNACK,
  PUBLISH: 1 << PacketType.PUBLISH,
  SUBSCRIBE: 1 << PacketType.SUBSCRIBE,
  DISCONNECT: 1 << PacketType.DISCONNECT,
  AUTH: 1 << PacketType.AUTH,
  /** PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK and UNSUBACK. */
  ACKNOWLEDGEMENTS: 0x0af0,
  ALL: 0xcfff,
} as const;

/** How a property is written, above the 16 bits of {@link In}. */
const As = {
  BYTE: PropertyType.BYTE << 16,
  TWO_BYTES: PropertyType.TWO_BYTES << 16,
  FOUR_BYTES: PropertyType.FOUR_BYTES << 16,
  STRING: PropertyType.STRING << 16,
  BINARY: PropertyType.BINARY << 16,
  PAIR: PropertyType.PAIR << 16,
  POSITIVE_TWO_BYTES: PropertyType.POSITIVE_TWO_BYTES << 16,
  POSITIVE_VARIABLE: PropertyType.POSITIVE_VARIABLE << 16,
  POSITIVE_FOUR_BYTES: PropertyType.POSITIVE_FOUR_BYTES << 16,
} as const;

/**
 * The standard's table of properties (MQTT 5.0, 2.2.2.2): {@link In}, {@link As} and, from bit 20 on, the identifier. Build tools fold
 * each line into one number: the least in bytecode, and the names are keys that the engine need not add at run time.
 */
export const PROPERTIES: Readonly<Record<string, number | undefined>> = {
  payloadFormatIndicator: (1 << 20) | As.BYTE | In.PUBLISH | In.WILL,
  messageExpiryInterval: (2 << 20) | As.FOUR_BYTES | In.PUBLISH | In.WILL,
  contentType: (3 << 20) | As.STRING | In.PUBLISH | In.WILL,
  responseTopic: (8 << 20) | As.STRING | In.PUBLISH | In.WILL,
  correlationData: (9 << 20) | As.BINARY | In.PUBLISH | In.WILL,
  subscriptionIdentifier: (11 << 20) | As.POSITIVE_VARIABLE | In.PUBLISH | In.SUBSCRIBE,
  sessionExpiryInterval: (17 << 20) | As.FOUR_BYTES | In.CONNECT | In.CONNACK | In.DISCONNECT,
  assignedClientIdentifier: (18 << 20) | As.STRING | In.CONNACK,
  serverKeepAlive: (19 << 20) | As.TWO_BYTES | In.CONNACK,
  authenticationMethod: (21 << 20) | As.STRING | In.CONNECT | In.CONNACK | In.AUTH,
  authenticationData: (22 << 20) | As.BINARY | In.CONNECT | In.CONNACK | In.AUTH,
  requestProblemInformation: (23 << 20) | As.BYTE | In.CONNECT,
  willDelayInterval: (24 << 20) | As.FOUR_BYTES | In.WILL,
  requestResponseInformation: (25 << 20) | As.BYTE | In.CONNECT,
  responseInformation: (26 << 20) | As.STRING | In.CONNACK,
  serverReference: (28 << 20) | As.STRING | In.CONNACK | In.DISCONNECT,
  reasonString: (31 << 20) | As.STRING | In.CONNACK | In.ACKNOWLEDGEMENTS | In.DISCONNECT | In.AUTH,
  receiveMaximum: (33 << 20) | As.POSITIVE_TWO_BYTES | In.CONNECT | In.CONNACK,
  topicAliasMaximum: (34 << 20) | As.TWO_BYTES | In.CONNECT | In.CONNACK,
  topicAlias: (35 << 20) | As.POSITIVE_TWO_BYTES | In.PUBLISH,
  maximumQoS: (36 << 20) | As.BYTE | In.CONNACK,
  retainAvailable: (37 << 20) | As.BYTE | In.CONNACK,
  userProperty: (38 << 20) | As.PAIR | In.ALL,
  maximumPacketSize: (39 << 20) | As.POSITIVE_FOUR_BYTES | In.CONNECT | In.CONNACK,
  wildcardSubscriptionAvailable: (40 << 20) | As.BYTE | In.CONNACK,
  subscriptionIdentifierAvailable: (41 << 20) | As.BYTE | In.CONNACK,
  sharedSubscriptionAvailable: (42 << 20) | As.BYTE | In.CONNACK,
};

/** Names by identifier, filled while the module is loaded and constant from then on. */
export const PROPERTY_NAMES: string[] = [];
Object.keys(PROPERTIES).forEach((name) => {
  PROPERTY_NAMES[(PROPERTIES[name] ?? 0) >> 20] = name;
});

/** The {@link PropertyType} of a property, or 0 where packets of this type may not carry it. */
export function propertyType(id: number, packetType: number): number {
  const line = PROPERTIES[PROPERTY_NAMES[id] ?? ""] ?? 0;
  return (line >> packetType) & 1 ? (line >> 16) & 15 : 0;
}
