import { PacketType } from "./packet-type.js";

/** Reason Codes that this library sends or tells apart (MQTT 5.0, 2.4); peers may send others that are allowed in a packet. */
export const ReasonCode = {
  SUCCESS: 0x00,
  DISCONNECT_WITH_WILL: 0x04,
  NO_MATCHING_SUBSCRIBERS: 0x10,
  NO_SUBSCRIPTION_EXISTED: 0x11,
  CONTINUE_AUTHENTICATION: 0x18,
  REAUTHENTICATE: 0x19,
  UNSPECIFIED_ERROR: 0x80,
  MALFORMED_PACKET: 0x81,
  PROTOCOL_ERROR: 0x82,
  IMPLEMENTATION_SPECIFIC_ERROR: 0x83,
  UNSUPPORTED_PROTOCOL_VERSION: 0x84,
  CLIENT_IDENTIFIER_NOT_VALID: 0x85,
  BAD_USER_NAME_OR_PASSWORD: 0x86,
  NOT_AUTHORIZED: 0x87,
  SERVER_UNAVAILABLE: 0x88,
  KEEP_ALIVE_TIMEOUT: 0x8d,
  PACKET_IDENTIFIER_NOT_FOUND: 0x92,
  RECEIVE_MAXIMUM_EXCEEDED: 0x93,
  TOPIC_ALIAS_INVALID: 0x94,
  PACKET_TOO_LARGE: 0x95,
  QUOTA_EXCEEDED: 0x97,
  PAYLOAD_FORMAT_INVALID: 0x99,
  RETAIN_NOT_SUPPORTED: 0x9a,
  QOS_NOT_SUPPORTED: 0x9b,
} as const;

const PUBLISH_CODES = "\x10\x80\x83\x87\x90\x91\x97\x99";

/** The Reason Codes that each packet may carry beside 0x00, a character a code (MQTT 5.0, 3.2.2.2, 3.4.2.1, 3.9.3, 3.14.2.1, 3.15.2.1 ...). */
const CODES: Readonly<Record<number, string>> = {
  [PacketType.CONNACK]: "\x80\x81\x82\x83\x84\x85\x86\x87\x88\x89\x8a\x8c\x90\x95\x97\x99\x9a\x9b\x9c\x9d\x9f",
  [PacketType.PUBACK]: PUBLISH_CODES,
  [PacketType.PUBREC]: PUBLISH_CODES,
  [PacketType.PUBREL]: "\x92",
  [PacketType.PUBCOMP]: "\x92",
  [PacketType.SUBACK]: "\x01\x02\x80\x83\x87\x8f\x91\x97\x9e\xa1\xa2",
  [PacketType.UNSUBACK]: "\x11\x80\x83\x87\x8f\x91",
  [PacketType.DISCONNECT]:
    "\x04\x80\x81\x82\x83\x87\x89\x8b\x8d\x8e\x8f\x90\x93\x94\x95\x96\x97\x98\x99\x9a\x9b\x9c\x9d\x9e\x9f\xa0\xa1\xa2",
  [PacketType.AUTH]: "\x18\x19",
};

/** Whether MQTT 5.0 allows a Reason Code in a packet of this type, in either direction. */
export function isReasonCode(type: number, code: number): boolean {
  return code === 0 || (CODES[type]?.includes(String.fromCharCode(code)) ?? false);
}
