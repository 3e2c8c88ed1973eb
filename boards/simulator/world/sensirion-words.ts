/** Remainders of the polynomial x^8 + x^5 + x^4 + 1 for each byte: a table, on purpose not the driver's loop over bits. */
const remainders = Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte << 8;
  for (let bit = 15; bit >= 8; bit--) if (remainder & (1 << bit)) remainder ^= 0x131 << (bit - 8);
  return remainder;
});

/** Each word as two bytes and their checksum, as Sensirion's sensors send them (datasheet SHT4x, "Checksum Calculation"). */
export function wordsWithChecksums(words: readonly number[]): number[] {
  return words.flatMap((word) => {
    const high = word >> 8;
    const low = word & 0xff;
    return [high, low, remainders[(remainders[0xff ^ high] ?? 0) ^ low] ?? 0];
  });
}
