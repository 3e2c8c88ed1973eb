import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { Incoming, IncomingTable } from "../../../src/protocol/session/incoming.js";
import type { SessionStorage } from "../../../src/protocol/session/session-storage.js";

const { PENDING, DUE, PUBREL, QOS_2 } = Incoming;

function filled(...list: readonly (readonly [identifier: number, qos2: boolean, state: number, reasonCode: number])[]): IncomingTable {
  const table = new IncomingTable(8);
  for (const [identifier, qos2, state, reasonCode] of list) table.add(identifier | (qos2 ? QOS_2 : 0) | state | (reasonCode << Incoming.REASON_CODE));
  return table;
}

const entries = (table: IncomingTable): (number | boolean)[][] =>
  Array.from({ length: table.count }, (_, i) => {
    const entry = table.entry(i);
    return [entry & Incoming.IDENTIFIER, (entry & QOS_2) !== 0, entry & Incoming.STATE, entry >>> Incoming.REASON_CODE];
  });

test("entries keep their order and all that was said of them", () => {
  const list = [[0xffff, true, PENDING, 0], [1, false, DUE, 0x87], [0x1234, true, PUBREL, 0], [2, false, PENDING, 0xff]] as const;
  const table = filled(...list);
  deepEqual(entries(table), list.map((entry) => [...entry]));
  equal(table.size, 8);
});

test("a new state leaves identifier and QoS", () => {
  const table = filled([0xffff, true, PENDING, 0], [1, false, PENDING, 0]);
  table.setState(0, DUE, 0x97);
  table.setState(1, DUE, 0);
  deepEqual(entries(table), [[0xffff, true, DUE, 0x97], [1, false, DUE, 0]]);
  table.setState(0, PUBREL, 0);
  deepEqual(entries(table)[0], [0xffff, true, PUBREL, 0]);
});

test("what is removed is not found again", () => {
  const table = filled([1, true, PUBREL, 0], [2, true, PUBREL, 0], [3, true, PUBREL, 0]);
  table.remove(1);
  deepEqual([1, 2, 3].map((identifier) => table.find(identifier)), [0, -1, 1]);
  table.remove(1);
  deepEqual([1, 2, 3].map((identifier) => table.find(identifier)), [0, -1, -1]);
});

test("a table can be filled and emptied from its end", () => {
  const table = new IncomingTable(2);
  for (let i = 0; i < 3; i++) {
    table.add(1 | DUE);
    table.add(2 | DUE);
    table.remove(1);
    table.remove(0);
    equal(table.count, 0);
  }
});

test("a session that goes on keeps QoS 2: what is with the application, and what was taken, but not what was refused", () => {
  const table = filled([1, false, PENDING, 0], [2, true, PENDING, 0], [3, false, DUE, 0], [4, true, DUE, 0], [5, true, DUE, 0x80], [6, true, PUBREL, 0], [7, true, DUE, 0x10]);
  table.resume();
  deepEqual(entries(table), [[2, true, PENDING, 0], [4, true, PUBREL, 0], [6, true, PUBREL, 0], [7, true, PUBREL, 0]]);
  equal(table.epoch, undefined);
});

test("room is made by the oldest of an earlier connection alone, or by the oldest that awaits its PUBREL", () => {
  const table = new IncomingTable(4);
  for (const identifier of [1, 2, 3]) table.add(identifier | QOS_2 | PUBREL);
  table.resume();
  equal(table.makeRoom(false), true);
  equal(table.count, 3);
  table.add(4 | PENDING);
  table.setState(0, PUBREL, 0);
  equal(table.makeRoom(false), true);
  deepEqual([1, 2, 3, 4].map((identifier) => table.find(identifier)), [0, -1, 1, 2]);
  table.add(5 | DUE);
  table.setState(1, PUBREL, 0);
  equal(table.makeRoom(false), false);
  equal(table.makeRoom(true), true);
  deepEqual([1, 3, 4, 5].map((identifier) => table.find(identifier)), [-1, 0, 1, 2]);
});

test("something is owed as long as not all await their PUBREL", () => {
  const owed = (...states: readonly number[]): boolean => filled(...states.map((state, i) => [i + 1, state === PUBREL, state, 0] as const)).owed;
  deepEqual([owed(), owed(PUBREL, PUBREL), owed(PENDING, PUBREL), owed(PUBREL, DUE)], [false, false, true, true]);
});

test("a lost session leaves nothing, and what came of it concerns nobody", () => {
  const table = filled([1, true, PENDING, 0]);
  table.clear();
  equal(table.count, 0);
  equal(table.find(1), -1);
  equal(table.epoch, 1);
});

test("the storage is told of each QoS 2 identifier that is done with, and of those of a lost session", () => {
  const forgotten: number[] = [];
  const never = (): never => {
    throw new Error("nothing else is asked of it");
  };
  const storage: SessionStorage = { restore: never, begun: never, keep: never, used: never, received: never, forgotten: (identifier) => forgotten.push(identifier) };
  const table = filled([1, false, DUE, 0], [0xffff, true, PUBREL, 0], [3, true, PENDING, 0], [4, false, PENDING, 0], [5, true, DUE, 0]);
  table.storage = storage;
  table.remove(0);
  deepEqual(forgotten, []);
  table.remove(0);
  deepEqual(forgotten, [0xffff]);
  table.clear();
  deepEqual(forgotten, [0xffff, 5, 3]);
  equal(table.count, 0);
});
