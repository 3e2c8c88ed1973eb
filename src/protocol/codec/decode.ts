import { decodeAcknowledgement } from "./acknowledgement.js";
import { decodeConnack } from "./connack.js";
import { decodeDisconnect } from "./disconnect.js";
import { fixedFlags, PacketType } from "./packet-type.js";
import { decodePing } from "./ping.js";
import { decodePublish } from "./publish.js";
import { ReasonCode } from "./reason-code.js";
import type { ReceivedPacket } from "./received-packet.js";
import { decodeSuback } from "./suback.js";

/**
 * Decodes a packet that a server sends; what is wrong with it is in `packet.fault`. Packets that only a client sends are Protocol
 * Errors.
 */
export function decodeFromServer(packet: ReceivedPacket): void {
  const type = packet.type;
  if (type === PacketType.PUBLISH) {
    decodePublish(packet);
    return;
  }
  packet.checkFlags(fixedFlags(type));
  switch (type) {
    case PacketType.CONNACK:
      decodeConnack(packet);
      break;
    case PacketType.PUBACK:
    case PacketType.PUBREC:
    case PacketType.PUBREL:
    case PacketType.PUBCOMP:
      decodeAcknowledgement(packet);
      break;
    case PacketType.SUBACK:
    case PacketType.UNSUBACK:
      decodeSuback(packet);
      break;
    case PacketType.PINGRESP:
      decodePing(packet);
      break;
    case PacketType.DISCONNECT:
    case PacketType.AUTH:
      if (packet.version === 4) packet.fail(ReasonCode.PROTOCOL_ERROR);
      decodeDisconnect(packet);
      break;
    default:
      packet.fail(type === 0 ? ReasonCode.MALFORMED_PACKET : ReasonCode.PROTOCOL_ERROR);
  }
}
