/** Signatures that count: SHA-2 with RSA (PKCS #1 v1.5) or ECDSA. The SDK's classes calculate, and take some that they should not. */
import { Digest } from "crypt";
import ECDSA from "ecdsa";
import PKCS1_5 from "pkcs1_5";
import type { PublicKey } from "x509";
import { valuesOf } from "./der.js";

export type Hash = "SHA256" | "SHA384" | "SHA512";

const sequence = 0x30;
/** RSA's usual exponent. With 3, what the SDK does not look at behind the digest is room to forge in. */
const leastExponent = 65_537n;
const leastModulus = 1n << 2046n;

/** @returns whether the signature is of the key's owner. @throws Error for a key or a signature of another kind. */
export function isSigned(bytes: Uint8Array, hash: Hash, kind: "RSA" | "ECDSA", key: PublicKey, signature: Uint8Array): boolean {
  const digest = new Digest(hash).process(bytes);
  const { curve, exponent, modulus } = key;
  if (kind === "RSA") {
    checkRSA(exponent, modulus);
    return new PKCS1_5(key, false, []).verify(digest, signature);
  }
  if (curve === undefined) throw new Error("a signature by ECDSA of a key that is none");
  checkECDSA(signature, curve.n);
  return new ECDSA(key.pub, curve).verify(digest.slice(0, curve.orderSize), signature, true);
}

/** Checks what the SDK does not when it verifies a signature with this key. @throws Error saying what is wrong. */
export function checkSignature(key: PublicKey, signature: Uint8Array): void {
  if (key.curve === undefined) checkRSA(key.exponent, key.modulus);
  else checkECDSA(signature, key.curve.n);
}

function checkRSA(exponent = 0n, modulus = 0n): void {
  if (exponent < leastExponent || modulus < leastModulus) throw new Error("a key of RSA that is too weak: 2,048 bits and the exponent 65,537 are the least");
}

/** Both numbers are from 1 to the order of the curve (FIPS 186-5, 6.4.2): two zeros would fit any key. */
function checkECDSA(signature: Uint8Array, order: bigint): void {
  const [outer] = valuesOf(signature);
  const [r, s, ...rest] = outer?.[0] === sequence ? valuesOf(outer.subarray(outer.length < 0x82 ? 2 : 3)) : [];
  if (!isBetween(r, order) || !isBetween(s, order) || rest.length > 0) throw new Error("a malformed signature");
}

function isBetween(integer: Uint8Array | undefined, order: bigint): boolean {
  if (integer?.[0] !== 2) return false;
  const value = BigInt.fromArrayBuffer(integer.slice(2).buffer);
  return value > 0n && value < order;
}
