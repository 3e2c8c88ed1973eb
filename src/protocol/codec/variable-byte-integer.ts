/** The largest Variable Byte Integer: 268,435,455 in four bytes (MQTT 5.0, 1.5.5). */
export const VARIABLE_BYTE_INTEGER_MAXIMUM = 0xfffffff;

/** Bytes that a Variable Byte Integer takes in its shortest form, 1 to 4. */
export function variableByteIntegerLength(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : 4;
}

/** The number goes on beyond the bytes at hand. */
export const INCOMPLETE = -1;

/**
 * Reads a Variable Byte Integer.
 * @returns its value, {@link INCOMPLETE}, or -2 when it has more than four bytes or is not in its shortest form.
 */
export function readVariableByteInteger(bytes: Uint8Array, position: number, end: number): number {
  let value = 0;
  for (let shift = 0; shift < 28; shift += 7) {
    if (position >= end) return INCOMPLETE;
    const byte = bytes[position++] ?? 0;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return byte === 0 && shift > 0 ? -2 : value;
  }
  return -2;
}

/** Writes a Variable Byte Integer in its shortest form: seven bits a byte, least significant first, the top bit set while more follow. */
export function writeVariableByteInteger(bytes: Uint8Array, position: number, value: number): number {
  while (value > 0x7f) {
    bytes[position++] = 0x80 | (value & 0x7f);
    value >>= 7;
  }
  bytes[position++] = value;
  return position;
}
