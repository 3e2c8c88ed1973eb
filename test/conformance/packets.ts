/** Parts of packets written out as in `bytes`, with their lengths counted. */
import { bytes, hex } from "../protocol/support/bytes.js";

/** A Variable Byte Integer (MQTT 5.0, 1.5.5), as the standard's own algorithm has it. */
export function variableByteInteger(value: number): string {
  const digits: number[] = [];
  do {
    digits.push((value % 128) + (value < 128 ? 0 : 128));
    value = Math.floor(value / 128);
  } while (value > 0);
  return hex(Uint8Array.from(digits));
}

/** A string or binary data: two bytes of length and what is in it. */
export function field(content: string): string {
  const { length } = bytes(content);
  return `${hex(Uint8Array.of(length >> 8, length))} ${content}`;
}

/** Properties behind their length. */
export function properties(...list: readonly string[]): string {
  return `${variableByteInteger(bytes(...list).length)} ${list.join(" ")}`;
}

/** A packet: its first byte, Remaining Length, and the rest. */
export function packet(first: string, ...rest: readonly string[]): string {
  return `${first} ${properties(...rest)}`;
}
