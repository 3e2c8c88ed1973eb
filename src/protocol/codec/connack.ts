import type { PacketWriter } from "./packet-writer.js";
import { PacketType } from "./packet-type.js";
import { writeProperties } from "./properties.js";
import type { Properties } from "./property.js";
import { isReasonCode, ReasonCode } from "./reason-code.js";
import type { ReceivedPacket } from "./received-packet.js";

/**
 * Decodes a CONNACK: Connect Acknowledge Flags, Reason Code, properties (MQTT 5.0, 3.2). A server that knows only MQTT 3.1.1 refuses
 * version 5 in its own form, two bytes with return code 1: that is taken for what it is, 0x84.
 */
export function decodeConnack(packet: ReceivedPacket): void {
  const flags = packet.readByte();
  const code = (packet.reasonCode = packet.readByte());
  if (flags > 0) packet.acknowledgeFlags = flags;
  if (flags > 1) packet.fail(ReasonCode.MALFORMED_PACKET);
  let right: boolean;
  if (packet.version === 5 && !(code === 1 && packet.start === packet.end)) {
    packet.skipProperties(PacketType.CONNACK);
    right = isReasonCode(PacketType.CONNACK, code);
  } else {
    right = code <= 5;
    // Return codes 1 to 5 have the meanings of 0x84, 0x85, 0x88, 0x86 and 0x87: a digit each (MQTT 3.1.1, 3.2.2.3).
    if (code > 0) packet.reasonCode = 0x80 | ((0x768540 >> (4 * code)) & 15);
  }
  if (!right || (code > 0 && flags > 0)) packet.fail(ReasonCode.PROTOCOL_ERROR);
  packet.expectEnd();
}

/** Encodes a CONNACK, as a server does. In MQTT 3.1.1 `reasonCode` is the return code. @returns its length. */
export function encodeConnack(writer: PacketWriter, version: 4 | 5, sessionPresent: boolean, reasonCode: number, properties?: Properties): number {
  writer.begin(PacketType.CONNACK);
  writer.byte(sessionPresent ? 1 : 0);
  writer.byte(reasonCode);
  if (version === 5) writeProperties(writer, properties, PacketType.CONNACK);
  return writer.end();
}
