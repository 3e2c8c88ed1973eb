import { decodeAcknowledgement, encodeAcknowledgement } from "./acknowledgement.js";
import type { PacketType } from "./packet-type.js";
import type { PacketWriter } from "./packet-writer.js";
import type { Properties } from "./property.js";

type Type = typeof PacketType.DISCONNECT | typeof PacketType.AUTH;

/**
 * Encodes DISCONNECT or AUTH: Reason Code and properties, both left out when they say nothing (MQTT 5.0, 3.14, 3.15). In MQTT 3.1.1 a
 * DISCONNECT is two bytes.
 * @returns its length.
 */
export function encodeDisconnect(writer: PacketWriter, type: Type, version: 4 | 5, reasonCode = 0, properties?: Properties): number {
  return encodeAcknowledgement(writer, type, version, 0, reasonCode, properties);
}

/** Decodes DISCONNECT or AUTH; neither comes from a server in MQTT 3.1.1. */
export { decodeAcknowledgement as decodeDisconnect };
