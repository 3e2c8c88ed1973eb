import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { runWell } from "./harness.js";

async function withDirectory<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), "simulator-"));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

test("flash is erased to 0xFF by block, bits are only cleared, and wrong access throws and changes nothing", async () => {
  assert.deepEqual(await runWell("flash", { heap: "esp32" }), {
    status: { size: 65536, blockLength: 4096, blocks: 16, eraseValue: 255, writeAlign: 4 },
    first: [255, 255, 255, 255],
    erased: [255, 255, 255, 255],
    write: "done",
    clear: "done",
    set: "byte 10 is 0x00 and cannot become 0x01: erase block 0 first",
    unchanged: [0x70, 0x0f, 0x00, 0xaa],
    align: "offset and length must be multiples of 4",
    outside: "offset and length must be within 65536 bytes",
    block: "block must be 0 to 15",
    unknown: "no partition other; there is: storage",
    into: [4, 0x70, 0x0f, 0x00, 0xaa],
    closed: "closed",
  });
});

test("flash is kept in the storage directory, and forgotten without one", async () => {
  await withDirectory(async (storage) => {
    await runWell("flash", { storage });
    assert.deepEqual((await runWell("flash", { storage }))["first"], [0x70, 0x0f, 0x00, 0xaa]);
    assert.deepEqual((await runWell("flash"))["first"], [255, 255, 255, 255]);
  });
});

test("values are kept by name and format, and refused in another format or out of range", async () => {
  assert.deepEqual(await runWell("key-value", { heap: "esp32" }), {
    kept: "nothing",
    name: "kitchen é",
    interval: 65535,
    format: "name was written as string",
    range: "value must be a whole number of 0 to 65535",
    bytes: [1, 2, 3],
    keys: ["name", "interval", "bytes"],
    deleted: "gone",
    closed: "closed",
    slash: "path must be a name without '/'",
    create: "use open",
  });
});

test("values survive in the storage directory", async () => {
  await withDirectory(async (directory) => {
    const storage = join(directory, "new");
    assert.equal((await runWell("key-value", { storage }))["kept"], "nothing");
    assert.equal((await runWell("key-value", { storage }))["kept"], "kitchen é");
  });
});
