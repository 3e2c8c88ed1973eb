import { encodeAcknowledgement } from "./acknowledgement.js";
import type { PacketWriter } from "./packet-writer.js";
import type { PacketType } from "./packet-type.js";
import type { ReceivedPacket } from "./received-packet.js";

/** Encodes PINGREQ or PINGRESP: two bytes (MQTT 5.0, 3.12, 3.13). @returns 2. */
export function encodePing(writer: PacketWriter, type: typeof PacketType.PINGREQ | typeof PacketType.PINGRESP): number {
  return encodeAcknowledgement(writer, type, 4, 0, 0);
}

/** Decodes PINGREQ or PINGRESP: nothing follows the fixed header. */
export function decodePing(packet: ReceivedPacket): void {
  packet.expectEnd();
}
