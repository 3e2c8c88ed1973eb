import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import { Publication } from "../../src/protocol/session/publication.js";
import { Journal } from "../../src/storage/journal.js";
import { SessionStore } from "../../src/storage/session-store.js";
import { bytes } from "../protocol/support/bytes.js";
import { FakeFlash } from "./fake-flash.js";
import { Random } from "./random.js";

const options = { recordLength: 128, liveRecords: 8 };
const kitchen = bytes("'mqtts://broker/kitchen'");

function blank(): FakeFlash {
  return new FakeFlash({ blocks: 8, blockLength: 512, writeAlign: 4 }, new Random(1));
}

function open(flash: FakeFlash, identity = kitchen): { store: SessionStore; resumed: boolean } {
  const store = new SessionStore(new Journal(flash, options));
  return { store, resumed: store.open(identity) };
}

function identifiers(store: SessionStore): number[] {
  return store.outgoing().map(({ identifier }) => identifier);
}

const on = new Publication("lamp", 1, true);

test("a publication comes back as it was: topic, flags, properties and payload", () => {
  const flash = blank();
  const publication = new Publication("kitchen/temperature", 2, true, { contentType: "text/plain" });
  open(flash).store.store(7, publication, bytes("'21.5'"));
  const [exchange] = open(flash.restart()).store.outgoing();
  equal(exchange?.identifier, 7);
  const found = exchange.publication;
  deepEqual([found?.topic, found?.flags, found?.qos, found?.properties, found?.topicAlias], [publication.topic, 5, 2, publication.properties, 0]);
  equal(found?.payload.byteLength, 4);
  deepEqual(found.payload.read(0, 2).slice(), bytes("'21'"));
  deepEqual(found.payload.read(2, 100).slice(), bytes("'.5'"));
});

test("a payload that comes in pieces is kept whole", () => {
  const flash = blank();
  const all = bytes("'a payload in pieces'");
  open(flash).store.store(1, on, { byteLength: all.length, read: (offset, count) => all.subarray(offset, offset + Math.min(count, 3)) });
  const [exchange] = open(flash.restart()).store.outgoing();
  deepEqual(exchange?.publication?.payload.read(0, 100).slice(), all);
});

test("publications come back in the order of sending, PUBRELs in that of the PUBRECs, whatever their identifiers", () => {
  const flash = blank();
  const { store } = open(flash);
  for (const identifier of [65_534, 65_535, 1, 2]) store.store(identifier, on, bytes("'x'"));
  store.released(1);
  store.released(65_534);
  store.done(2);
  const restored = open(flash.restart()).store;
  deepEqual(restored.outgoing().map(({ identifier, publication }) => [identifier, publication === undefined]), [[65_535, false], [1, true], [65_534, true]]);
  restored.done(1);
  deepEqual(identifiers(open(flash.restart()).store), [65_535, 1, 65_534]);
});

test("received QoS 2 identifiers come back until they are released", () => {
  const flash = blank();
  const { store } = open(flash);
  for (const identifier of [9, 3, 5]) store.received(identifier);
  store.forgotten(3);
  store.forgotten(4);
  deepEqual(open(flash.restart()).store.incoming(), [9, 5]);
});

test("the same identifier in both directions is two things", () => {
  const flash = blank();
  const { store } = open(flash);
  store.store(4, on, bytes("'x'"));
  store.received(4);
  store.done(4);
  const restored = open(flash.restart()).store;
  deepEqual([identifiers(restored), restored.incoming()], [[], [4]]);
});

test("another broker or client identifier starts clean, in one write, for good", () => {
  const flash = blank();
  const { store, resumed } = open(flash);
  equal(resumed, false);
  store.store(4, on, bytes("'x'"));
  store.received(5);
  const same = flash.restart();
  ok(open(same).resumed);
  equal(same.writes, 0);
  const moved = flash.restart();
  const other = open(moved, bytes("'mqtts://broker/bathroom'"));
  deepEqual([other.resumed, other.store.outgoing(), other.store.incoming(), moved.writes], [false, [], [], 1]);
  const back = open(moved.restart());
  deepEqual([back.resumed, back.store.outgoing()], [false, []]);
});

test("a PUBREC is kept even when nothing more is", () => {
  const flash = blank();
  const { store } = open(flash);
  for (let identifier = 1; identifier < 8; identifier++) store.store(identifier, on, bytes("'x'"));
  throws(() => store.store(8, on, bytes("'x'")), { kind: "resource" });
  throws(() => store.received(8), { kind: "resource" });
  store.released(1);
  deepEqual(identifiers(open(flash.restart()).store), [2, 3, 4, 5, 6, 7, 1]);
});

test("identifiers of QoS 2 publications that are not kept are not used again too soon after a restart", () => {
  const flash = blank();
  const { store } = open(flash);
  equal(store.firstIdentifier, 1);
  const writes = flash.writes;
  for (let identifier = 1; identifier <= 300; identifier++) store.used(identifier);
  equal(flash.writes, writes + 2);
  const restored = open(flash.restart()).store;
  equal(restored.firstIdentifier, 513);
  restored.used(65_535);
  equal(restored.firstIdentifier, 255);
  for (let identifier = 1; identifier < 255; identifier++) restored.used(identifier);
  equal(restored.firstIdentifier, 255);
  restored.used(65_280);
  equal(restored.firstIdentifier, 1);
});

test("a publication that is too long is refused, and nothing is kept of it", () => {
  const flash = blank();
  const { store } = open(flash);
  throws(() => store.store(1, on, new Uint8Array(102)), { kind: "resource", message: /takes 113 bytes, a record has 112: raise recordLength by 1 or more/ });
  store.store(1, on, new Uint8Array(101));
  deepEqual(identifiers(open(flash.restart()).store), [1]);
});
