import { equal } from "node:assert/strict";
import { test } from "node:test";
import { Derivation, pbkdf2 } from "../../src/authentication/pbkdf2.js";
import { ascii, hex } from "../protocol/support/bytes.js";

// RFC 7914, 11: the first 32 of its 64 bytes are those of the first block.
const ONCE = "55 AC 04 6E 56 E3 08 9F EC 16 91 C2 25 44 B6 05 F9 41 85 21 6D DE 04 65 E6 8B 9D 57 C2 0D AC BC";

test("RFC 7914's example of one iteration", async () => {
  equal(hex(await pbkdf2(ascii("passwd"), ascii("salt"), 1)), ONCE);
});

test("a derivation does as much as it is asked to, and is done after the last iteration", () => {
  const whole = new Derivation(ascii("p"), ascii("s"), 5);
  const parts = new Derivation(ascii("p"), ascii("s"), 5);
  equal(parts.run(1), undefined);
  equal(parts.run(2), undefined);
  equal(hex(parts.run(1) ?? new Uint8Array(0)), hex(whole.run(1000) ?? new Uint8Array(0)));
});

test("two derivations at once do not disturb each other", async () => {
  const [one, other] = await Promise.all([pbkdf2(ascii("passwd"), ascii("salt"), 1), pbkdf2(ascii("p"), ascii("s"), 40)]);
  equal(hex(one), ONCE);
  equal(hex(other), hex(new Derivation(ascii("p"), ascii("s"), 40).run(40) ?? new Uint8Array(0)));
});
