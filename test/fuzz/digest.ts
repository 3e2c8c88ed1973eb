import type { ReceivedPacket } from "../../src/protocol/codec/received-packet.js";

/** Goes on with a checksum (FNV-1a) over bytes: enough to see that two readings differ, without keeping either. */
export function checksum(bytes: Uint8Array, start: number, end: number, sum = 0x811c9dc5): number {
  for (let i = start; i < end; i++) sum = Math.imul(sum ^ (bytes[i] ?? 0), 0x01000193);
  return sum;
}

/** What a packet says but for a payload, on one line. Reads everything that can be asked of it. */
export function digest(packet: ReceivedPacket): string {
  const { first, fault, identifier, reasonCode, propertiesStart, propertiesEnd } = packet;
  if (fault !== 0) return `${first} fault ${fault}`;
  let line = `${first} ${identifier} ${reasonCode}`;
  if (propertiesEnd > propertiesStart)
    line += ` ${Object.keys(packet.properties).join()} ${checksum(packet.bytes, propertiesStart, propertiesEnd)}`;
  return first >> 4 === 3 ? `${line} ${packet.byteLength} ${packet.topic}` : line;
}
