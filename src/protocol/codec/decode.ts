import { decodeAcknowledgement } from "./acknowledgement.js";
import { decodeConnack } from "./connack.js";
import { fixedFlags, PacketType } from "./packet-type.js";
import { decodePublish } from "./publish.js";
import { ReasonCode } from "./reason-code.js";
import type { ReceivedPacket } from "./received-packet.js";
import { decodeSuback } from "./suback.js";

/**
 * Decodes a packet that a server sends; what is wrong with it is in `packet.fault`. Packets that only a client sends are Protocol
 * Errors.
 */
export function decodeFromServer(packet: ReceivedPacket): void {
  const type = packet.first >> 4;
  if (type === PacketType.PUBLISH) {
    decodePublish(packet);
    return;
  }
  if ((packet.first & 15) !== fixedFlags(type)) packet.fail(ReasonCode.MALFORMED_PACKET);
  // By ranges, the frequent ones first: a long switch is slow in XS.
  if ((type >= PacketType.PUBACK && type <= PacketType.PUBCOMP) || (type >= PacketType.DISCONNECT && packet.version === 5)) decodeAcknowledgement(packet);
  else if (type === PacketType.PINGRESP) packet.expectEnd();
  else if (type === PacketType.SUBACK || type === PacketType.UNSUBACK) decodeSuback(packet);
  else if (type === PacketType.CONNACK) decodeConnack(packet);
  else packet.fail(type === 0 ? ReasonCode.MALFORMED_PACKET : ReasonCode.PROTOCOL_ERROR);
}
