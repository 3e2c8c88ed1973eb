import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { PacketType } from "../../../src/protocol/codec/packet-type.js";
import { isReasonCode } from "../../../src/protocol/codec/reason-code.js";

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

test("DISCONNECT has the codes of 3.14.2.1 (MQTT-3.14.2-1)", () => {
  deepEqual(codes(DISCONNECT), "00 04 80 81 82 83 87 89 8B 8D 8E 8F 90 93 94 95 96 97 98 99 9A 9B 9C 9D 9E 9F A0 A1 A2");
});

test("AUTH has success, continue and re-authenticate (MQTT-3.15.2-1)", () => {
  deepEqual(codes(AUTH), "00 18 19");
});

test("numbers that are no byte are no Reason Code", () => {
  for (const code of [-1, 256, 0x180, NaN, Infinity]) deepEqual(isReasonCode(PUBACK, code), false, String(code));
});
