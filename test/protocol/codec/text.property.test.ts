import fc from "fast-check";
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { filterMatches, isTopicName } from "../../../src/protocol/codec/topic.js";
import { isUtf8, readUtf8, writeUtf8 } from "../../../src/protocol/codec/utf8.js";
import { string } from "../support/arbitraries.js";
import { ascii, hex } from "../support/bytes.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What the platform makes of bytes; undefined when they are no UTF-8. */
function decodedByPlatform(data: Uint8Array): string | undefined {
  try {
    return decoder.decode(data);
  } catch {
    return undefined;
  }
}

test("strings are written as the platform's encoder does, and read back", () => {
  fc.assert(
    fc.property(string, (text) => {
      const buffer = new Uint8Array(200);
      const end = writeUtf8(buffer, 0, text);
      equal(hex(buffer.subarray(0, end)), hex(encoder.encode(text)));
      equal(isUtf8(buffer, 0, end), true);
      equal(readUtf8(buffer, 0, end), text);
    }),
    { numRuns: 1000 },
  );
});

test("strings of any UTF-16 units are written only without NUL and lone surrogates", () => {
  const units = fc.array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0xd700, max: 0xe100 }), fc.constant(0)), { maxLength: 6 });
  fc.assert(
    fc.property(units, (list) => {
      const text = String.fromCharCode(...list);
      const right = !text.includes("\0") && decodedByPlatform(encoder.encode(text)) === text;
      equal(writeUtf8(new Uint8Array(100), 0, text) >= 0, right);
    }),
    { numRuns: 2000 },
  );
});

test("bytes are judged as the platform's decoder does, and NUL besides", () => {
  const byte = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0x80, max: 0xbf }), fc.constantFrom(0xc2, 0xe0, 0xed, 0xf0, 0xf4));
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 8 }), (list) => {
      const data = Uint8Array.from(list);
      const expected = data.includes(0) ? undefined : decodedByPlatform(data);
      equal(isUtf8(data, 0, data.length), expected !== undefined);
      if (expected !== undefined) equal(readUtf8(data, 0, data.length), expected);
    }),
    { numRuns: 5000 },
  );
});

/** Matches as the standard tells it, level by level (MQTT 5.0, 4.7). */
function matchesByLevels(filter: readonly string[], topic: readonly string[]): boolean {
  if (topic[0]?.startsWith("$") && (filter[0] === "+" || filter[0] === "#")) return false;
  for (const [i, level] of filter.entries()) {
    if (level === "#") return true;
    if (i >= topic.length || (level !== "+" && level !== topic[i])) return false;
  }
  return filter.length === topic.length;
}

test("filters match as level by level", () => {
  const name = fc.constantFrom("a", "b", "ab", "", "$S");
  const levels = fc.array(fc.oneof({ weight: 2, arbitrary: name }, fc.constantFrom("+")), { minLength: 1, maxLength: 4 });
  const filters = fc.tuple(levels, fc.boolean()).map(([all, more]) => (more ? [...all, "#"] : all)).filter((all) => all.join("/") !== "");
  const topics = fc.array(name, { minLength: 1, maxLength: 5 }).filter((all) => all.join("/") !== "");
  fc.assert(
    fc.property(fc.oneof(filters, fc.constant(["#"])), topics, (filter, topic) => {
      const text = ascii(`/${topic.join("/")}/#`);
      equal(filterMatches(ascii(filter.join("/")), text, 1, text.length - 2), matchesByLevels(filter, topic), `${filter.join("/")} and ${topic.join("/")}`);
    }),
    { numRuns: 5000 },
  );
});

test("a Topic Name is any string but the empty one and those with wildcards", () => {
  fc.assert(
    fc.property(fc.oneof(string, fc.stringMatching(/^[a+#/]{0,6}$/)), (text) => {
      const data = encoder.encode(text);
      deepEqual(isTopicName(data, 0, data.length), text !== "" && !/[+#]/.test(text));
    }),
  );
});
