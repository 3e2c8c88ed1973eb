/** Remainders of the four low bits, for the polynomial of IEEE 802.3 reflected (0xEDB88320), as signed numbers: those XS is quick with. */
const REMAINDERS = [
  0, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
  -0x12477ce0, -0x0ff06cbc, -0x29295c18, -0x349e4c74, -0x649b3d50, -0x792c2d2c, -0x5ff51d88, -0x42420de4,
] as const;

/** CRC-32 (IEEE 802.3) of a first word and those behind it, each with its low byte first. On the way of everything that is written and found. */
export function crc32(first: number, words: Int32Array, start: number, end: number): number {
  let crc = ~first;
  for (;;) {
    // Four bits at a time; written out, it takes half as many steps.
    crc = (REMAINDERS[crc & 15] ?? 0) ^ (crc >>> 4);
    crc = (REMAINDERS[crc & 15] ?? 0) ^ (crc >>> 4);
    crc = (REMAINDERS[crc & 15] ?? 0) ^ (crc >>> 4);
    crc = (REMAINDERS[crc & 15] ?? 0) ^ (crc >>> 4);
    crc = (REMAINDERS[crc & 15] ?? 0) ^ (crc >>> 4);
    crc = (REMAINDERS[crc & 15] ?? 0) ^ (crc >>> 4);
    crc = (REMAINDERS[crc & 15] ?? 0) ^ (crc >>> 4);
    crc = (REMAINDERS[crc & 15] ?? 0) ^ (crc >>> 4);
    if (start === end) return ~crc;
    crc ^= words[start++] ?? 0;
  }
}
