/**
 * The checksum of Sensirion's sensors over the two bytes from `start`: polynomial 0x31, initial value 0xFF, not reflected
 * (datasheets SHT4x and SCD4x, "Checksum Calculation"). The one of 0xBEEF is 0x92.
 */
export function crc8(bytes: Uint8Array, start: number): number {
  let crc = 0xff;
  for (let index = start; index < start + 2; index++) {
    crc ^= bytes[index] ?? 0;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? ((crc << 1) ^ 0x31) & 0xff : crc << 1;
  }
  return crc;
}

/** The big-endian word at `start`, which its checksum follows; -1 when that is wrong. */
export function checkedWord(bytes: Uint8Array, start: number): number {
  return crc8(bytes, start) === bytes[start + 2] ? ((bytes[start] ?? 0) << 8) | (bytes[start + 1] ?? 0) : -1;
}
