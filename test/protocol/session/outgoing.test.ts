import { deepEqual, equal, throws } from "node:assert/strict";
import { test } from "node:test";
import { OutgoingState, OutgoingTable } from "../../../src/protocol/session/outgoing.js";
import { Publication } from "../../../src/protocol/session/publication.js";

const PUBLICATIONS = ["a", "b", "c"].map((topic) => new Publication(topic, 1, false));
const FIRST = Uint8Array.of(1), SECOND = Uint8Array.of(2);
const PAYLOADS: readonly unknown[] = [FIRST, SECOND];

/** Identifiers 1, 2 and 3 await PUBACK, PUBREC and SUBACK. */
function three(): OutgoingTable {
  const table = new OutgoingTable(2);
  table.add(1, OutgoingState.PUBACK, 0, PUBLICATIONS[0], FIRST);
  table.add(2, OutgoingState.PUBREC | OutgoingState.COUNTED, 0, PUBLICATIONS[1], SECOND);
  table.add(3, OutgoingState.SUBACK, 255);
  return table;
}

/** Identifier, state, extra and which payload, for each entry. */
const entries = (table: OutgoingTable): number[][] =>
  Array.from({ length: table.count }, (_, i) => [table.at(i).identifier, table.at(i).state, table.at(i).extra, PAYLOADS.indexOf(table.at(i).payload)]);

test("entries keep the order in which they were added", () => {
  deepEqual(entries(three()), [[1, OutgoingState.PUBACK, 0, 0], [2, OutgoingState.PUBREC | OutgoingState.COUNTED, 0, 1], [3, OutgoingState.SUBACK, 255, -1]]);
});

test("an entry is found by its identifier, and only while it is there", () => {
  const table = three();
  equal(table.find(2), 1);
  equal(table.find(4), -1);
  table.remove(1);
  equal(table.find(2), -1);
  equal(table.find(3), 1);
  equal(table.find(0), -1);
});

test("what is removed leaves no gap and nothing behind", () => {
  const table = three();
  table.remove(0);
  deepEqual(entries(table), [[2, OutgoingState.PUBREC | OutgoingState.COUNTED, 0, 1], [3, OutgoingState.SUBACK, 255, -1]]);
  equal(table.at(0).publication, PUBLICATIONS[1]);
  equal(table.at(2).payload, undefined);
  table.remove(1);
  table.remove(0);
  equal(table.count, 0);
  equal(table.at(0).publication, undefined, "so that it can be collected");
});

test("a full table can be emptied from its end", () => {
  const table = three();
  table.add(0xffff, OutgoingState.PUBCOMP, 0x92);
  deepEqual(entries(table)[3], [0xffff, OutgoingState.PUBCOMP, 0x92, -1]);
  table.remove(3);
  equal(table.count, 3);
});

test("an entry moves to the end with what belongs to it", () => {
  const table = three();
  table.toEnd(0);
  deepEqual(entries(table).map(([identifier]) => identifier), [2, 3, 1]);
  deepEqual(entries(table)[2], [1, OutgoingState.PUBACK, 0, 0]);
  equal(table.at(2).publication, PUBLICATIONS[0]);
});

test("a new state leaves identifier and what belongs to it", () => {
  const table = three();
  table.at(2).state = OutgoingState.UNSUBACK;
  deepEqual(entries(table)[2], [3, OutgoingState.UNSUBACK, 255, -1]);
  table.at(1).state = OutgoingState.PUBREC | OutgoingState.RESEND;
  deepEqual(entries(table)[1], [2, OutgoingState.PUBREC | OutgoingState.RESEND, 0, 1]);
});

test("the last two entries are for requests", () => {
  const table = new OutgoingTable(1);
  const room = (): boolean[] => [table.hasRoom, table.hasRoomForRequest];
  deepEqual(room(), [true, true]);
  table.add(1, OutgoingState.PUBACK, 0);
  deepEqual(room(), [false, true]);
  table.add(2, OutgoingState.SUBACK, 1);
  table.add(3, OutgoingState.UNSUBACK, 1);
  deepEqual(room(), [false, false]);
});

test("identifiers run from 1 to 65535, then from 1 again, past those in use", () => {
  const table = new OutgoingTable(3);
  equal(table.nextIdentifier(), 1);
  table.add(0xffff, OutgoingState.PUBACK, 0);
  table.add(1, OutgoingState.PUBACK, 0);
  table.add(2, OutgoingState.PUBACK, 0);
  table.add(4, OutgoingState.PUBACK, 0);
  table.free = 0;
  equal(table.nextIdentifier(), 3);
  for (let i = 5; i < 0xffff; i++) equal(table.nextIdentifier(), i);
  equal(table.nextIdentifier(), 3);
});

test("a caller may choose an identifier that is free", () => {
  const table = three();
  equal(table.checkFree(4), 4);
  equal(table.checkFree(0xffff), 0xffff);
  for (const wrong of [2, 0, 0x10000, 1.5, NaN]) throws(() => table.checkFree(wrong), { kind: "configuration", message: /^id .*must be / });
});

test("a publication takes an entry and the next free identifier, while there is room besides that for requests", () => {
  const table = new OutgoingTable(4);
  table.add(3, OutgoingState.PUBACK, 0);
  table.startAt(1);
  deepEqual(Array.from({ length: 4 }, () => table.take()?.identifier), [1, 2, 4, undefined]);
  equal(table.count, 4);
});

test("what takes entries goes on at 1 after 65535, past those in use", () => {
  const table = new OutgoingTable(4);
  table.add(2, OutgoingState.PUBACK, 0);
  table.startAt(0xffff);
  deepEqual(Array.from({ length: 3 }, () => table.take()?.identifier), [0xffff, 1, 3]);
});

test("a taken entry does not hold what a finished one left", () => {
  const table = three();
  for (const index of [2, 1, 0]) table.remove(index);
  const entry = table.take();
  equal(entry, table.at(0));
  deepEqual([entry.publication, entry.payload], [undefined, undefined]);
});

test("an identifier is free again when its exchange has ended", () => {
  const table = new OutgoingTable(2);
  table.add(2, OutgoingState.PUBACK, 0);
  table.remove(0);
  table.startAt(1);
  deepEqual([table.nextIdentifier(), table.nextIdentifier()], [1, 2]);
});

test("identifiers in use are passed in whatever order they were taken", () => {
  const table = new OutgoingTable(2);
  table.add(3, OutgoingState.PUBACK, 0);
  table.add(2, OutgoingState.PUBACK, 0);
  deepEqual([table.nextIdentifier(), table.nextIdentifier()], [1, 4]);
});

test("tables share no entries", () => {
  const [one, other] = [new OutgoingTable(2), new OutgoingTable(2)];
  one.add(7, OutgoingState.PUBACK, 0);
  other.add(8, OutgoingState.PUBACK, 0);
  deepEqual([one.find(7), other.find(8)], [0, 0]);
});
