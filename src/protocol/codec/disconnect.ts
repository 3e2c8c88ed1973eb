import { configurationError } from "../error.js";
import type { PacketWriter } from "./packet-writer.js";
import { packetName, PacketType } from "./packet-type.js";
import { writeProperties } from "./properties.js";
import type { Properties } from "./property.js";
import { isReasonCode, ReasonCode } from "./reason-code.js";
import type { ReceivedPacket } from "./received-packet.js";

type Type = typeof PacketType.DISCONNECT | typeof PacketType.AUTH;

/**
 * Encodes DISCONNECT or AUTH: Reason Code and properties, both left out when they say nothing (MQTT 5.0, 3.14, 3.15). In MQTT 3.1.1 a
 * DISCONNECT is two bytes.
 * @returns its length.
 */
export function encodeDisconnect(writer: PacketWriter, type: Type, version: 4 | 5, reasonCode = 0, properties?: Properties): number {
  writer.begin(type, 0);
  if (version === 5 && (reasonCode !== 0 || properties !== undefined)) {
    if (!isReasonCode(type, reasonCode)) throw configurationError(`Reason Code ${reasonCode}`, `one that ${packetName(type)} may carry`);
    writer.byte(reasonCode);
    // Only a DISCONNECT may end after its Reason Code.
    if (properties !== undefined || type === PacketType.AUTH) writeProperties(writer, properties, type);
  }
  return writer.end();
}

/** Decodes DISCONNECT or AUTH; neither comes from a server in MQTT 3.1.1. */
export function decodeDisconnect(packet: ReceivedPacket): void {
  if (packet.version === 5 && packet.position < packet.end) {
    packet.reasonCode = packet.readByte();
    if (packet.position < packet.end || packet.type === PacketType.AUTH) packet.skipProperties(packet.type);
    if (!isReasonCode(packet.type, packet.reasonCode)) packet.fail(ReasonCode.PROTOCOL_ERROR);
  }
  packet.expectEnd();
}
