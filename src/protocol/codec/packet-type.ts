/** MQTT Control Packet types, the upper half of the first byte (MQTT 5.0, 2.1.2). */
export const PacketType = {
  CONNECT: 1,
  CONNACK: 2,
  PUBLISH: 3,
  PUBACK: 4,
  PUBREC: 5,
  PUBREL: 6,
  PUBCOMP: 7,
  SUBSCRIBE: 8,
  SUBACK: 9,
  UNSUBSCRIBE: 10,
  UNSUBACK: 11,
  PINGREQ: 12,
  PINGRESP: 13,
  DISCONNECT: 14,
  AUTH: 15,
} as const;

export type PacketType = (typeof PacketType)[keyof typeof PacketType];

const NAMES = "Will CONNECT CONNACK PUBLISH PUBACK PUBREC PUBREL PUBCOMP SUBSCRIBE SUBACK UNSUBSCRIBE UNSUBACK PINGREQ PINGRESP DISCONNECT AUTH";

/** The standard's name of a packet type, for messages; 0 stands for the properties of a will. */
export function packetName(type: number): string {
  return NAMES.split(" ")[type] ?? "?";
}

/** PUBREL, SUBSCRIBE and UNSUBSCRIBE have the fixed flags 0010, all others but PUBLISH 0000 (MQTT 5.0, 2.1.3). */
export function fixedFlags(type: number): number {
  return ((1 << PacketType.PUBREL) | (1 << PacketType.SUBSCRIBE) | (1 << PacketType.UNSUBSCRIBE)) & (1 << type) ? 2 : 0;
}
