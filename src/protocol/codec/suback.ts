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
  const type = packet.type;
  const old = packet.version === 4;
  packet.readIdentifier();
  if (!old) packet.skipProperties(type);
  const start = packet.start;
  packet.byteLength = packet.end - start;
  if (old && type === PacketType.UNSUBACK) packet.expectEnd();
  else
    do {
      const code = packet.readByte();
      // The return codes of a SUBACK in MQTT 3.1.1 (3.9.3).
      if (old ? code > 2 && code !== 0x80 : !isReasonCode(type, code)) packet.fail(ReasonCode.PROTOCOL_ERROR);
    } while (packet.start < packet.end);
  packet.start = start;
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
