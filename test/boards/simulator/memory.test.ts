import assert from "node:assert/strict";
import { test } from "node:test";
import { fixture, number, run, runWell } from "./harness.js";

const expected = [1, 5, 2, "new", 2, "word number 99word number 99", true, true];

test("what is preloaded costs no memory, and behaves as if it did", async () => {
  const library = { library: fixture("preload-library") };
  const flash = await runWell("preload", { heap: "esp32", preload: library });
  const memory = await runWell("preload", { heap: "esp32", modules: library });
  assert.deepEqual(flash["result"], expected);
  assert.deepEqual(memory["result"], expected);
  assert.ok(number(memory, "before") - number(flash, "before") > 5000, `${String(memory["before"])} in memory, ${String(flash["before"])} in flash`);
});

test("a device with nothing to do has almost all of its memory", async () => {
  const { lines } = await run("arguments", { heap: "esp32", bits: 32, report: true, args: ["a".repeat(2000)], config: { text: "b".repeat(2000) } });
  const report = lines.at(-1) ?? {};
  assert.ok(number(report, "slots") < 1024, "arguments and configuration are in flash");
  assert.equal(report["chunks"], 0);
});

test("the report has every figure, and the bytecode of each preloaded module", async () => {
  const { lines } = await run("preload", { heap: "esp32", bits: 32, report: true, preload: { library: fixture("preload-library") } });
  const report = lines.at(-1) ?? {};
  assert.deepEqual(Object.keys(report), [
    "slots", "chunks", "peakSlots", "peakChunks", "collections", "steps", "stackPeak", "bits", "bytecode", "segments", "bytesSent",
    "bytesReceived",
  ]);
  for (const [name, value] of Object.entries(report)) if (name !== "bytecode") assert.equal(typeof value, "number", name);
  assert.equal(report["bits"], 32);
  const bytecode = Object.entries(report["bytecode"] ?? {});
  assert.deepEqual(bytecode.map(([name]) => name.replace(/^.*\//, "")), ["library", "preload-words.js"]);
  for (const [, bytes] of bytecode) assert.ok(Number(bytes) > 20);
});

test("an ESP32's memory holds far more garbage than fits, thanks to its collections", async () => {
  const line = await runWell("collect", { heap: "esp32", bits: 32 });
  assert.ok(number(line, "collections") > 10);
  assert.equal(line["slotsLimit"], 78848);
  assert.equal(line["chunksLimit"], 78848);
  assert.ok(number(line, "peakSlots") <= 78848 && number(line, "peakChunks") <= 78848);
  assert.equal(line["last"], "number 19999");
});

test("an ESP32-C3's arena is shared out as it is needed", async () => {
  const line = await runWell("collect", { heap: "esp32c3", bits: 32 });
  assert.ok(number(line, "collections") > 10);
  assert.ok(number(line, "peakSlots") + number(line, "peakChunks") <= 2 * 94208);
  assert.equal(line["slotsLimit"], 94208);
});

test("a 64-bit build counts the same steps", async () => {
  const [narrow, wide] = await Promise.all(([32, 64] as const).map(async (bits) => {
    const { lines } = await run("steps", { heap: "esp32", clock: "virtual", report: true, bits });
    return lines.at(-1) ?? {};
  }));
  assert.equal(wide?.["bits"], 64);
  assert.equal(wide["steps"], narrow?.["steps"]);
  assert.ok(number(wide, "steps") > 50_000);
});
