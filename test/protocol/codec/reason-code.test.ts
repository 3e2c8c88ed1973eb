import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { PacketType } from "../../../src/protocol/codec/packet-type.js";
import { checkReasonCode, isReasonCode, ReasonCode } from "../../../src/protocol/codec/reason-code.js";
import { refused } from "../support/encoding.js";

/** The names of MQTT 5.0, 2.4. */
const NAMES: Readonly<Record<number, string>> = {
  0x00: "SUCCESS", 0x01: "GRANTED_QOS_1", 0x02: "GRANTED_QOS_2", 0x04: "DISCONNECT_WITH_WILL", 0x10: "NO_MATCHING_SUBSCRIBERS",
  0x11: "NO_SUBSCRIPTION_EXISTED", 0x18: "CONTINUE_AUTHENTICATION", 0x19: "REAUTHENTICATE", 0x80: "UNSPECIFIED_ERROR", 0x81: "MALFORMED_PACKET",
  0x82: "PROTOCOL_ERROR", 0x83: "IMPLEMENTATION_SPECIFIC_ERROR", 0x84: "UNSUPPORTED_PROTOCOL_VERSION", 0x85: "CLIENT_IDENTIFIER_NOT_VALID",
  0x86: "BAD_USER_NAME_OR_PASSWORD", 0x87: "NOT_AUTHORIZED", 0x88: "SERVER_UNAVAILABLE", 0x89: "SERVER_BUSY", 0x8a: "BANNED",
  0x8b: "SERVER_SHUTTING_DOWN", 0x8c: "BAD_AUTHENTICATION_METHOD", 0x8d: "KEEP_ALIVE_TIMEOUT", 0x8e: "SESSION_TAKEN_OVER",
  0x8f: "TOPIC_FILTER_INVALID", 0x90: "TOPIC_NAME_INVALID", 0x91: "PACKET_IDENTIFIER_IN_USE", 0x92: "PACKET_IDENTIFIER_NOT_FOUND",
  0x93: "RECEIVE_MAXIMUM_EXCEEDED", 0x94: "TOPIC_ALIAS_INVALID", 0x95: "PACKET_TOO_LARGE", 0x96: "MESSAGE_RATE_TOO_HIGH", 0x97: "QUOTA_EXCEEDED",
  0x98: "ADMINISTRATIVE_ACTION", 0x99: "PAYLOAD_FORMAT_INVALID", 0x9a: "RETAIN_NOT_SUPPORTED", 0x9b: "QOS_NOT_SUPPORTED",
  0x9c: "USE_ANOTHER_SERVER", 0x9d: "SERVER_MOVED", 0x9e: "SHARED_SUBSCRIPTIONS_NOT_SUPPORTED", 0x9f: "CONNECTION_RATE_EXCEEDED",
  0xa0: "MAXIMUM_CONNECT_TIME", 0xa1: "SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED", 0xa2: "WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED",
};

test("named codes are those of the standard (MQTT 5.0, 2.4)", () => {
  for (const [name, code] of Object.entries(ReasonCode)) deepEqual(NAMES[code], name);
});

/** The codes below 256 that a packet may carry, in hexadecimal. */
function codes(type: number): string {
  const allowed: string[] = [];
  for (let code = 0; code < 256; code++) if (isReasonCode(type, code)) allowed.push(code.toString(16).toUpperCase().padStart(2, "0"));
  return allowed.join(" ");
}

const { CONNACK, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK, UNSUBACK, DISCONNECT, AUTH } = PacketType;

test("CONNACK has the codes of 3.2.2.2 (MQTT-3.2.2-8)", () => {
  deepEqual(codes(CONNACK), "00 80 81 82 83 84 85 86 87 88 89 8A 8C 90 95 97 99 9A 9B 9C 9D 9F");
});

test("PUBACK and PUBREC have the codes of 3.4.2.1 and 3.5.2.1 (MQTT-3.4.2-1, MQTT-3.5.2-1)", () => {
  for (const type of [PUBACK, PUBREC]) deepEqual(codes(type), "00 10 80 83 87 90 91 97 99");
});

test("PUBREL and PUBCOMP have success and Packet Identifier not found (MQTT-3.6.2-1, MQTT-3.7.2-1)", () => {
  for (const type of [PUBREL, PUBCOMP]) deepEqual(codes(type), "00 92");
});

test("SUBACK and UNSUBACK have the codes of 3.9.3 and 3.11.3 (MQTT-3.9.3-2, MQTT-3.11.3-2)", () => {
  deepEqual(codes(SUBACK), "00 01 02 80 83 87 8F 91 97 9E A1 A2");
  deepEqual(codes(UNSUBACK), "00 11 80 83 87 8F 91");
});

test("DISCONNECT has the codes of 3.14.2.1, and 0x8C, which only 2.4 gives it (MQTT-3.14.2-1)", () => {
  deepEqual(codes(DISCONNECT), "00 04 80 81 82 83 87 89 8B 8C 8D 8E 8F 90 93 94 95 96 97 98 99 9A 9B 9C 9D 9E 9F A0 A1 A2");
});

test("AUTH has success, continue and re-authenticate (MQTT-3.15.2-1)", () => {
  deepEqual(codes(AUTH), "00 18 19");
});

test("a client sends what the standard gives to it: no 0x10 in PUBACK, no server's code in DISCONNECT (MQTT-3.4.2-1, MQTT-3.14.2-1)", () => {
  const own: readonly (readonly [type: number, name: string, codes: readonly number[]])[] = [
    [PUBACK, "PUBACK", [0, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99]],
    [DISCONNECT, "DISCONNECT", [0, 4, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99]],
  ];
  for (const [type, name, allowed] of own)
    for (let code = -1; code <= 256; code++) {
      if (allowed.includes(code)) checkReasonCode(type, code);
      else refused(() => { checkReasonCode(type, code); }, new RegExp(`^Reason Code ${code} must be one that ${name} of a client may carry$`));
    }
});

test("numbers that are no byte are no Reason Code", () => {
  for (const code of [-1, 256, 0x180, NaN, Infinity]) deepEqual(isReasonCode(PUBACK, code), false, String(code));
});
