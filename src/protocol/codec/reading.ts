/** Reading what only a server's side receives: strings and binary data outside of properties. */
import { ReasonCode } from "./reason-code.js";
import type { ReceivedPacket } from "./received-packet.js";
import { isUtf8, readUtf8 } from "./utf8.js";

/** Whether the flags in the first byte are the expected ones (MQTT 5.0, 2.1.3). */
export function checkFlags(packet: ReceivedPacket, expected: number): void {
  if ((packet.first & 15) !== expected) packet.fail(ReasonCode.MALFORMED_PACKET);
}

/** A Two Byte Integer (MQTT 5.0, 1.5.2). */
export function readTwoBytes(packet: ReceivedPacket): number {
  return (packet.readByte() << 8) | packet.readByte();
}

/** Binary Data (MQTT 5.0, 1.5.6), copied. */
export function readBinary(packet: ReceivedPacket): Uint8Array {
  const length = readTwoBytes(packet);
  const start = packet.start;
  packet.start += length;
  if (packet.start > packet.end) packet.fail(ReasonCode.MALFORMED_PACKET);
  return packet.bytes.slice(start, packet.start);
}

/** A UTF-8 Encoded String (MQTT 5.0, 1.5.4), empty once something is wrong with the packet. */
export function readString(packet: ReceivedPacket): string {
  const bytes = readBinary(packet);
  if (packet.fault === 0 && !isUtf8(bytes, 0, bytes.length)) packet.fail(ReasonCode.MALFORMED_PACKET);
  return packet.fault === 0 ? readUtf8(bytes, 0, bytes.length) : "";
}
