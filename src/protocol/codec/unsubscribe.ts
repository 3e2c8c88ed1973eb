import type { PacketWriter } from "./packet-writer.js";
import { PacketType } from "./packet-type.js";
import type { Properties } from "./property.js";
import { checkFlags, readString } from "./reading.js";
import type { ReceivedPacket } from "./received-packet.js";
import { encodeSubscription } from "./subscribe.js";

/**
 * Encodes an UNSUBSCRIBE (MQTT 5.0, 3.10).
 * @returns its length.
 * @throws MqttError (configuration) for a wrong filter, (resource) when the buffer is too small.
 */
export function encodeUnsubscribe(
  writer: PacketWriter, version: 4 | 5, identifier: number, filters: readonly string[], properties?: Pick<Properties, "userProperty">,
): number {
  return encodeSubscription(writer, PacketType.UNSUBSCRIBE, version, identifier, filters.map((filter) => ({ filter })), properties);
}

/** Decodes an UNSUBSCRIBE, as a server does. */
export function decodeUnsubscribe(packet: ReceivedPacket): string[] {
  const filters: string[] = [];
  checkFlags(packet, 2);
  packet.readIdentifier();
  if (packet.version === 5) packet.skipProperties(PacketType.UNSUBSCRIBE);
  do filters.push(readString(packet));
  while (packet.fault === 0 && packet.start < packet.end);
  return filters;
}
