import { ok } from "node:assert/strict";
import { test } from "node:test";
import { cutEverywhere } from "./power-cuts.js";

for (const writeAlign of [1, 4, 16, 32]) {
  test(`a cut at every byte of every write and in the middle of every erase, writeAlign ${writeAlign}: all that was promised is there, once, in order`, () => {
    const restarts = cutEverywhere({ blocks: 8, blockLength: writeAlign === 32 ? 512 : 256, writeAlign }, writeAlign, 120);
    ok(restarts > 20_000, `only ${restarts} restarts`);
  });
}
