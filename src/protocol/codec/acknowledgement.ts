import { configurationError } from "../error.js";
import type { PacketWriter } from "./packet-writer.js";
import { fixedFlags, packetName } from "./packet-type.js";
import { writeProperties } from "./properties.js";
import type { Properties } from "./property.js";
import { isReasonCode, ReasonCode } from "./reason-code.js";
import type { ReceivedPacket } from "./received-packet.js";

/**
 * Encodes PUBACK, PUBREC, PUBREL or PUBCOMP (MQTT 5.0, 3.4 to 3.7): identifier, and unless it is 0x00 without properties, the Reason
 * Code. In MQTT 3.1.1 the identifier only.
 * @returns its length.
 */
export function encodeAcknowledgement(
  writer: PacketWriter, type: number, version: 4 | 5, identifier: number, reasonCode = 0, properties?: Properties,
): number {
  writer.begin(type, fixedFlags(type));
  writer.number(identifier, 2);
  if (version === 5 && (reasonCode !== 0 || properties !== undefined)) {
    if (!isReasonCode(type, reasonCode)) throw configurationError(`Reason Code ${reasonCode}`, `one that ${packetName(type)} may carry`);
    writer.byte(reasonCode);
    if (properties !== undefined) writeProperties(writer, properties, type);
  }
  return writer.end();
}

/** Decodes PUBACK, PUBREC, PUBREL or PUBCOMP; two bytes mean 0x00, three no properties. */
export function decodeAcknowledgement(packet: ReceivedPacket): void {
  packet.readIdentifier();
  if (packet.version === 5 && packet.position < packet.end) {
    packet.reasonCode = packet.readByte();
    if (packet.position < packet.end) packet.skipProperties(packet.type);
    if (!isReasonCode(packet.type, packet.reasonCode)) packet.fail(ReasonCode.PROTOCOL_ERROR);
  }
  packet.expectEnd();
}
