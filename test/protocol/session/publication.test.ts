import { equal, ok, throws } from "node:assert/strict";
import { test } from "node:test";
import type { PublishProperties } from "../../../src/protocol/codec/property.js";
import { Publication } from "../../../src/protocol/session/publication.js";
import { hex } from "../support/bytes.js";

test("topic, flags and properties are encoded once", () => {
  const publication = new Publication("a/b", 2, true, { contentType: "x", messageExpiryInterval: 5 });
  equal(hex(publication.topic), "00 03 61 2F 62");
  equal(publication.flags, 5);
  equal(publication.qos, 2);
  equal(hex(publication.properties), "03 00 01 78 02 00 00 00 05");
  equal(publication.topicAlias, 0);
});

test("flags are those of the first byte of a PUBLISH", () => {
  for (const [qos, retain, flags] of [[0, false, 0], [0, true, 1], [1, false, 2], [1, true, 3], [2, false, 4]] as const) {
    const publication = new Publication("a", qos, retain);
    equal(publication.flags, flags);
    equal(publication.qos, qos);
  }
});

test("without properties there are no bytes for them", () => {
  equal(new Publication("a", 0, false).properties.length, 0);
  equal(new Publication("a", 0, false, {}).properties.length, 0);
});

test("publications without properties share the empty array that says so", () => {
  equal(new Publication("a", 0, false).properties, new Publication("b", 1, true).properties);
});

test("what fits 256 bytes is encoded once, what is larger once more", () => {
  /** How often properties are read by a publication whose topic and properties with their length take so many bytes. */
  const encodings = (size: number): number => {
    let read = 0;
    const properties: PublishProperties = { get contentType() { read++; return "x"; } };
    equal(new Publication("t".repeat(size - 7), 0, false, properties).properties.length, 4);
    return read;
  };
  const [one, two] = [encodings(256), encodings(257)];
  ok(one > 0);
  equal(two, 2 * one);
});

test("a publication is used once, if nothing else is said", () => {
  equal(new Publication("a", 0, false).reused, false);
});

test("an alias is kept and encoded", () => {
  const publication = new Publication("a", 0, false, { topicAlias: 0x102 });
  equal(publication.topicAlias, 0x102);
  equal(hex(publication.properties), "23 01 02");
});

test("topic and properties may be long: their Property Length of two or three bytes is left out", () => {
  const publication = new Publication("t".repeat(300), 0, false, { contentType: "x".repeat(200) });
  equal(publication.topic.length, 302);
  equal(publication.properties.length, 203);
  equal(hex(publication.properties.subarray(0, 4)), "03 00 C8 78");
  equal(new Publication("a", 0, false, { contentType: "x".repeat(20_000) }).properties.length, 20_003);
  equal(new Publication("t".repeat(65_535), 0, false).topic.length, 65_537);
});

test("what may not be published is refused by name", () => {
  const wrong = (qos: number, topic: string, message: RegExp, properties?: PublishProperties): void =>
    throws(() => new Publication(topic, qos, false, properties), { kind: "configuration", message });
  for (const qos of [3, -1, 1.5]) wrong(qos, "a", /^qos must be a whole number from 0 to 2/);
  for (const topic of ["", "a/+", "#"]) wrong(0, topic, /^topic must be at least one character, without \+ and #/);
  for (const topic of ["\0", "a\ud800"]) wrong(0, topic, /^topic must be free of NUL/);
  wrong(0, "a".repeat(65_536), /^topic must be at most 65535 bytes/);
  wrong(0, "a", /topicAlias must be a whole number from 1/, { topicAlias: 0 });
  wrong(0, "a", /responseTopic must be/, { responseTopic: "r/#" });
  const received: object = { subscriptionIdentifier: 1 };
  wrong(0, "a", /subscriptionIdentifier must be left out/, received);
});
