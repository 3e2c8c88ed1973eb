/** The hashes beside those of node:crypto. */
import fc from "fast-check";
import { equal } from "node:assert/strict";
import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import { test } from "node:test";
import { fromBase64, toBase64 } from "../../src/authentication/base64.js";
import { hmac } from "../../src/authentication/hmac.js";
import { Derivation } from "../../src/authentication/pbkdf2.js";
import { sha256 } from "../../src/authentication/sha-256.js";
import { ascii, hex } from "../protocol/support/bytes.js";

const binary = fc.uint8Array({ maxLength: 300 });
const derived = (password: Uint8Array, salt: Uint8Array, iterations: number): string => hex(new Derivation(password, salt, iterations).run(iterations) ?? new Uint8Array(0));

test("SHA-256 of any message", () => {
  fc.assert(fc.property(binary, (message) => equal(hex(sha256(message)), hex(createHash("sha256").update(message).digest()))));
});

test("HMAC of any message with any key", () => {
  fc.assert(fc.property(binary, binary, (key, message) => equal(hex(hmac(key, message)), hex(createHmac("sha256", key).update(message).digest()))));
});

test("PBKDF2 of any password and salt", () => {
  fc.assert(
    fc.property(binary, binary, fc.integer({ min: 1, max: 50 }), (password, salt, iterations) =>
      equal(derived(password, salt, iterations), hex(pbkdf2Sync(password, salt, iterations, 32, "sha256")))),
  );
});

test("RFC 7914's example of 80,000 iterations", () => {
  equal(derived(ascii("Password"), ascii("NaCl"), 80_000), "4D DC D8 F6 0B 98 BE 21 83 0C EE 5E F2 27 01 F9 64 1A 44 18 D0 4C 04 14 AE FF 08 87 6B 34 AB 56");
});

test("Base64 of any bytes; of any text only what comes out the same", () => {
  fc.assert(
    fc.property(binary, (data) => {
      const text = Buffer.from(data).toString("base64");
      equal(toBase64(data), text);
      equal(hex(fromBase64(text) ?? new Uint8Array(1)), hex(data));
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("A", "Q", "g", "w", "z", "0", "9", "+", "/", "="), maxLength: 9 }), (text) => {
      const right = Buffer.from(text, "base64").toString("base64") === text;
      equal(fromBase64(text) !== undefined, right);
    }),
  );
});
