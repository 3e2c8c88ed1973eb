import { PacketType } from "./packet-type.js";
import type { PacketWriter } from "./packet-writer.js";
import { writeProperties } from "./properties.js";
import type { Properties } from "./property.js";
import { isReasonCode, ReasonCode } from "./reason-code.js";
import type { ReceivedPacket } from "./received-packet.js";

/**
 * Encodes PUBACK, PUBREC, PUBREL or PUBCOMP (MQTT 5.0, 3.4 to 3.7): identifier, Reason Code and properties, the last two left out when
 * they say nothing and in MQTT 3.1.1. With an identifier of 0, which is not written, the same is a DISCONNECT, an AUTH or a PINGREQ.
 * @returns its length.
 */
export function encodeAcknowledgement(
  writer: PacketWriter, type: number, version: 4 | 5, identifier: number, reasonCode: number, properties?: Properties,
): number {
  writer.begin(type);
  if (identifier > 0) writer.number(identifier, 2);
  if (version === 5 && (reasonCode > 0 || properties)) {
    writer.byte(reasonCode);
    // An AUTH may not end after its Reason Code.
    if (properties || type === PacketType.AUTH) writeProperties(writer, properties, type);
  }
  return writer.end();
}

/** Decodes PUBACK, PUBREC, PUBREL or PUBCOMP, and what begins after the identifier: DISCONNECT or AUTH. */
export function decodeAcknowledgement(packet: ReceivedPacket): void {
  const type = packet.first >> 4;
  if (type <= PacketType.PUBCOMP) packet.readIdentifier();
  // The identifier alone means 0x00, a Reason Code alone no properties; AUTH has them always.
  if (packet.version === 5 && packet.start < packet.end) {
    packet.reasonCode = packet.readByte();
    if (packet.start < packet.end || type === PacketType.AUTH) packet.skipProperties(type);
    if (!isReasonCode(type, packet.reasonCode)) packet.fail(ReasonCode.PROTOCOL_ERROR);
  }
  packet.expectEnd();
}
