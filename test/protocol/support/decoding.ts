import { equal, ok } from "node:assert/strict";
import { decodeFromServer } from "../../../src/protocol/codec/decode.js";
import { PacketType } from "../../../src/protocol/codec/packet-type.js";
import { ReceivedPacket } from "../../../src/protocol/codec/received-packet.js";

export type Decode = (packet: ReceivedPacket) => unknown;

/** Bytes before and after the packet: it lies in the middle of a receive buffer. */
const MARGIN = 7;

/** Where the fixed header of a packet ends; its Remaining Length must be that of the bytes given. */
function fixedHeaderLength(packet: Uint8Array): number {
  let position = 1;
  let remaining = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = packet[position++] ?? 0;
    remaining |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  equal(packet.length - position, remaining, "the test's own packet has a wrong Remaining Length");
  return position;
}

function decodeBody(buffer: Uint8Array, first: number, position: number, end: number, version: 4 | 5, decode: Decode): ReceivedPacket {
  const packet = new ReceivedPacket(buffer);
  packet.version = version;
  packet.byteLength = end - position;
  packet.open(first, position, end);
  decode(packet);
  // As whoever delivers the message does.
  if (packet.type === PacketType.PUBLISH && packet.fault === 0) packet.checkTopic();
  return packet;
}

/** Decodes one whole packet that lies between other bytes. */
export function decoded(packet: Uint8Array, version: 4 | 5 = 5, decode: Decode = decodeFromServer, around = 0xff): ReceivedPacket {
  const buffer = new Uint8Array(MARGIN + packet.length + MARGIN).fill(around);
  buffer.set(packet, MARGIN);
  return decodeBody(buffer, packet[0] ?? 0, MARGIN + fixedHeaderLength(packet), MARGIN + packet.length, version, decode);
}

/** The fault of one whole packet. */
export function fault(packet: Uint8Array, version: 4 | 5 = 5, decode: Decode = decodeFromServer): number {
  return decoded(packet, version, decode).fault;
}

/**
 * Cuts a packet short everywhere, its Remaining Length corrected. Behind the cut come the bytes cut off, zeros, or ones: a decoder that
 * reads on finds something plausible there. Each cut must be a Malformed Packet (0x81).
 * @returns the Remaining Lengths at which the packet was accepted all the same.
 */
export function acceptedCuts(packet: Uint8Array, version: 4 | 5 = 5, decode: Decode = decodeFromServer): number[] {
  const accepted: number[] = [];
  const start = fixedHeaderLength(packet);
  equal(fault(packet, version, decode), 0, "the whole packet must be right");
  for (let end = start; end < packet.length; end++) {
    const faults = [undefined, 0x00, 0xff].map((behind) => {
      const buffer = packet.slice();
      if (behind !== undefined) buffer.fill(behind, end);
      return decodeBody(buffer, packet[0] ?? 0, start, end, version, decode).fault;
    });
    ok(faults.every((each) => each === faults[0]), `what lies behind a cut to ${end - start} bytes must not matter: ${faults.join(", ")}`);
    if (faults[0] === 0) accepted.push(end - start);
    else equal(faults[0], 0x81, `cut to ${end - start} bytes`);
  }
  return accepted;
}

/** Tries all flags in the first byte; each wrong one must be a Malformed Packet. @returns the flags that are accepted. */
export function acceptedFlags(packet: Uint8Array, version: 4 | 5 = 5, decode: Decode = decodeFromServer): number[] {
  const accepted: number[] = [];
  for (let flags = 0; flags < 16; flags++) {
    const changed = packet.slice();
    changed[0] = ((packet[0] ?? 0) & 0xf0) | flags;
    const found = fault(changed, version, decode);
    if (found === 0) accepted.push(flags);
    else equal(found, 0x81, `flags ${flags}`);
  }
  return accepted;
}

/** Tries all 256 values of the byte at `position`; each wrong one must be a Protocol Error. @returns the values that are accepted. */
export function acceptedCodes(packet: Uint8Array, position: number, version: 4 | 5 = 5, decode: Decode = decodeFromServer): number[] {
  const accepted: number[] = [];
  for (let code = 0; code < 256; code++) {
    const changed = packet.slice();
    changed[position] = code;
    const found = fault(changed, version, decode);
    if (found === 0) accepted.push(code);
    else equal(found, 0x82, `code ${code}`);
  }
  return accepted;
}
