/** The node with a flash partition: what it keeps while there is no broker, and what a bad partition does to it. */
import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { MqttError } from "../../src/protocol/error.js";
import type { FlashPartition } from "../../src/storage/flash.js";
import { FakeFlash } from "../storage/fake-flash.js";
import { Random } from "../storage/random.js";
import { Bench, FakeSensor, fakeType } from "./fake-host.js";

const MINUTE = 60_000;
const FAILED = "flash cannot be erased: no answer from flash: check the partition table, replace a chip that is worn out";
const DAY = 24 * 60;
/** What a fake sensor measures. */
const readings = { temperature: 21.5, humidity: 45.12, pressure: 101_325.25 };

function flash(blocks = 64, bytes?: Uint8Array): FakeFlash {
  return new FakeFlash({ blocks, blockLength: 4096, writeAlign: 4 }, new Random(1), bytes);
}

function bench(partition: FlashPartition): Bench {
  const made = new Bench();
  made.flash = partition;
  return made;
}

/** Times of telemetry messages that were kept: those without uptime. */
function keptTimes(subject: Bench): number[] {
  return (subject.payloads("telemetry") as { time: number; uptime?: number }[]).filter(({ uptime }) => uptime === undefined).map(({ time }) => time);
}

test("a day without broker: 1,440 readings arrive in order with their times", async () => {
  const subject = bench(flash());
  subject.start();
  await subject.timers.pass(DAY * MINUTE + 100);
  equal(subject.client.published.length, 0);
  subject.client.come();
  await subject.timers.pass(0);
  await subject.timers.pass(100);
  for (let turns = 0; turns < 3000 && subject.client.published.length < DAY + 3; turns++) await subject.timers.pass(0);
  const start = subject.epoch / 1000;
  deepEqual(keptTimes(subject), Array.from({ length: DAY }, (_, minute) => start + 60 * (minute + 1)));
  deepEqual(subject.payloads("storage"), [{ kept: 0, damaged: 0, foreign: false, readings: DAY, dropped: 0 }]);
});

test("readings of named sensors come back on their own topics, in order, each with the time when it was measured", async () => {
  const partition = flash();
  const subject = bench(partition);
  const b = new FakeSensor();
  b.sampled = { ...b.sampled, time: subject.epoch + 50_000 };
  subject.registry = [fakeType(new FakeSensor(), "A"), fakeType(b, "B", 0x77)];
  const sensors = { a: { type: "A", interval: 30 }, '"ü"': { type: "B", interval: 60 } };
  subject.start({ sensors });
  await subject.timers.pass(2 * MINUTE + 100);
  subject.client.come();
  await subject.timers.pass(0);
  const start = subject.epoch / 1000;
  const kept = (name: string): unknown[] => subject.payloads(`telemetry/${name}`).filter((payload) => !("uptime" in Object(payload)));
  deepEqual(kept("a"), [30, 60, 90, 120].map((time) => ({ time: start + time, sensor: "A", ...readings })));
  deepEqual(kept('"ü"'), [50, 50].map((time) => ({ time: start + time, sensor: "B", ...readings })));
  deepEqual(subject.payloads("telemetry"), []);
});

test("readings outlive a restart, and what was not acknowledged comes again", async () => {
  const partition = flash();
  const before = bench(partition);
  before.start();
  await before.timers.pass(6 * MINUTE + 100);
  before.client.acknowledges = false;
  before.client.come();
  await before.timers.pass(100);

  const after = bench(partition.restart());
  after.epoch += 3_600_000;
  after.start();
  after.client.come();
  await after.timers.pass(100);
  deepEqual(keptTimes(after), [1, 2, 3, 4, 5, 6].map((minute) => before.epoch / 1000 + 60 * minute));
  deepEqual(after.payloads("storage"), [{ kept: 0, damaged: 0, foreign: false, readings: 6, dropped: 0 }]);
});

test("what is kept on the way is told at the next connection, once", async () => {
  const subject = bench(flash());
  subject.start();
  subject.client.come();
  await subject.timers.pass(100);
  subject.client.lose("gone");
  await subject.timers.pass(2 * MINUTE);
  for (const times of [1, 2]) {
    subject.client.come();
    await subject.timers.pass(100);
    equal(subject.payloads("storage").length, 2, `connection ${times}`);
    subject.client.lose("gone");
  }
  deepEqual(subject.payloads("storage")[1], { readings: 2, dropped: 0 });
});

test("a full partition drops the oldest readings and counts them", async () => {
  const subject = bench(flash(5));
  subject.start();
  await subject.timers.pass(DAY * MINUTE + 100);
  subject.client.come();
  for (let turns = 0; turns < 2000; turns++) await subject.timers.pass(0);
  const [report] = subject.payloads("storage") as { readings: number; dropped: number }[];
  const times = keptTimes(subject);
  equal(times.length, report?.readings);
  equal((report?.readings ?? 0) + (report?.dropped ?? 0), DAY);
  equal(times.at(-1), subject.epoch / 1000 + DAY * 60);
  deepEqual(times, [...times].sort((a, b) => a - b));
});

test("a foreign partition is told of and used", async () => {
  const subject = bench(flash(16, new Random(7).bytes(16 * 4096)));
  subject.start();
  await subject.timers.pass(MINUTE + 100);
  subject.client.come();
  await subject.timers.pass(100);
  deepEqual(subject.payloads("storage"), [{ kept: 0, damaged: 0, foreign: true, readings: 1, dropped: 0 }]);
  equal(keptTimes(subject).length, 1);
});

test("without a partition that works the node is as without any", async () => {
  const small = bench(flash(2));
  small.start();
  small.client.come();
  await small.timers.pass(100);
  match(String(small.events[0]?.[1]), /the partition must be of 5 blocks or more/);
  equal(small.client.options.storage, undefined);
  equal(small.payloads("status")[0], "online");
});

test("a session that cannot be taken up is erased for the next start, and the node goes on without", async () => {
  const partition = flash(16);
  const subject = bench(partition);
  subject.refuseStorage = new Error("the journal is full");
  subject.start();
  subject.client.come();
  await subject.timers.pass(100);
  equal(subject.client.options.storage, undefined);
  deepEqual(subject.events[0], ["error", "the journal is full"]);
  deepEqual([...partition.erased], new Array(16).fill(1));
});

test("flash that fails as the session is taken up is reported, and not erased: the next start may find what is kept", async () => {
  const partition = flash(16);
  const subject = bench(partition);
  subject.refuseStorage = Object.assign(new MqttError("resource", FAILED), { cause: new Error("no answer from flash") });
  subject.start();
  subject.client.come();
  await subject.timers.pass(100);
  deepEqual([subject.events[0], subject.payloads("status")], [["error", FAILED], ["online"]]);
  deepEqual([...partition.erased], new Array(16).fill(0));
});

test("readings that flash does not take are reported once, and sent as without it; when it works again they are kept", async () => {
  const partition = flash(16);
  const subject = bench(partition);
  let fails = true;
  partition.onOperation = () => {
    if (fails) throw new Error("no answer from flash");
  };
  subject.start();
  await subject.timers.pass(5 * MINUTE + 100);
  deepEqual(subject.events.filter(([name]) => name === "error"), [["error", FAILED]]);
  fails = false;
  await subject.timers.pass(2 * MINUTE);
  subject.client.come();
  await subject.timers.pass(100);
  equal(keptTimes(subject).length, 2);
});
