import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import { Journal } from "../../src/storage/journal.js";
import { SessionStore } from "../../src/storage/session-store.js";
import { TelemetryLog } from "../../src/storage/telemetry-log.js";
import { refused } from "../protocol/support/encoding.js";
import { FakeFlash } from "./fake-flash.js";
import { Random } from "./random.js";

const options = { recordLength: 128 };
const noon = Date.UTC(2026, 5, 1, 12);

function blank(): FakeFlash {
  return new FakeFlash({ blocks: 8, blockLength: 512, writeAlign: 4 }, new Random(1));
}

function open(flash: FakeFlash): TelemetryLog {
  return new TelemetryLog(new Journal(flash, options));
}

/** All readings to come: number, time and first byte. */
function rest(log: TelemetryLog): number[][] {
  const list: number[][] = [];
  while (log.next()) list.push([log.number, log.time - noon, log.read()[0] ?? -1]);
  return list;
}

/** Appends readings a minute apart, each holding its number. */
function fill(log: TelemetryLog, from: number, to: number): void {
  for (let i = from; i <= to; i++) log.append(noon + i * 60_000 + 7, Uint8Array.of(i, 0, 0, 0));
}

test("readings come in order with their time, also after a restart", () => {
  const flash = blank();
  fill(open(flash), 1, 3);
  const log = open(flash.restart());
  equal(log.count, 3);
  deepEqual(rest(log), [[1, 60_007, 1], [2, 120_007, 2], [3, 180_007, 3]]);
});

test("readings appended while others are sent come after them", () => {
  const log = open(blank());
  fill(log, 1, 2);
  ok(log.next());
  fill(log, 3, 3);
  deepEqual(rest(log).map(([number]) => number), [2, 3]);
  equal(log.next(), false);
  fill(log, 4, 4);
  deepEqual(rest(log).map(([number]) => number), [4]);
});

test("what is not done comes again after a rewind or a restart, what is done does not", () => {
  const flash = blank();
  const log = open(flash);
  fill(log, 1, 5);
  rest(log);
  log.done(2);
  equal(log.count, 3);
  log.rewind();
  deepEqual(rest(log).map(([number]) => number), [3, 4, 5]);
  deepEqual(rest(open(flash.restart())).map(([number]) => number), [3, 4, 5]);
});

test("done is one write for any number of readings, and none when repeated", () => {
  const flash = blank();
  const log = open(flash);
  fill(log, 1, 9);
  const writes = flash.writes;
  log.done(9);
  log.done(9);
  log.done(4);
  deepEqual([flash.writes, log.count], [writes + 1, 0]);
});

test("when it is full the oldest are dropped and counted, over restarts too", () => {
  const flash = blank();
  const log = open(flash);
  fill(log, 1, 200);
  const { count, dropped } = log;
  ok(count > 60 && dropped > 0);
  equal(count + dropped, 200);
  deepEqual(rest(log).map(([number]) => number), Array.from({ length: count }, (_, i) => dropped + 1 + i));
  const again = open(flash.restart());
  deepEqual([again.count + again.dropped, rest(again).length], [200, again.count]);
  again.done(200);
  deepEqual([again.count, again.dropped, open(flash.restart()).dropped], [0, dropped, dropped]);
});

test("a reader whose place was dropped goes on with the oldest there is", () => {
  const log = open(blank());
  fill(log, 1, 10);
  ok(log.next());
  fill(log, 11, 200);
  ok(log.next());
  equal(log.number, log.dropped + 1);
});

test("numbers go on when no reading is left on flash", () => {
  const flash = blank();
  const journal = new Journal(flash, options);
  const log = new TelemetryLog(journal);
  const store = new SessionStore(journal);
  fill(log, 1, 5);
  log.done(5);
  store.begun();
  for (let i = 0; i < 500; i++) {
    store.received(1);
    store.forgotten(1);
  }
  const restarted = flash.restart();
  const again = open(restarted);
  deepEqual([again.count, again.dropped], [0, 0]);
  fill(again, 6, 6);
  deepEqual(rest(again).map(([number]) => number), [6]);
  deepEqual(rest(open(restarted.restart())).map(([number]) => number), [6]);
});

test("a spoilt reading is passed over and counted", () => {
  const flash = blank();
  fill(open(flash), 1, 3);
  const at = 512 + 24 + 24 + 20;
  flash.bytes[at] = (flash.bytes[at] ?? 0) ^ 4;
  const journal = new Journal(flash.restart(), options);
  deepEqual(rest(new TelemetryLog(journal)).map(([number]) => number), [1, 3]);
  equal(journal.damaged, 1);
});

test("a reading may be empty, of any time to 2106, and at most as long as a record", () => {
  const log = open(blank());
  log.append(4_294_967_295_999, new Uint8Array(0));
  throws(() => log.append(noon, new Uint8Array(109)), { kind: "resource", message: /takes 113 bytes, a record has 112/ });
  log.append(noon, new Uint8Array(108));
  ok(log.next());
  deepEqual([log.time, log.read().length], [4_294_967_295_999, 0]);
  ok(log.next());
  deepEqual([log.time, log.read().length], [noon, 108]);
});

test("what is no time or no bytes is refused, and nothing is kept of it", () => {
  const log = open(blank());
  for (const time of [NaN, -1, 0.5, 4_294_967_296_000]) refused(() => log.append(time, Uint8Array.of(1)), /^time must be a whole number from 0 to 4294967295999/);
  const text: unknown = "21.5";
  refused(() => log.append(noon, text as Uint8Array), /^data must be a Uint8Array$/);
  deepEqual([log.count, log.next()], [0, false]);
});

test("one that was sent, dropped and then done does not come again, whatever has moved meanwhile", () => {
  const flash = new FakeFlash({ blocks: 6, blockLength: 512, writeAlign: 4 }, new Random(1));
  const journal = new Journal(flash, options);
  const log = new TelemetryLog(journal);
  const store = new SessionStore(journal);
  let dropped = 0;
  // They move, and readings behind them have to make room.
  for (let identifier = 1; identifier <= 20; identifier++) store.received(identifier);
  for (let i = 1; i <= 200; i++) {
    log.append(noon, new Uint8Array(90));
    if (log.dropped === dropped) continue;
    dropped = log.dropped;
    log.done(dropped);
    const again = open(flash.restart());
    equal(again.next(), true);
    equal(again.number, dropped + 1);
    equal(again.dropped, dropped);
  }
  ok(dropped > 50);
});
