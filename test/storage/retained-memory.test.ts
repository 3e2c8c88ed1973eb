import { deepEqual, equal, throws } from "node:assert/strict";
import { test } from "node:test";
import { Journal } from "../../src/storage/journal.js";
import { RecordType } from "../../src/storage/layout.js";
import { RetainedMemory } from "../../src/storage/retained-memory.js";
import { Random } from "./random.js";

/** What an ESP32 has of it. */
const RTC_MEMORY = 8192;

function open(memory: ArrayBuffer): Journal {
  return new Journal(new RetainedMemory(memory), { recordLength: 128 });
}

/** Keeps a record after many that are done: the ring has gone round. */
function use(journal: Journal): void {
  for (let identifier = 1; identifier <= 300; identifier++) {
    journal.medium.bytes.fill(identifier, journal.begin(RecordType.OUTGOING, identifier, 40));
    journal.commit();
    if (identifier < 300) journal.done(RecordType.OUTGOING, identifier);
  }
}

test("what is kept outlives a sleep, in which the memory stays as it is", () => {
  const memory = new ArrayBuffer(RTC_MEMORY);
  use(open(memory));
  const { live, recovered } = open(memory);
  deepEqual(recovered, { kept: 1, readings: 0, damaged: 0, foreign: false });
  equal(live.count, 1);
});

test("after a power cut the memory holds anything: it is told of as foreign, and used again", () => {
  for (const memory of [new ArrayBuffer(RTC_MEMORY), new Random(1).bytes(RTC_MEMORY).slice().buffer]) {
    const journal = open(memory);
    deepEqual(journal.recovered, { kept: 0, readings: 0, damaged: 0, foreign: true });
    use(journal);
    equal(open(memory).recovered.kept, 1);
  }
});

test("memory whose end is no whole block is used up to there", () => {
  deepEqual(new RetainedMemory(new ArrayBuffer(5 * 1024 + 100), 1024).status(), { size: 5120, blockLength: 1024, blocks: 5, eraseValue: 0xff, writeAlign: 4 });
  throws(() => new RetainedMemory(new ArrayBuffer(RTC_MEMORY), 100), { kind: "configuration", message: /blockLength/ });
});
