import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import type { FlashPartition } from "../../src/storage/flash.js";
import { Journal } from "../../src/storage/journal.js";
import { RecordType } from "../../src/storage/layout.js";
import { bytes, hex, join } from "../protocol/support/bytes.js";
import { FakeFlash, type Geometry } from "./fake-flash.js";
import { Random } from "./random.js";

const geometry: Geometry = { blocks: 8, blockLength: 256, writeAlign: 4 };
const options = { recordLength: 64 };

function blank(over: Partial<Geometry> = {}): FakeFlash {
  return new FakeFlash({ ...geometry, ...over }, new Random(1));
}

/** Flash with some of its methods replaced. */
function instead(flash: FakeFlash, methods: Partial<FlashPartition>): FlashPartition {
  return {
    status: () => flash.status(),
    read: (buffer, offset) => flash.read(buffer, offset),
    write: (data, offset) => flash.write(data, offset),
    eraseBlock: (block) => flash.eraseBlock(block),
    ...methods,
  };
}

/** Keeps a record. @returns its id. */
function put(journal: Journal, key: number, data: Uint8Array, type: number = RecordType.OUTGOING): number {
  const at = journal.begin(type, key, data.length);
  journal.medium.bytes.set(data, at);
  return journal.commit();
}

function written(flash: FakeFlash, from: number, to: number): string {
  return hex(flash.bytes.subarray(from, to));
}

/** CRC-32 as in IEEE 802.3, bit by bit. */
function crc(data: Uint8Array): string {
  let value = -1;
  for (const byte of data) {
    value ^= byte;
    for (let i = 0; i < 8; i++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return hex(new Uint8Array(Int32Array.of(~value).buffer));
}

test("the check is the common CRC-32", () => {
  equal(crc(bytes("'123456789'")), "26 39 F4 CB");
});

test("the first record is written with its block's header, as docs/storage.md has it", () => {
  const flash = blank();
  const journal = new Journal(flash, options);
  equal(flash.writes, 0);
  equal(put(journal, 0x1234, bytes("'hello'")), 1);
  deepEqual([flash.writes, flash.bytesWritten, flash.erased], [1, 48, [0, 1, 0, 0, 0, 0, 0, 0]]);
  const header = bytes("78 6A 01 01", "01 00 00 00", "01 00 00 00", "01 00 00 00", "00 00 00 00");
  const record = bytes("01 00 00 00", "34 12 05 20");
  const data = bytes("'hello' FF FF FF");
  equal(written(flash, 256, 304), [hex(header), crc(header), hex(record), crc(join(bytes("01 00 00 00"), record)), crc(join(bytes("01 00 00 00"), data)), hex(data)].join(" "));
  journal.done(RecordType.OUTGOING, 0x1234);
  const mark = bytes("01 00 00 00", "34 12 00 A0");
  equal(written(flash, 304, 320), [hex(mark), crc(join(bytes("01 00 00 00"), mark)), "FF FF FF FF"].join(" "));
  equal(flash.writes, 2);
});

test("everything is aligned to what the flash asks for, or the option", () => {
  for (const [writeAlign, option, expected] of [[1, undefined, 40 + 16], [32, undefined, 32 + 32], [1, 16, 32 + 32]] as const) {
    const flash = blank({ writeAlign });
    put(new Journal(flash, { ...options, writeAlign: option }), 1, bytes("01 02 03 04 05 06 07 08 09 0A 0B 0C 0D"));
    equal(flash.bytesWritten, expected);
  }
});

test("a publication costs two writes", () => {
  const flash = blank({ blocks: 16, blockLength: 4096 });
  const journal = new Journal(flash);
  for (let i = 0; i < 1000; i++) {
    put(journal, 1 + i, new Uint8Array(80));
    journal.done(RecordType.OUTGOING, 1 + i);
  }
  equal(flash.writes, 2000);
});

test("steady work allocates no buffer", () => {
  const journal = new Journal(blank(), options);
  const buffer = journal.medium.bytes;
  for (let i = 0; i < 100; i++) {
    put(journal, 1, new Uint8Array(30));
    journal.done(RecordType.OUTGOING, 1);
  }
  equal(journal.medium.bytes, buffer);
});

test("a record is found again with its bytes, and one of the same type and key takes its place", () => {
  const flash = blank();
  const first = new Journal(flash, options);
  put(first, 5, bytes("'five'"));
  put(first, 6, bytes("'six'"));
  const id = put(first, 5, bytes("'FIVE!'"));
  const { live, recovered, read } = (() => {
    const journal = new Journal(flash.restart(), options);
    return { live: journal.live, recovered: journal.recovered, read: journal.read(id, 1, 4).slice() };
  })();
  deepEqual(recovered, { kept: 2, readings: 0, damaged: 0, foreign: false });
  deepEqual([live.id(0), live.id(1)], [2, id]);
  deepEqual(read, bytes("'IVE!'"));
});

test("what is kept for long moves on, in its order", () => {
  const flash = blank();
  const journal = new Journal(flash, options);
  put(journal, 1, bytes("'first'"));
  put(journal, 2, bytes("'second'"));
  for (let i = 0; i < 200; i++) {
    put(journal, 3, new Uint8Array(30));
    journal.done(RecordType.OUTGOING, 3);
  }
  ok(Math.max(...flash.erased) > 4);
  ok(Math.max(...flash.erased) - Math.min(...flash.erased) <= 1);
  const again = new Journal(flash.restart(), options);
  deepEqual(again.read(1, 0, 5).slice(), bytes("'first'"));
  deepEqual(again.read(2, 0, 6).slice(), bytes("'second'"));
  deepEqual([again.live.id(0), again.live.id(1)], [1, 2]);
});

test("too much to keep is refused with what to do, and changes nothing", () => {
  const flash = blank();
  const journal = new Journal(flash, { ...options, liveRecords: 4 });
  throws(() => journal.begin(RecordType.OUTGOING, 1, 49), { kind: "resource", message: "what is to be kept takes 49 bytes, a record has 48: raise recordLength by 1 or more, up to a quarter of a block" });
  for (let key = 1; key <= 4; key++) put(journal, key, bytes("01"));
  throws(() => journal.begin(RecordType.OUTGOING, 5, 1), { kind: "resource", message: "4 records are kept already: raise liveRecords, or wait until some are done" });
  put(journal, 4, bytes("02"));
  const large = new Journal(blank(), { ...options, liveRecords: 100 });
  for (let key = 1; key <= 8; key++) put(large, key, new Uint8Array(48));
  throws(() => large.begin(RecordType.OUTGOING, 9, 1), { kind: "resource", message: "512 of 512 bytes are kept already: use a larger partition, or wait until some are done" });
  large.done(RecordType.OUTGOING, 1);
  put(large, 9, bytes("01"));
});

test("limits lowered since do not lose what is kept", () => {
  const flash = blank();
  const journal = new Journal(flash, { recordLength: 64, liveRecords: 20 });
  for (let key = 1; key <= 8; key++) put(journal, key, new Uint8Array(48).fill(key));
  const again = new Journal(flash.restart(), { recordLength: 64, liveRecords: 2 });
  equal(again.recovered.kept, 8);
  throws(() => again.begin(RecordType.OUTGOING, 9, 1), /8 records are kept already/);
});

test("a partition that cannot be used and an option out of range are refused", () => {
  const wrong: [RegExp, Partial<Geometry>, object][] = [
    [/of 5 blocks or more, it has 4/, { blocks: 4 }, {}],
    [/writeAlign must be a power of two from 1 to 512/, {}, { writeAlign: 24 }],
    [/recordLength must be a whole number from 64 to 64/, {}, { recordLength: 65 }],
    [/liveRecords must be a whole number from 1 to 1024/, {}, { liveRecords: 0 }],
  ];
  for (const [message, over, more] of wrong) throws(() => new Journal(blank(over), { ...options, ...more }), message);
  const flash = blank();
  throws(() => new Journal(instead(flash, { status: () => ({ ...flash.status(), eraseValue: 0 }) }), options), /must be of NOR flash/);
});

test("a partition that does not say how it is written is ESP32's", () => {
  const flash = blank();
  const journal = new Journal(instead(flash, { status: () => ({ size: 2048, blocks: 8, blockLength: 256 }) }), options);
  equal(journal.medium.unit, 4);
});

test("a spoilt record in the middle is passed over and reported; a spoilt header costs nothing", () => {
  const flash = blank();
  const journal = new Journal(flash, options);
  for (let key = 1; key <= 6; key++) put(journal, key, new Uint8Array(40));
  const length = 56;
  for (const [at, kept, damaged] of [[256 + 24 + length + 1, 5, 1], [256 + 24 + length + 30, 5, 1], [256 + 3, 6, 0]] as const) {
    const spoilt = flash.restart();
    spoilt.bytes[at] = 0x55;
    deepEqual(new Journal(spoilt.restart(), options).recovered, { kept, readings: 0, damaged, foreign: false });
  }
});

test("after a write that failed the block is left alone", () => {
  const flash = blank();
  let fails = false;
  const journal = new Journal(instead(flash, {
    write: (data, offset) => {
      if (fails) throw new Error("write failed");
      flash.write(data, offset);
    },
  }), options);
  put(journal, 1, bytes("01"));
  fails = true;
  throws(() => put(journal, 2, bytes("02")), /write failed/);
  fails = false;
  equal(journal.live.count, 1);
  put(journal, 3, bytes("03"));
  deepEqual(flash.erased.slice(0, 4), [0, 1, 1, 0]);
  equal(new Journal(flash.restart(), options).recovered.kept, 2);
});
