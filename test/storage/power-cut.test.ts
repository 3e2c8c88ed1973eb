import { ok } from "node:assert/strict";
import { test } from "node:test";
import { cutEverywhere } from "./power-cuts.js";

test("a cut at every byte of a few calls: all that was promised is there, once, in order", () => {
  ok(cutEverywhere({ blocks: 8, blockLength: 256, writeAlign: 4 }, 3, 7) > 500);
});
