/** A packet in a stream, as the Remaining Length has it. */
export interface Frame {
  /** Where its first byte stands. */
  readonly begin: number;
  /** Where what follows the fixed header begins. */
  readonly body: number;
  /** Where it ends. */
  readonly end: number;
}

/** The next packet of a stream. @returns undefined while its Remaining Length is not there, "wrong" for one that cannot be. */
export function frameAt(bytes: Uint8Array, begin: number): Frame | "wrong" | undefined {
  let length = 0;
  for (let i = 0; i < 4; i++) {
    const byte = bytes[begin + 1 + i];
    if (byte === undefined) return undefined;
    length += (byte % 128) * 128 ** i;
    if (byte >= 128) continue;
    const body = begin + 2 + i;
    return i > 0 && byte === 0 ? "wrong" : { begin, body, end: body + length };
  }
  return "wrong";
}
