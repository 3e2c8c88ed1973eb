import { configurationError } from "../error.js";
import { packetName } from "./packet-type.js";

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
  USE_ANOTHER_SERVER: 0x9c,
  SERVER_MOVED: 0x9d,
  SHARED_SUBSCRIPTIONS_NOT_SUPPORTED: 0x9e,
  SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED: 0xa1,
  WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED: 0xa2,
} as const;

/**
 * The Reason Codes that each packet may carry beside 0x00, by packet type (MQTT 5.0, 3.2.2.2, 3.4.2.1, 3.9.3, 3.14.2.1, 3.15.2.1 ...),
 * then those that a client may send, {@link CLIENT} further on.
 * A character stands for a code with its upper two bits turned over: @ for 0x80, A for 0x81 to b for 0xA2; Á for 0x01 to Ù for 0x19.
 */
const CODES = /* @__PURE__ */ (
  "||" +
  "@ABCDEFGHIJLPUWYZ[\\]_|" + // CONNACK: 80 to 8A, 8C, 90, 95, 97, 99 to 9D, 9F
  "|" +
  "Ð@CGPQWY|" + // PUBACK: 10, 80, 83, 87, 90, 91, 97, 99
  "Ð@CGPQWY|" + // PUBREC: the same
  "R|" + // PUBREL: 92
  "R|" + // PUBCOMP: 92
  "|" +
  "ÁÂ@CGOQW^ab|" + // SUBACK: 01, 02, 80, 83, 87, 8F, 91, 97, 9E, A1, A2
  "|" +
  "Ñ@CGOQ|" + // UNSUBACK: 11, 80, 83, 87, 8F, 91
  "||" +
  "Ä@ABCGIKLMNOPSTUVWXYZ[\\]^_`ab|" + // DISCONNECT: 04, 80 to 83, 87, 89, 8B to 90, 93 to A2; 8C by the table in 2.4 alone
  "ØÙ|" + // AUTH: 18, 19
  "||||" +
  "@CGPQWY|" + // a client's PUBACK and PUBREC: 80, 83, 87, 90, 91, 97, 99
  "|||||||||" +
  "Ä@ABCPSTUVWXY" // a client's DISCONNECT: 04, 80 to 83, 90, 93 to 99
).split("|");

/** How much further on a client's own Reason Codes stand. */
const CLIENT = 16;

/** Whether MQTT 5.0 allows a Reason Code in a packet of this type, in either direction. */
export function isReasonCode(type: number, code: number): boolean {
  return code === 0 || (CODES[type] ?? "").includes(String.fromCharCode(code ^ 0xc0));
}

/**
 * Checks a Reason Code that a client is to send.
 * @param type DISCONNECT, or PUBACK, which stands for PUBREC too.
 * @throws MqttError (configuration) for one that a client must not send there.
 */
export function checkReasonCode(type: number, code: number): void {
  if (!isReasonCode(type + CLIENT, code)) throw configurationError(`Reason Code ${code}`, `one that ${packetName(type)} of a client may carry`);
}
