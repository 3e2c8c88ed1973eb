import assert from "node:assert/strict";
import { test } from "node:test";
import { checkedWord, crc8 } from "../../src/sensors/crc-8.js";
import { wordsWithChecksums } from "../../boards/simulator/world/sensirion-words.js";

test("the datasheets' examples", () => {
  // SHT3x-DIS version 5, table 20, and SHT4x, "Checksum Calculation": 0xBEEF has 0x92. The others are the words of SCD4x version 1.3:
  const examples = [
    [0xbeef, 0x92],
    // Table 11: 25 degrees, 37 %. Table 13: an offset of 5.4 degrees. Table 17: 98,700 Pa.
    [0x6667, 0xa2], [0x5eb9, 0x3c], [0x07e6, 0x48], [0x03db, 0x42],
    // Table 18: 480 ppm, a correction of -50 ppm. Table 19: switched on. Table 22: not ready. Table 24: a serial number.
    [0x01e0, 0xb4], [0x7fce, 0x7b], [0x0001, 0xb0], [0x8000, 0xa2], [0xf896, 0x31], [0x9f07, 0xc2], [0x3bbe, 0x89],
  ] as const;
  for (const [word, crc] of examples) assert.equal(crc8(Uint8Array.of(word >> 8, word & 0xff), 0), crc, word.toString(16));
});

test("a word is given only with its own checksum", () => {
  const bytes = Uint8Array.of(0, 0xbe, 0xef, 0x92);
  assert.equal(checkedWord(bytes, 1), 0xbeef);
  for (let bit = 0; bit < 24; bit++) {
    const wrong = bytes.slice();
    wrong[1 + (bit >> 3)] = (wrong[1 + (bit >> 3)] ?? 0) ^ (1 << (bit & 7));
    assert.equal(checkedWord(wrong, 1), -1, `bit ${bit}`);
  }
});

test("the twins' checksum, by a table, equals the drivers', by bits", () => {
  for (let word = 0; word < 0x1_0000; word += 7) assert.equal(checkedWord(Uint8Array.from(wordsWithChecksums([word])), 0), word);
});
