import { deepEqual, equal, throws } from "node:assert/strict";
import { test } from "node:test";
import { contains, valuesOf } from "../../../boards/moddable/tls/der.js";
import { bytes, hex } from "../../protocol/support/bytes.js";

test("values one after another are told apart by their lengths, short and long", () => {
  const long = bytes("30 82 01 00", "00 ".repeat(256));
  const values = valuesOf(Uint8Array.of(...bytes("02 01 05"), ...long, ...bytes("30 81 01 FF")));
  deepEqual(values.map(({ length }) => length), [3, 260, 4]);
  equal(hex(values[2] ?? new Uint8Array(0)), "30 81 01 FF");
  deepEqual(valuesOf(new Uint8Array(0)), []);
});

for (const line of ["30", "30 02 00", "30 82 01", "30 84 FF FF FF FF 00"])
  test(`${line} is cut off`, () => throws(() => valuesOf(bytes(line)), /cut off/));

test("bytes are found inside others", () => {
  equal(contains(bytes("30 03 01 01 FF"), "\x01\x01\xff"), true);
  equal(contains(bytes("30 03 01 01 00"), "\x01\x01\xff"), false);
});
