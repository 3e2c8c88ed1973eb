import Timer from "timer";
import { Hmac } from "./hmac.js";
import { BLOCK, compress, HASH, hashBytes } from "./sha-256.js";

/** Iterations without a pause, 0.2 million steps: on a microcontroller everything else goes on. */
const SLICE = 8;

/** A derivation under way: PBKDF2 with HMAC-SHA-256 (RFC 8018, 5.2), of one block. */
export class Derivation {
  private readonly hmac: Hmac;
  private readonly result: Int32Array;
  private left: number;

  /** Does the first of the iterations. @param iterations 1 or more. */
  constructor(password: Uint8Array, salt: Uint8Array, iterations: number) {
    const hmac = new Hmac(password);
    const w = hmac.w;
    const first = new Uint8Array(salt.length + 4);
    first.set(salt);
    first[salt.length + 3] = 1;
    hmac.sign(first);
    this.hmac = hmac;
    this.result = w.slice(0, 8);
    this.left = iterations - 1;
    // From now on a block is a hash value and its padding, behind a block of the key: eight words that stay.
    w.fill(0, 8, 16);
    w[8] = 1 << 31;
    w[15] = (BLOCK + HASH) << 3;
  }

  /** Does that many iterations, or those that are left. @returns the derived key, 32 bytes, when none are. */
  run(iterations: number): Uint8Array | undefined {
    const { inner, outer, w } = this.hmac;
    const result = this.result;
    for (; iterations > 0 && this.left > 0; iterations--) {
      this.left--;
      compress(w, inner, w);
      compress(w, outer, w);
      for (let i = 0; i < 8; i++) result[i] = (result[i] ?? 0) ^ (w[i] ?? 0);
    }
    return this.left > 0 ? undefined : hashBytes(result);
  }
}

/**
 * Derives a key from a password: PBKDF2 with HMAC-SHA-256 (RFC 8018, 5.2), the 32 bytes of one block. Everything else goes on meanwhile.
 * @param iterations 1 or more; each takes 24,000 steps of bytecode.
 */
export function pbkdf2(password: Uint8Array, salt: Uint8Array, iterations: number): Promise<Uint8Array> {
  const derivation = new Derivation(password, salt, iterations);
  return new Promise((resolve) => {
    const timer = Timer.set(() => {
      const key = derivation.run(SLICE);
      if (key === undefined) return;
      Timer.clear(timer);
      resolve(key);
    }, 1, 1);
  });
}
