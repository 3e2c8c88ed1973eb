import { equal } from "node:assert/strict";
import { test } from "node:test";
import {
  INCOMPLETE, readVariableByteInteger, VARIABLE_BYTE_INTEGER_MAXIMUM, variableByteIntegerLength, writeVariableByteInteger,
} from "../../../src/protocol/codec/variable-byte-integer.js";
import { bytes, hex } from "../support/bytes.js";

test("the shortest form is written (MQTT-1.5.5-1)", () => {
  const table: readonly (readonly [number, string])[] = [
    [0, "00"],
    [1, "01"],
    [127, "7F"],
    [128, "80 01"],
    [321, "C1 02"],
    [16_383, "FF 7F"],
    [16_384, "80 80 01"],
    [2_097_151, "FF FF 7F"],
    [2_097_152, "80 80 80 01"],
    [268_435_455, "FF FF FF 7F"],
  ];
  for (const [value, expected] of table) {
    const buffer = new Uint8Array(8).fill(0xaa);
    const end = writeVariableByteInteger(buffer, 2, value);
    equal(hex(buffer.subarray(2, end)), expected);
    equal(variableByteIntegerLength(value), end - 2);
    equal(readVariableByteInteger(buffer, 2, end), value);
    equal(readVariableByteInteger(buffer, 2, end - 1), INCOMPLETE);
    equal(buffer[1], 0xaa);
    equal(buffer[end], 0xaa);
  }
  equal(VARIABLE_BYTE_INTEGER_MAXIMUM, 268_435_455);
});

test("more than four bytes, or more than are needed, are none", () => {
  for (const wrong of ["80 00", "FF 80 00", "80 80 80 00", "80 80 80 80 01", "FF FF FF FF 7F"]) {
    const data = bytes(wrong);
    equal(readVariableByteInteger(data, 0, data.length), -2, wrong);
  }
});
