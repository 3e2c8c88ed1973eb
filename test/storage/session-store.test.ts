import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import { MqttError } from "../../src/protocol/error.js";
import { Incoming } from "../../src/protocol/session/incoming.js";
import { OutgoingState } from "../../src/protocol/session/outgoing.js";
import { Publication, type PublicationPayload } from "../../src/protocol/session/publication.js";
import { Session } from "../../src/protocol/session/session.js";
import type { PublicationInHand, PublicationOwner } from "../../src/protocol/session/session-storage.js";
import { Journal } from "../../src/storage/journal.js";
import { SessionStore } from "../../src/storage/session-store.js";
import { bytes } from "../protocol/support/bytes.js";
import { refused } from "../protocol/support/encoding.js";
import { FakeFlash } from "./fake-flash.js";
import { Random } from "./random.js";

const options = { recordLength: 128, liveRecords: 10 };
const kitchen = "kitchen at broker:8883";
const x = bytes("'x'");

function blank(): FakeFlash {
  return new FakeFlash({ blocks: 8, blockLength: 512, writeAlign: 4 }, new Random(1));
}

interface Opened {
  readonly flash: FakeFlash;
  readonly store: SessionStore;
  readonly session: Session;
  readonly unsent: readonly PublicationInHand[];
}

/** Starts the device: on blank flash, or on what another start has left. */
function start(from: FakeFlash | undefined, identity = kitchen, limits: readonly number[] = [], owner: PublicationOwner = {}): Opened {
  const flash = from?.restart() ?? blank();
  const store = new SessionStore(new Journal(flash, options));
  const session = new Session(...limits);
  return { flash, store, session, unsent: store.restore(session, identity, owner) };
}

/** A device that has been connected. */
function connected(): Opened {
  const opened = start(undefined);
  opened.store.begun();
  return opened;
}

/** Identifiers and states in the order of the table. */
function table({ session: { outgoing } }: Opened): number[][] {
  return Array.from({ length: outgoing.count }, (_, i) => [outgoing.at(i).identifier, outgoing.at(i).state]);
}

function identifiers(list: readonly PublicationInHand[]): unknown[] {
  return list.map(({ publication }) => publication.identifier);
}

function all(payload: PublicationPayload | undefined): Uint8Array | undefined {
  return payload instanceof Uint8Array ? payload : payload?.read(0, 1000).slice();
}

const lamp = new Publication("lamp", 1, true);
const once = new Publication("lamp", 2, false);

test("a publication comes back as it was: topic, flags, properties and payload", () => {
  const { flash, store } = connected();
  const publication = new Publication("kitchen/temperature", 1, true, { contentType: "text/plain" });
  store.keep(publication, bytes("'21.5'"), 7);
  const opened = start(flash);
  deepEqual([table(opened), opened.unsent, opened.session.established], [[[7, OutgoingState.PUBACK]], [], true]);
  const { publication: found, payload } = opened.session.outgoing.at(0);
  deepEqual([found?.topic, found?.flags, found?.qos, found?.properties, found?.identifier], [publication.topic, 3, 1, publication.properties, 7]);
  ok(payload !== undefined && !(payload instanceof Uint8Array));
  equal(payload.byteLength, 4);
  deepEqual(payload.read(0, 2).slice(), bytes("'21'"));
  deepEqual(payload.read(2, 100).slice(), bytes("'.5'"));
});

test("a payload that comes in pieces is kept whole, an empty one too", () => {
  const { flash, store } = connected();
  const whole = bytes("'a payload in pieces'");
  store.keep(lamp, { byteLength: whole.length, read: (offset, count) => whole.subarray(offset, offset + Math.min(count, 3)) }, 1);
  store.keep(lamp, new Uint8Array(0), 2);
  const { outgoing } = start(flash).session;
  deepEqual([all(outgoing.at(0).payload), all(outgoing.at(1).payload)], [whole, new Uint8Array(0)]);
});

test("publications come back in the order of keeping, PUBRELs in that of the PUBRECs, whatever their identifiers", () => {
  const { flash, store } = connected();
  for (const identifier of [65_534, 65_535, 1, 2]) store.keep(once, x, identifier).sent?.();
  store.released(1);
  store.released(65_534);
  store.done(2);
  const opened = start(flash);
  deepEqual(table(opened), [[65_535, OutgoingState.PUBREC], [1, OutgoingState.PUBREL], [65_534, OutgoingState.PUBREL]]);
  opened.session.outgoing.at(1).publication?.settled?.(0, x);
  deepEqual(table(start(opened.flash)), [[65_535, OutgoingState.PUBREC], [65_534, OutgoingState.PUBREL]]);
});

test("a QoS 2 publication that was not sent is given back as such, with those behind it", () => {
  const { flash, store } = connected();
  store.keep(lamp, x, 1);
  store.keep(once, x, 2).sent?.();
  store.keep(once, x, 3);
  store.keep(lamp, x, 4);
  store.keep(once, x, 5).sent?.();
  store.released(5);
  const opened = start(flash);
  deepEqual(table(opened), [[1, OutgoingState.PUBACK], [2, OutgoingState.PUBREC], [5, OutgoingState.PUBREL]]);
  deepEqual(identifiers(opened.unsent), [3, 4]);
});

test("that one was sent is known while it is in flight and no longer", () => {
  const { flash, store } = connected();
  for (let i = 0; i < 200; i++) {
    store.keep(once, x, 1).sent?.();
    store.released(1);
    store.done(1);
  }
  store.keep(once, x, 2).sent?.();
  for (let i = 0; i < 200; i++) {
    store.keep(lamp, x, 3);
    store.done(3);
  }
  store.keep(once, x, 1);
  const opened = start(flash);
  deepEqual([table(opened), identifiers(opened.unsent)], [[[2, OutgoingState.PUBREC]], [1]]);
});

test("what has no room in the table is given back, PUBRELs have their room", () => {
  const { flash, store } = connected();
  for (const identifier of [1, 2, 3, 4]) store.keep(lamp, x, identifier);
  store.keep(once, x, 5).sent?.();
  store.released(5);
  const opened = start(flash, kitchen, [2]);
  deepEqual([table(opened), identifiers(opened.unsent)], [[[1, OutgoingState.PUBACK], [2, OutgoingState.PUBACK], [5, OutgoingState.PUBREL]], [3, 4]]);
});

test("what was sent may have arrived, also where no session was to stay: at QoS 2 it is not sent anew", () => {
  const { flash, store } = start(undefined);
  store.keep(lamp, x, 1);
  store.keep(once, x, 2).sent?.();
  store.keep(once, x, 3);
  const opened = start(flash);
  deepEqual([opened.session.established, table(opened), identifiers(opened.unsent)], [false, [[1, OutgoingState.PUBACK], [2, OutgoingState.PUBREC]], [3]]);
  opened.store.begun();
  const { writes } = opened.flash;
  opened.store.begun();
  equal(opened.flash.writes, writes);
  ok(start(opened.flash).session.established);
});

test("its end is noted before its owner is told; after a restart that is the one that was given", () => {
  const { flash, store } = connected();
  const told: [number, number][] = [];
  const owner: PublicationOwner = { settled: (outcome) => void told.push([Number(outcome), table(start(flash)).length]) };
  store.keep(Object.assign(new Publication("lamp", 1, true), owner), x, 1).settled?.(16, x);
  deepEqual(told, [[16, 0]]);
  store.keep(lamp, x, 2);
  const opened = start(flash, kitchen, [], { settled: (outcome) => void told.push([Number(outcome), -1]) });
  opened.session.outgoing.at(0).publication?.settled?.(17, x);
  deepEqual(told[1], [17, -1]);
  deepEqual(table(start(opened.flash)), []);
});

test("one that was not accepted after all is not kept", () => {
  const { flash, store } = connected();
  store.keep(lamp, x, 1).abandoned?.();
  deepEqual(table(start(flash)), []);
});

test("received QoS 2 identifiers come back until they are forgotten, as many as the session takes", () => {
  const { flash, store } = connected();
  for (const identifier of [9, 3, 5]) store.received(identifier);
  store.forgotten(3);
  store.forgotten(4);
  const { incoming } = start(flash).session;
  deepEqual([incoming.count, incoming.entry(0), incoming.entry(1)], [2, 9 | Incoming.PUBREL | Incoming.QOS_2, 5 | Incoming.PUBREL | Incoming.QOS_2]);
  equal(start(flash, kitchen, [8, 1]).session.incoming.count, 1);
});

test("the same identifier in both directions is two things", () => {
  const { flash, store } = connected();
  store.keep(lamp, x, 4);
  store.received(4);
  store.done(4);
  const opened = start(flash);
  deepEqual([table(opened), opened.session.incoming.count], [[], 1]);
});

test("another broker or client identifier starts clean, in one write, for good", () => {
  const { flash, store } = connected();
  store.keep(lamp, x, 4);
  store.received(5);
  store.used(6);
  equal(start(flash).flash.writes, 0);
  const other = start(flash, "bathroom at broker:8883");
  deepEqual([other.session.established, table(other), other.session.incoming.count, other.flash.writes, other.session.outgoing.nextIdentifier()], [false, [], 0, 1, 1]);
  const back = start(other.flash);
  deepEqual([back.session.established, table(back), back.unsent], [false, [], []]);
});

test("too much to keep is refused, but not what ends an exchange", () => {
  const { flash, store } = connected();
  for (let identifier = 1; identifier <= 8; identifier++) store.keep(once, x, identifier);
  throws(() => store.keep(lamp, x, 9), { kind: "resource", message: /10 records are kept already: raise liveRecords/ });
  store.sent(1);
  store.released(1);
  store.used(9);
  deepEqual(table(start(flash)), [[1, OutgoingState.PUBREL]]);
});

test("publications that fill the store leave room for received identifiers, which the application has seen the messages of", () => {
  const { flash, store } = connected();
  throws(() => {
    for (let identifier = 1; ; identifier++) store.keep(once, x, identifier);
  }, { kind: "resource" });
  for (let identifier = 1; identifier <= 20; identifier++) store.received(identifier);
  equal(start(flash).session.incoming.count, 20);
  let error: MqttError | undefined;
  for (let identifier = 21; error === undefined; identifier++) error = store.received(identifier);
  deepEqual([error.kind, error.cause], ["resource", undefined]);
  match(error.message, /use a larger partition/);
});

test("an identifier that is kept is not given to another publication", () => {
  const { flash, store } = start(undefined);
  store.keep(lamp, bytes("'first'"), 1);
  throws(() => store.keep(lamp, x, 1), { kind: "resource", message: /Packet Identifier 1 is still kept/ });
  const opened = start(flash);
  equal(opened.session.outgoing.nextIdentifier(), 2);
  deepEqual(all(opened.session.outgoing.at(0).payload), bytes("'first'"));
});

test("identifiers of QoS 2 publications that are not kept are not used again at once after a restart", () => {
  const { flash, store } = connected();
  const { writes } = flash;
  for (let identifier = 1; identifier <= 300; identifier++) store.used(identifier);
  equal(flash.writes, writes + 2);
  const second = start(flash);
  equal(second.session.outgoing.nextIdentifier(), 513);
  for (const identifier of [30_000, 60_000, 65_535]) second.store.used(identifier);
  const third = start(second.flash);
  equal(third.session.outgoing.nextIdentifier(), 255);
  for (const identifier of [30_000, 60_000, 65_280]) third.store.used(identifier);
  equal(start(third.flash).session.outgoing.nextIdentifier(), 1);
});

test("the identifier of one that was given up, perhaps after it was sent, is not used again at once after a restart", () => {
  const { flash, store } = connected();
  const error = new MqttError("configuration", "the broker takes QoS 1 at most");
  store.keep(once, x, 3).settled?.(error, x);
  const second = start(flash);
  deepEqual([table(second), second.session.outgoing.nextIdentifier()], [[], 259]);
  // Nor are those used again that were used before it was.
  second.store.used(600);
  second.store.keep(once, x, 4).settled?.(error, x);
  equal(start(second.flash).session.outgoing.nextIdentifier(), 856);
});

test("a publication that is too long is refused, and nothing is kept of it", () => {
  const { flash, store } = connected();
  throws(() => store.keep(lamp, new Uint8Array(102), 1), { kind: "resource", message: /takes 113 bytes, a record has 112: raise recordLength by 1 or more/ });
  store.keep(lamp, new Uint8Array(101), 1);
  deepEqual(table(start(flash)), [[1, OutgoingState.PUBACK]]);
});

for (const given of [0, 5])
  test(`a payload source of 4 bytes that gives ${given} is a mistake of the application, and nothing is kept`, () => {
    const { flash, store } = connected();
    refused(() => store.keep(lamp, { byteLength: 4, read: () => new Uint8Array(given) }, 1), new RegExp(`must give 1 to 4 bytes, not ${given}$`));
    deepEqual(table(start(flash)), []);
    store.keep(lamp, x, 1);
    deepEqual(table(start(flash)), [[1, OutgoingState.PUBACK]]);
  });
