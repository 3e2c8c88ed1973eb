import { equal } from "node:assert/strict";
import { test } from "node:test";
import { Hmac, hmac } from "../../src/authentication/hmac.js";
import { ascii, hex } from "../protocol/support/bytes.js";

/** A byte, many times. */
const times = (count: number, byte: number): Uint8Array => new Uint8Array(count).fill(byte);

// RFC 4231, 4.2 to 4.8, but 4.6, which cuts the code.
const EXAMPLES: readonly (readonly [name: string, key: Uint8Array, message: Uint8Array, code: string])[] = [
  ["1", times(20, 0x0b), ascii("Hi There"), "B0 34 4C 61 D8 DB 38 53 5C A8 AF CE AF 0B F1 2B 88 1D C2 00 C9 83 3D A7 26 E9 37 6C 2E 32 CF F7"],
  ["2", ascii("Jefe"), ascii("what do ya want for nothing?"), "5B DC C1 46 BF 60 75 4E 6A 04 24 26 08 95 75 C7 5A 00 3F 08 9D 27 39 83 9D EC 58 B9 64 EC 38 43"],
  ["3", times(20, 0xaa), times(50, 0xdd), "77 3E A9 1E 36 80 0E 46 85 4D B8 EB D0 91 81 A7 29 59 09 8B 3E F8 C1 22 D9 63 55 14 CE D5 65 FE"],
  ["4", Uint8Array.from({ length: 25 }, (_, i) => i + 1), times(50, 0xcd), "82 55 8A 38 9A 44 3C 0E A4 CC 81 98 99 F2 08 3A 85 F0 FA A3 E5 78 F8 07 7A 2E 3F F4 67 29 66 5B"],
  ["6, a key longer than a block", times(131, 0xaa), ascii("Test Using Larger Than Block-Size Key - Hash Key First"), "60 E4 31 59 1E E0 B6 7F 0D 8A 26 AA CB F5 B7 7F 8E 0B C6 21 37 28 C5 14 05 46 04 0F 0E E3 7F 54"],
  [
    "7, key and message longer than a block", times(131, 0xaa),
    ascii("This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm."),
    "9B 09 FF A7 1B 94 2F CB 27 63 5F BC D5 B0 E9 44 BF DC 63 64 4F 07 13 93 8A 7F 51 53 5C 3A 35 E2",
  ],
];
for (const [name, key, message, code] of EXAMPLES) test(`RFC 4231, test case ${name}`, () => equal(hex(hmac(key, message)), code));

test("one key signs message after message", () => {
  const key = new Hmac(ascii("Jefe"));
  const first = hex(key.sign(ascii("a")));
  key.sign(ascii("b"));
  equal(hex(key.sign(ascii("a"))), first);
});
