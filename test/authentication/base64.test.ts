import { equal } from "node:assert/strict";
import { test } from "node:test";
import { fromBase64, toBase64 } from "../../src/authentication/base64.js";
import { ascii, bytes, hex } from "../protocol/support/bytes.js";

// RFC 4648, 10.
const EXAMPLES: readonly (readonly [plain: string, encoded: string])[] = [
  ["", ""], ["f", "Zg=="], ["fo", "Zm8="], ["foo", "Zm9v"], ["foob", "Zm9vYg=="], ["fooba", "Zm9vYmE="], ["foobar", "Zm9vYmFy"],
];
for (const [plain, encoded] of EXAMPLES)
  test(`Base64 of "${plain}", both ways`, () => {
    equal(toBase64(ascii(plain)), encoded);
    equal(hex(fromBase64(encoded) ?? ascii("none")), hex(ascii(plain)));
  });

test("all six bits have their character", () => {
  equal(toBase64(bytes("FB FF BF 00 10 83")), "+/+/ABCD");
  equal(hex(fromBase64("+/+/ABCD") ?? ascii("none")), "FB FF BF 00 10 83");
});

test("what is no Base64 is refused: characters, lengths, padding, bits that should be 0", () => {
  for (const text of ["Zg", "Zg=", "Z", "Z===", "Zm9v=", "Zm9v====", "=", "Zm 9", "Zm9v\n", "Zm-_", "Zh==", "Zm9=", "Zg==Zg==", "é==="]) equal(fromBase64(text), undefined, text);
});
