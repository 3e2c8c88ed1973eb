/**
 * SHA-256 (FIPS 180-4, 6.2), for hosts whose own is not to be had everywhere: 2^29 bytes at most. Words are signed, as XS keeps whole
 * numbers of 32 bits in one piece.
 */

/** Bytes of a block, and of a hash. */
export const BLOCK = 64;
export const HASH = 32;

/** A hash value, or the schedule of a block: 8 or 64 words. */
export type Words = ArrayLike<number>;

/** The first 32 bits behind the point of a root of the first primes (FIPS 180-4, 4.2.2, 5.3.3): less bytecode than the numbers. */
function roots(count: number, exponent: number): number[] {
  const words: number[] = [];
  for (let n = 2; words.length < count; n++) {
    let divisor = 2;
    while (n % divisor > 0) divisor++;
    if (divisor === n) words.push(((n ** exponent) % 1) * 0x1_0000_0000 | 0);
  }
  return words;
}

const CONSTANTS: Words = roots(64, 1 / 3);

/** The hash value before the first block. */
export const INITIAL: Words = roots(8, 1 / 2);

/**
 * Takes a block: a hot path, 8,192 times on the way of a password of 4,096 iterations.
 * @param w the schedule: 16 words of the block, room for 48 more.
 * @param from the hash value before.
 * @param to where the hash value goes; may be the schedule itself, whose first 8 words are then the next block's.
 */
export function compress(w: Int32Array, from: Words, to: Int32Array): void {
  const constants = CONSTANTS;
  let a = from[0] ?? 0;
  let b = from[1] ?? 0;
  let c = from[2] ?? 0;
  let d = from[3] ?? 0;
  let e = from[4] ?? 0;
  let f = from[5] ?? 0;
  let g = from[6] ?? 0;
  let h = from[7] ?? 0;
  let i = 16;
  let x: number;
  let y: number;
  for (; i < 64; i++) {
    x = w[i - 15] ?? 0;
    y = w[i - 2] ?? 0;
    w[i] = (w[i - 16] ?? 0) + (w[i - 7] ?? 0) + ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3) + ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10);
  }
  for (i = 0; i < 64; i++) {
    x = h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (g ^ e & (f ^ g)) + (constants[i] ?? 0) + (w[i] ?? 0);
    h = g;
    g = f;
    f = e;
    e = d + x | 0;
    d = c;
    c = b;
    b = a;
    // What was a is b by now.
    a = x + ((b >>> 2 | b << 30) ^ (b >>> 13 | b << 19) ^ (b >>> 22 | b << 10)) + (b & c | d & (b | c)) | 0;
  }
  // A typed array keeps the lower 32 bits.
  to[0] = (from[0] ?? 0) + a;
  to[1] = (from[1] ?? 0) + b;
  to[2] = (from[2] ?? 0) + c;
  to[3] = (from[3] ?? 0) + d;
  to[4] = (from[4] ?? 0) + e;
  to[5] = (from[5] ?? 0) + f;
  to[6] = (from[6] ?? 0) + g;
  to[7] = (from[7] ?? 0) + h;
}

/**
 * The rest of a message, to its end.
 * @param from the hash value so far.
 * @param before bytes that it stands for: whole blocks.
 * @param w room for a schedule; holds the hash value first when this returns.
 */
export function finish(from: Words, before: number, bytes: Uint8Array, w: Int32Array): void {
  const length = bytes.length;
  const hash = Int32Array.from(from);
  // Behind the message a bit, and the length in the last two words of a block (FIPS 180-4, 5.1.1).
  for (let start = 0; start < length + 9; start += BLOCK) {
    w.fill(0, 0, 16);
    for (let i = start; i < start + BLOCK && i <= length; i++) {
      const word = (i - start) >> 2;
      w[word] = (w[word] ?? 0) | ((i < length ? (bytes[i] ?? 0) : 0x80) << (24 - 8 * (i & 3)));
    }
    if (start + BLOCK >= length + 9) w[15] = (before + length) << 3;
    compress(w, hash, hash);
  }
  w.set(hash);
}

/** The bytes of a hash value. */
export function hashBytes(words: Words): Uint8Array {
  const bytes = new Uint8Array(HASH);
  for (let i = 0; i < HASH; i++) bytes[i] = (words[i >> 2] ?? 0) >> (24 - 8 * (i & 3));
  return bytes;
}

/** The hash of a message. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const w = new Int32Array(64);
  finish(INITIAL, 0, bytes, w);
  return hashBytes(w);
}
