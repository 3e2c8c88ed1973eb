import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { PROPERTIES as TABLE, PROPERTY_NAMES, PropertyId, PropertyType, propertyType } from "../../../src/protocol/codec/property.js";
import { PROPERTIES } from "../support/properties.js";

test("the 27 properties have the standard's identifiers and names", () => {
  equal(PROPERTIES.length, 27);
  deepEqual(Object.entries(PropertyId), PROPERTIES.map(({ name, id }) => [name, id]));
});

test("each property stands in the packets of the standard's table and in no other", () => {
  for (let id = 0; id < 256; id++) {
    const packets = PROPERTIES.find((row) => row.id === id)?.packets ?? [];
    for (let packet = 0; packet < 16; packet++) equal(propertyType(id, packet) !== 0, packets.includes(packet), `property ${id} in packet ${packet}`);
  }
});

test("the table has the same names and identifiers", () => {
  deepEqual(Object.keys(TABLE), Object.keys(PropertyId));
  for (const { name, id } of PROPERTIES) deepEqual([(TABLE[name] ?? 0) >> 20, PROPERTY_NAMES[id]], [id, name]);
});

test("zero is forbidden for four properties", () => {
  const types: readonly number[] = [PropertyType.POSITIVE_TWO_BYTES, PropertyType.POSITIVE_VARIABLE, PropertyType.POSITIVE_FOUR_BYTES];
  const positive = PROPERTIES.filter(({ id, packets }) => types.includes(propertyType(id, packets[0] ?? -1))).map(({ name }) => name);
  deepEqual(positive, ["subscriptionIdentifier", "receiveMaximum", "topicAlias", "maximumPacketSize"]);
});
