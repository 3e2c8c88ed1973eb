/** A client with its session on flash, over restarts of the device. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { test } from "node:test";
import { Journal } from "../../src/storage/journal.js";
import { Name, RecordType } from "../../src/storage/layout.js";
import { SessionStore } from "../../src/storage/session-store.js";
import { FakeFlash } from "../storage/fake-flash.js";
import { Random } from "../storage/random.js";
import { subject } from "./network.js";
import { ScriptedBroker } from "./scripted-broker.js";

/** A store on blank flash, or on what a power cut has left of it. */
function on(flash: FakeFlash): SessionStore {
  return new SessionStore(new Journal(flash, { recordLength: 128 }));
}

function blank(): FakeFlash {
  return new FakeFlash({ blocks: 8, blockLength: 512, writeAlign: 4 }, new Random(1));
}

/** Packet Identifiers that are kept. */
function inFlight(flash: FakeFlash): number[] {
  const { live } = new Journal(flash.restart(), { recordLength: 128 });
  return Array.from({ length: live.count }, (_, i) => live.name(i)).filter((name) => name >> Name.TYPE === RecordType.OUTGOING).map((name) => name & Name.KEY);
}

test("durable publications of QoS 1 and 2 that were in flight at a power cut go on under their identifiers, in order", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const flash = blank();
  const before = subject(t, broker.url, { storage: on(flash), reconnect: false });
  const first = await broker.welcome();
  await before.client.ready();
  const lost = [before.client.publish("one", "x", { qos: 1, durability: "flash" }), before.client.publish("two", "y", { qos: 2, durability: "flash" })];
  await first.expect("32 09 00 03 'one' 00 01 00 'x'");
  await first.expect("34 09 00 03 'two' 00 02 00 'y'");
  const image = flash.restart();
  first.cut();
  equal((await Promise.allSettled(lost)).every(({ status }) => status === "rejected"), true);

  const after = subject(t, broker.url, { storage: on(image) });
  const link = await broker.accept();
  equal((await link.nextIs("connect"))["clean"], false);
  link.greet({ sessionPresent: true });
  await link.expect("3A 09 00 03 'one' 00 01 00 'x'");
  await link.expect("3C 09 00 03 'two' 00 02 00 'y'");
  link.send("40 02 00 01", "50 02 00 02");
  await link.expect("62 02 00 02");
  link.send("70 02 00 02");
  // Its answer shows that PUBCOMP has been taken.
  const three = after.client.publish("three", "z", { qos: 1, durability: "flash" });
  await link.expect("32 0B 00 05 'three' 00 03 00 'z'");
  link.send("40 02 00 03");
  equal(await three, 0);
  deepEqual(inFlight(image), []);
});

test("when the broker has lost the session meanwhile, what is kept ends: nothing stays on flash", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const flash = blank();
  const before = subject(t, broker.url, { storage: on(flash), reconnect: false });
  const first = await broker.welcome();
  await before.client.ready();
  const lost = ["one", "two"].map((topic) => before.client.publish(topic, "x", { qos: 2, durability: "flash" }));
  await first.expect("34 09 00 03 'one' 00 01 00 'x'");
  await first.expect("34 09 00 03 'two' 00 02 00 'x'");
  first.send("50 02 00 01");
  await first.expect("62 02 00 01");
  const image = flash.restart();
  first.cut();
  await Promise.allSettled(lost);
  deepEqual(inFlight(image), [2, 1]);

  const after = subject(t, broker.url, { storage: on(image) });
  const link = await broker.welcome({ sessionPresent: false });
  await after.errors.next();
  // What cannot be sent again is reported; the next one comes through.
  const three = after.client.publish("three", "z", { qos: 1, durability: "flash" });
  await link.expect("32 0B 00 05 'three' 00 03 00 'z'");
  link.send("40 02 00 03");
  equal(await three, 0);
  deepEqual(inFlight(image), []);
});

test("MQTT 3.1.1 goes on with a session that MQTT 5.0 began clean, without an answer: what is under way at QoS 2 has an unknown fate", async (t) => {
  const broker = await ScriptedBroker.start(t);
  const { client } = subject(t, broker.url, { storage: on(blank()), early: true, reconnect: { minimum: 0, maximum: 0 } });
  const one = client.publish("a", "x", { qos: 2 });
  const first = await broker.accept();
  await first.nextIs("connect");
  await first.nextIs("publish");
  const lost = rejects(one);
  first.cut();
  const second = await broker.welcome({ version: 4, sessionPresent: true });
  await lost;
  equal(await client.publish("z", "0"), 0);
  await second.expect("30 04 00 01 'z' '0'");
});
