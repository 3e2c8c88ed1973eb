import assert from "node:assert/strict";
import { test } from "node:test";
import { checkedWord, crc8 } from "../../src/sensors/crc-8.js";
import { wordsWithChecksums } from "../../boards/simulator/world/sensirion-words.js";

test("the datasheets' examples: 0xBEEF has 0x92; 480 ppm 0xB4, a correction of -50 ppm 0x7B", () => {
  // SHT4x, "Checksum Calculation"; SCD4x 1.3, tables 18 and 19.
  for (const [high, low, crc] of [[0xbe, 0xef, 0x92], [0x01, 0xe0, 0xb4], [0x7f, 0xce, 0x7b], [0x00, 0x01, 0xb0]] as const)
    assert.equal(crc8(Uint8Array.of(high, low), 0), crc);
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
