/** Frames of WebSockets (RFC 6455, 5). */

/** Opcodes (RFC 6455, 11.8). */
export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

/** Bytes of the longest header that a client sends. */
export const LONGEST_HEADER = 14;

/** What a server may have in the first byte: the last frame of a message, and its opcode. */
const FINAL = 0x80;
const OPCODE = 0x0f;

/** The header of a frame that a server sent. */
export interface FrameHeader {
  readonly opcode: number;
  readonly final: boolean;
  /** Bytes of the payload. */
  readonly length: number;
}

/** A frame of a client, masked with four random bytes. */
export function encodeFrame(opcode: number, payload: Uint8Array, final: boolean, mask: Uint8Array): Uint8Array {
  const { length } = payload;
  const size = length < 126 ? [length] : length < 0x10000 ? [126, length >> 8, length] : [127, 0, 0, 0, 0, length >>> 24, length >> 16, length >> 8, length];
  const header = Uint8Array.of((final ? FINAL : 0) | opcode, ...size, ...mask);
  header[1] = (header[1] ?? 0) | 0x80;
  const frame = new Uint8Array(header.length + length);
  frame.set(header);
  for (let at = 0; at < length; at++) frame[header.length + at] = (payload[at] ?? 0) ^ (mask[at & 3] ?? 0);
  return frame;
}

/** @param bytes of a header, as far as it has come. @returns how many it has in all, as far as these tell. */
export function headerLength(bytes: Uint8Array): number {
  const length = bytes[1] ?? 0;
  // A masked one is wrong, however long it is.
  return length < 126 || length >= 0x80 ? 2 : length === 126 ? 4 : 10;
}

/**
 * @param fragmented whether a message has begun.
 * @throws Error for what a server must not send.
 */
export function decodeHeader(bytes: Uint8Array, fragmented: boolean): FrameHeader {
  const first = bytes[0] ?? 0;
  const opcode = first & OPCODE;
  const final = first >= FINAL;
  const control = opcode >= CLOSE;
  let length = bytes[1] ?? 0;
  if ((first & ~(FINAL | OPCODE)) !== 0) throw new Error("the server sent a frame with an extension that was not agreed on");
  if (length >= 0x80) throw new Error("the server sent a masked frame");
  if (opcode > PONG || (opcode > BINARY && opcode < CLOSE)) throw new Error(`the server sent a frame with the unknown opcode ${opcode}`);
  if (control ? !final || length > 125 : fragmented === (opcode !== 0)) throw new Error("the server sent a frame that has no place there");
  if (bytes.length > 2) {
    const least = length === 126 ? 126 : 0x10000;
    length = bytes.subarray(2).reduce((value, byte) => value * 256 + byte, 0);
    if (length < least || length > Number.MAX_SAFE_INTEGER) throw new Error("the server sent a frame with a wrong length");
  }
  return { opcode, final, length };
}
