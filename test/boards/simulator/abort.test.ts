import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { runSimulator } from "../../../boards/simulator/tools/simulator.js";
import { fixture, run } from "./harness.js";

test("a full slot heap ends with 11 and says what was full and how large it was", async () => {
  const { code, stderr } = await run("memory-slots", { heap: "esp32", bits: 32 });
  assert.equal(code, 11);
  assert.match(stderr, /device: memory full: the slot heap of the esp32 is full: 4928 slots of 16 bytes, 788\d\d bytes/);
});

test("a full chunk heap ends with 11 and says what was full and how large it was", async () => {
  const { code, stderr } = await run("memory-chunks", { heap: "esp32", bits: 32 });
  assert.equal(code, 11);
  assert.match(stderr, /device: memory full: the chunk heap of the esp32 is full: 7\d{4} of 78848 bytes in use/);
});

test("an ESP32-C3 shares one arena between slots and chunks", async () => {
  const slots = await run("memory-slots", { heap: "esp32c3", bits: 32 });
  const chunks = await run("memory-chunks", { heap: "esp32c3", bits: 32 });
  assert.equal(slots.code, 11);
  assert.equal(chunks.code, 11);
  const pattern = /the esp32c3 has one arena of 94208 bytes: (\d+) in slots, (\d+) in chunks, 6144 in the stack/;
  const inSlots = pattern.exec(slots.stderr);
  const inChunks = pattern.exec(chunks.stderr);
  assert.ok(inSlots && Number(inSlots[1]) > 20_000, slots.stderr);
  assert.ok(inChunks && Number(inChunks[2]) > 70_000, chunks.stderr);
});

test("a report comes even when the memory is full", async () => {
  const { lines } = await run("memory-slots", { heap: "esp32", bits: 32, report: true });
  assert.equal(lines.at(-1)?.["peakSlots"], 78832);
});

test("a stack overflow ends with 12 and says how large the stack is", async () => {
  const { code, stderr } = await run("stack-overflow", { heap: "esp32", bits: 32 });
  assert.equal(code, 12);
  assert.match(stderr, /device: stack overflow: the stack has 512 slots of 16 bytes/);
});

test("an exception in a callback ends with 15 and is shown", async () => {
  const { code, stderr } = await run("exception", { heap: "esp32" });
  assert.equal(code, 15);
  assert.match(stderr, /device: unhandled exception: RangeError: too warm/);
});

test("a lost rejection ends with 18 at once", async () => {
  const { code, stderr } = await run("lost-rejection", { heap: "esp32" });
  assert.equal(code, 18);
  assert.match(stderr, /device: unhandled rejection: Error: nobody hears this/);
});

test("a rejection handled in the same turn is not lost", async () => {
  const { code, lines } = await run("handled-rejection", { heap: "esp32" });
  assert.equal(code, 0);
  assert.deepEqual(lines, [{ caught: "handled" }]);
});

test("a module that starts something while it is preloaded ends with 1 and says so", async () => {
  const { code, stderr } = await run("handled-rejection", { preload: { early: fixture("exception") } });
  assert.equal(code, 1);
  assert.match(stderr, /preload: unhandled exception: Error: a module cannot start timers or open devices while it is preloaded/);
});

test("an import that nothing provides ends with 1 and names the option", async () => {
  const { code, stderr } = await run("unknown-import");
  assert.equal(code, 1);
  assert.match(stderr, /module 'not\/there', imported by 'main', is not known: give --module not\/there=FILE/);
});

test("a syntax error ends with 1 and names file and line", async () => {
  const directory = await mkdtemp(join(tmpdir(), "simulator-"));
  const main = join(directory, "wrong.js");
  await writeFile(main, "let right;\nconst missing = ;\n");
  const { code, stderr } = await runSimulator({ main, quiet: true });
  await rm(directory, { recursive: true });
  assert.equal(code, 1);
  assert.match(stderr, /wrong\.js:2: error: missing expression/);
});
