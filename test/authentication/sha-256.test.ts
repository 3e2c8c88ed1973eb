import { equal } from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "../../src/authentication/sha-256.js";
import { ascii, hex, pattern } from "../protocol/support/bytes.js";

// FIPS 180-4's own examples (NIST, SHA256.pdf), and the empty message.
const EXAMPLES: readonly (readonly [message: string, hash: string])[] = [
  ["", "E3 B0 C4 42 98 FC 1C 14 9A FB F4 C8 99 6F B9 24 27 AE 41 E4 64 9B 93 4C A4 95 99 1B 78 52 B8 55"],
  ["abc", "BA 78 16 BF 8F 01 CF EA 41 41 40 DE 5D AE 22 23 B0 03 61 A3 96 17 7A 9C B4 10 FF 61 F2 00 15 AD"],
  [
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "24 8D 6A 61 D2 06 38 B8 E5 C0 26 93 0C 3E 60 39 A3 3C E4 59 64 FF 21 67 F6 EC ED D4 19 DB 06 C1",
  ],
];
for (const [message, hash] of EXAMPLES) test(`the hash of "${message}"`, () => equal(hex(sha256(ascii(message))), hash));

// Where the padding needs a block of its own.
const LENGTHS: readonly (readonly [length: number, start: string])[] = [
  [55, "46 3E B2 8E"],
  [56, "DA 2A E4 D6"],
  [64, "FD EA B9 AC"],
  [119, "DA 18 79 7E"],
  [120, "F5 2B 23 DB"],
];
for (const [length, start] of LENGTHS) test(`a message of ${length} bytes`, () => equal(hex(sha256(pattern(length)).subarray(0, 4)), start));
