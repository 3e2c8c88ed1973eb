import { BLOCK, compress, finish, hashBytes, INITIAL, sha256 } from "./sha-256.js";

/** The hash value behind a block of the key and a padding byte. */
function keyed(key: Uint8Array, padding: number, w: Int32Array): Int32Array {
  const hash = new Int32Array(8);
  for (let i = 0; i < 16; i++) {
    const at = 4 * i;
    w[i] = ((key[at] ?? 0) << 24 | (key[at + 1] ?? 0) << 16 | (key[at + 2] ?? 0) << 8 | (key[at + 3] ?? 0)) ^ (padding * 0x01010101);
  }
  compress(w, INITIAL, hash);
  return hash;
}

/** HMAC-SHA-256 (RFC 2104, FIPS 198-1) with one key, whose two blocks are taken once. */
export class Hmac {
  /** Room for the schedule of a block, for whoever holds this. */
  readonly w: Int32Array;
  /** Hash values behind the key's inner and outer block. */
  readonly inner: Int32Array;
  readonly outer: Int32Array;

  constructor(key: Uint8Array) {
    const short = key.length > BLOCK ? sha256(key) : key;
    const w = new Int32Array(64);
    this.w = w;
    this.inner = keyed(short, 0x36, w);
    this.outer = keyed(short, 0x5c, w);
  }

  /** The code of a message. */
  sign(message: Uint8Array): Uint8Array {
    const w = this.w;
    finish(this.inner, BLOCK, message, w);
    finish(this.outer, BLOCK, hashBytes(w), w);
    return hashBytes(w);
  }
}

/** HMAC-SHA-256 of a message. */
export function hmac(key: Uint8Array, message: Uint8Array): Uint8Array {
  return new Hmac(key).sign(message);
}
