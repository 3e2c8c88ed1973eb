import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { decodeText, encodeText, encodeUtf8, isUtf8, readUtf8, writeUtf8 } from "../../../src/protocol/codec/utf8.js";
import { bytes, hex } from "../support/bytes.js";
import { refused } from "../support/encoding.js";

/** Strings and their bytes: the first and the last code point of each length, and those next to the surrogates. */
const PAIRS: readonly (readonly [string, string])[] = [
  ["", ""],
  ["\u0001", "01"],
  ["A", "41"],
  ["\u007f", "7F"],
  ["\u0080", "C2 80"],
  ["\u07ff", "DF BF"],
  ["\u0800", "E0 A0 80"],
  ["\ud7ff", "ED 9F BF"],
  ["\ue000", "EE 80 80"],
  ["\ufeff", "EF BB BF"],
  ["\uffff", "EF BF BF"],
  ["\u{10000}", "F0 90 80 80"],
  ["\u{2a6d4}", "F0 AA 9B 94"],
  ["\u{10ffff}", "F4 8F BF BF"],
  ["Grüße €1 😀!", "47 72 C3 BC C3 9F 65 20 E2 82 AC 31 20 F0 9F 98 80 21"],
];

/** A string's bytes, in a buffer with room to spare. */
function written(string: string): Uint8Array {
  const buffer = new Uint8Array(32).fill(0xaa);
  const end = writeUtf8(buffer, 3, string);
  equal(hex(buffer.subarray(0, 3)), "AA AA AA");
  equal(buffer[end], 0xaa);
  return buffer.slice(3, end);
}

test("code points of one to four bytes are written, accepted and read", () => {
  for (const [string, expected] of PAIRS) {
    equal(hex(written(string)), expected);
    const data = bytes("FF", expected, "FF");
    equal(isUtf8(data, 1, data.length - 1), true, expected);
    equal(readUtf8(data, 1, data.length - 1), string);
  }
});

test("U+FEFF at the start is kept as a character (MQTT-1.5.4-3)", () => {
  const data = bytes("EF BB BF 61");
  equal(isUtf8(data, 0, 4), true);
  equal(readUtf8(data, 0, 4), "\ufeffa");
  equal(hex(written("\ufeffa")), "EF BB BF 61");
});

test("longer strings are read whole", () => {
  for (const string of ["a".repeat(31), "a".repeat(32), "a".repeat(33), "a".repeat(31) + "😀".repeat(40), "é".repeat(100)]) {
    const buffer = new Uint8Array(400);
    equal(readUtf8(buffer, 0, writeUtf8(buffer, 0, string)), string);
  }
});

test("a part of a view is read", () => {
  const view = bytes("41 42 43 C3 A9 44 45").subarray(1, 6);
  equal(readUtf8(view, 1, 5), "CéD");
  equal(readUtf8(view, 2, 2), "");
});

test("NUL and lone surrogates are not written (MQTT-1.5.4-1, MQTT-1.5.4-2)", () => {
  for (const string of ["\0", "a\0b", "\ud800", "a\udbff", "\ud800a", "\ud800\ud800", "\ud800\ue000", "\ud800\udbff", "\udc00", "\udc00\udc00", "\udfffa", "\udc00\ud800"])
    equal(writeUtf8(new Uint8Array(16), 0, string), -1);
});

test("what does not fit is counted and not written", () => {
  const buffer = new Uint8Array(9);
  equal(writeUtf8(buffer, 1, "a€b😀"), 10);
  equal(hex(buffer), "00 00 00 00 00 00 00 00 00");
});

test("bytes that are no UTF-8 for MQTT are refused (MQTT-1.5.4-1, MQTT-1.5.4-2)", () => {
  const wrong = [
    "00", "61 00", // NUL
    "ED A0 80", "ED BF BF", "ED A0 80 ED B0 80", // surrogates, alone and as a pair
    "C0 80", "C1 BF", "E0 80 80", "E0 9F BF", "F0 80 80 80", "F0 8F BF BF", // longer than needed
    "F4 90 80 80", "F5 80 80 80", "F8 88 80 80 80", "FE", "FF", // beyond U+10FFFF
    "80", "BF", "61 80", // a continuation without a start
    "C2", "C2 41", "E2 82", "E2 82 41", "E2 41 80", "F0 9F 98", "F0 9F 98 41", "F0 9F 41 80", "F0 41 98 80", // a start without all continuations
    "C2 C2 80", "E2 82 C2 80",
  ];
  for (const each of wrong) {
    const data = bytes(each);
    equal(isUtf8(data, 0, data.length), false, each);
  }
});

test("a character cut at the end is refused, whatever bytes follow", () => {
  for (const each of ["C3 BC", "E2 82 AC", "F0 9F 98 80"]) {
    const data = bytes(each);
    for (let end = 1; end < data.length; end++) equal(isUtf8(data, 0, end), false, `${each} cut to ${end}`);
    equal(isUtf8(data, 0, data.length), true);
  }
});

test("every second byte is judged for every first byte of a longer character", () => {
  const range = (first: number): readonly [number, number] => {
    if (first === 0xe0) return [0xa0, 0xbf];
    if (first === 0xed) return [0x80, 0x9f];
    if (first === 0xf0) return [0x90, 0xbf];
    if (first === 0xf4) return [0x80, 0x8f];
    return [0x80, 0xbf];
  };
  for (let first = 0x80; first < 0x100; first++) {
    const length = first < 0xc2 || first > 0xf4 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    const [least, most] = range(first);
    for (let second = 0; second < 0x100; second++) {
      const data = Uint8Array.of(first, second, 0x80, 0x80);
      equal(isUtf8(data, 0, length === 0 ? 4 : length), length > 0 && second >= least && second <= most, hex(data));
    }
  }
});

test("a text is found good or bad, long or short, as its bytes are", () => {
  for (const some of ["", "ASCII that is longer", "\u{10ffff} and more", "Grüße €1 😀!", "NUL \0 in the middle", "\0", "lone \ud800 surrogate", "\udc00 alone, in front"]) {
    const data = encodeUtf8(some);
    if (isUtf8(data, 0, data.length)) deepEqual(encodeText("some", some), data);
    else refused(() => encodeText("some", some), /^some must be free of NUL characters and lone surrogates$/);
  }
});

test("bytes are decoded if they are text, and only then", () => {
  for (const [text, data] of PAIRS) equal(decodeText(bytes("FF", data, "FF"), 1, 1 + bytes(data).length), text);
  for (const bad of ["80", "C1 81", "41 00 42", "00", "ED A0 80", "F4 90 80 80", "41 E2 82"]) equal(decodeText(bytes(bad), 0, bytes(bad).length), undefined, bad);
});
