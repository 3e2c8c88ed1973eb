import type { PacketWriter } from "./packet-writer.js";
import { PacketType } from "./packet-type.js";
import { writeProperties } from "./properties.js";
import type { Properties } from "./property.js";
import { isReasonCode, ReasonCode } from "./reason-code.js";
import type { ReceivedPacket } from "./received-packet.js";

/**
 * Decodes SUBACK or UNSUBACK: identifier, properties, a Reason Code for each filter (MQTT 5.0, 3.9, 3.11). The codes are the payload;
 * an UNSUBACK of MQTT 3.1.1 has none.
 */
export function decodeSuback(packet: ReceivedPacket): void {
  const type = packet.first >> 4;
  packet.readIdentifier();
  if (packet.version === 5) packet.skipProperties(type);
  const version = packet.version;
  const codes = (packet.byteLength = packet.end - packet.start);
  // None in an UNSUBACK of MQTT 3.1.1, one or more in all others.
  if (type === PacketType.UNSUBACK && version === 4 ? codes !== 0 : codes < 1) packet.fail(ReasonCode.MALFORMED_PACKET);
  for (let i = packet.start; i < packet.end; i++) {
    const code = packet.bytes[i] ?? 0;
    // The return codes of a SUBACK in MQTT 3.1.1 (3.9.3).
    if (version === 5 ? !isReasonCode(type, code) : code > 2 && code !== 0x80) packet.fail(ReasonCode.PROTOCOL_ERROR);
  }
}

/** Encodes SUBACK or UNSUBACK, as a server does. @returns its length. */
export function encodeSuback(
  writer: PacketWriter, type: typeof PacketType.SUBACK | typeof PacketType.UNSUBACK, version: 4 | 5, identifier: number, codes: Uint8Array, properties?: Properties,
): number {
  writer.begin(type);
  writer.number(identifier, 2);
  if (version === 5) writeProperties(writer, properties, type);
  if (version === 5 || type === PacketType.SUBACK) writer.raw(codes);
  return writer.end();
}
