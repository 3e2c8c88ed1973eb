/** Packets as a server sends them, of all types, with properties and values at their boundaries; with `hostile` some of them are wrong. */
import { PROPERTIES } from "../protocol/support/properties.js";
import type { Random } from "./random.js";

/** How a property's value is written (MQTT 5.0, 2.2.2.2), by identifier. */
const FORMS: Readonly<Record<number, "byte" | "two" | "four" | "variable" | "string" | "topic" | "binary" | "pair">> = {
  1: "byte", 2: "four", 3: "string", 8: "topic", 9: "binary", 11: "variable", 17: "four", 18: "string", 19: "two", 21: "string", 22: "binary", 23: "byte",
  24: "four", 25: "byte", 26: "string", 28: "string", 31: "string", 33: "two", 34: "two", 35: "two", 36: "byte", 37: "byte", 38: "pair", 39: "four",
  40: "byte", 41: "byte", 42: "byte",
};

/** Values that mean something where they stand: limits small enough to be met, the Authentication Method of the CONNECT. */
const TELLING: Readonly<Record<number, readonly number[]>> = { 33: [1, 2, 3, 0xffff], 34: [0, 1, 2, 3, 0xffff], 35: [1, 2, 3, 4, 0xffff], 39: [2, 12, 40, 100, 0xffffffff], 19: [0, 1, 5, 60] };

const NUMBERS = { byte: [0, 1], two: [1, 2, 127, 128, 255, 256, 0xfffe, 0xffff, 0], four: [1, 60, 0x7fffffff, 0x80000000, 0xffffffff, 0], variable: [1, 2, 127, 128, 16383, 16384, 2097151, 2097152, 268435455] } as const;

const ascii = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0));

/** Texts that MQTT allows: empty, all lengths of UTF-8, U+FEFF, the last characters before a boundary. */
const TEXTS: readonly (readonly number[])[] = [
  ascii("m"), ascii("a"), ascii("topic/of/a/sensor"), [], [0x01], [0x7f], [0xc2, 0x80], [0xdf, 0xbf], [0xe0, 0xa0, 0x80], [0xed, 0x9f, 0xbf], [0xee, 0x80, 0x80],
  [0xef, 0xbb, 0xbf, 0x61], [0xef, 0xbf, 0xbf], [0xf0, 0x90, 0x80, 0x80], [0xf4, 0x8f, 0xbf, 0xbf], new Array<number>(70).fill(0x78), new Array<number>(127).fill(0x79),
];

/** Texts that MQTT forbids: NUL, surrogates, forms that are too long or cut short, beyond U+10FFFF, lone following bytes. */
const BAD_TEXTS: readonly (readonly number[])[] = [
  [0], [0x61, 0, 0x62], [0xc0, 0x80], [0xc1, 0xbf], [0xe0, 0x9f, 0xbf], [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf], [0xf0, 0x8f, 0xbf, 0xbf], [0xf4, 0x90, 0x80, 0x80],
  [0xf8, 0x88, 0x80, 0x80, 0x80], [0x80], [0xbf], [0xc2], [0xe2, 0x82], [0xf0, 0x9f, 0x98], [0xc2, 0x41], [0xff],
];

const TOPICS: readonly (readonly number[])[] = [ascii("t"), ascii("s/1"), ascii("a/b"), ascii("/"), ascii("$SYS/up"), [0xc3, 0xbc], new Array<number>(60).fill(0x2f)];
const BAD_TOPICS: readonly (readonly number[])[] = [ascii("#"), ascii("a/+"), ascii("a/b#"), ...BAD_TEXTS];

/** Reason Codes by packet type; 0 stands first (MQTT 5.0, 2.4). */
const CODES: Readonly<Record<number, readonly number[]>> = {
  2: [0x80, 0x81, 0x84, 0x85, 0x86, 0x87, 0x88, 0x8a, 0x8c, 0x90, 0x95, 0x97, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9f], 4: [0, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99],
  5: [0, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99], 6: [0, 0x92], 7: [0, 0x92], 9: [0, 1, 2, 0x80, 0x83, 0x87, 0x8f, 0x91, 0x97, 0x9e, 0xa1, 0xa2],
  11: [0, 0x11, 0x80, 0x83, 0x87, 0x8f, 0x91], 14: [0, 0x80, 0x81, 0x8b, 0x8d, 0x8e, 0x93, 0x98, 0x9c, 0x9d, 0xa0, 0xa2, 4], 15: [0x18, 0x18, 0, 0x19],
};

const ANY_CODE = [0, 1, 2, 3, 4, 5, 0x10, 0x11, 0x18, 0x7f, 0x80, 0x82, 0x92, 0xa2, 0xa3, 0xff];

/** A Variable Byte Integer in its shortest form. */
export function variable(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  bytes.push(value);
  return bytes;
}

function big(value: number, length: number): number[] {
  const bytes: number[] = [];
  for (let shift = 8 * (length - 1); shift >= 0; shift -= 8) bytes.push((value >>> shift) & 0xff);
  return bytes;
}

/** One by one: XS passes arguments on its stack, which is small. */
function append(list: number[], more: readonly number[]): void {
  for (const each of more) list.push(each);
}

/** Puts Remaining Length before what follows the first byte. */
export function framed(first: number, body: readonly number[]): number[] {
  return [first, ...variable(body.length), ...body];
}

/** Makes packets for one case. */
export class ServerPackets {
  private readonly random: Random;
  private readonly version: 4 | 5;
  /** How seldom a choice is a wrong one; 0 for never. */
  private readonly hostile: number;

  constructor(random: Random, version: 4 | 5, hostile: number) {
    this.random = random;
    this.version = version;
    this.hostile = hostile;
  }

  private get wrong(): boolean {
    return this.hostile > 0 && this.random.oneIn(this.hostile);
  }

  /** Small ones mostly, which the client uses too. */
  private identifier(): number[] {
    const random = this.random;
    if (this.wrong) return [0, 0];
    return random.oneIn(6) ? big(random.pick([0xff, 0x100, 0xfffe, 0xffff]), 2) : [0, 1 + random.below(5)];
  }

  private prefixed(text: readonly number[]): number[] {
    return [...big(text.length, 2), ...text];
  }

  private text(): number[] {
    return this.prefixed(this.random.pick(this.wrong ? BAD_TEXTS : TEXTS));
  }

  private topic(): number[] {
    return this.prefixed(this.random.pick(this.wrong ? BAD_TOPICS : TOPICS));
  }

  private value(id: number): number[] {
    const random = this.random;
    const form = FORMS[id] ?? "byte";
    // The Authentication Method that the CONNECT named, where it did.
    if (id === 21 && !random.oneIn(4)) return [0, 1, 0x6d];
    switch (form) {
      case "byte": return [this.wrong ? 2 : random.below(2)];
      case "two": return big(this.wrong ? 0 : random.pick(TELLING[id] ?? NUMBERS.two), 2);
      case "four": return big(this.wrong ? 0 : random.pick(TELLING[id] ?? NUMBERS.four), 4);
      case "variable": return this.wrong ? random.pick([[0], [0x80, 0], [0xff, 0xff, 0xff, 0xff, 1], [0x81, 0x80, 0]]) : variable(random.pick(NUMBERS.variable));
      case "topic": return this.topic();
      case "binary": return random.oneIn(8) ? this.prefixed(new Array<number>(130).fill(0)) : this.prefixed(random.pick([[], [0], [0xff, 0xc0]]));
      case "pair": return [...this.text(), ...this.text()];
      default: return this.text();
    }
  }

  /** Some of the properties that a packet may carry, in any order; nothing in MQTT 3.1.1. */
  private properties(type: number): number[] {
    const random = this.random;
    if (this.version === 4) return [];
    // A CONNACK says mostly something.
    if (random.below(4) < (type === 2 ? 1 : 2)) return [0];
    const allowed = PROPERTIES.filter((row) => row.packets.includes(type)).map((row) => row.id);
    const count = random.oneIn(20) ? allowed.length : 1 + random.below(3);
    const block: number[] = [];
    for (let i = 0; i < count && allowed.length > 0; i++) {
      const telling = random.oneIn(2) ? allowed.filter((each) => each in TELLING) : [];
      const id = this.wrong ? random.below(256) : random.pick(telling.length > 0 ? telling : allowed);
      // Only these may stand there twice.
      const again = id === 38 || (id === 11 && type === 3) || this.wrong;
      if (!again && allowed.includes(id)) allowed.splice(allowed.indexOf(id), 1);
      block.push(id);
      append(block, this.value(id));
    }
    return [...variable(block.length), ...block];
  }

  private code(type: number): number {
    return this.random.pick(this.wrong ? ANY_CODE : (CODES[type] ?? ANY_CODE));
  }

  /** A CONNACK that accepts, or seldom refuses. */
  connack(): number[] {
    const refusing = this.random.oneIn(12);
    const present = this.wrong || (!refusing && this.random.oneIn(3)) ? 1 : 0;
    if (this.version === 4) return framed(0x20, [present, refusing ? 1 + this.random.below(5) : 0]);
    return framed(0x20, [present, refusing ? this.code(2) : 0, ...this.properties(2)]);
  }

  publish(): number[] {
    const random = this.random;
    const qos = this.wrong ? 3 : random.below(3);
    const duplicate = (qos > 0 && random.oneIn(4)) || this.wrong ? 8 : 0;
    const topic = this.version === 5 && random.oneIn(8) ? [0, 0] : this.topic();
    const length = random.oneIn(10) ? random.pick([100, 127, 128, 200, 400]) : random.below(12);
    const payload = new Array<number>(length).fill(random.below(256));
    return framed(0x30 | duplicate | (qos << 1) | random.below(2), [...topic, ...(qos > 0 ? this.identifier() : []), ...this.properties(3), ...payload]);
  }

  /** PUBACK, PUBREC, PUBREL or PUBCOMP. */
  private acknowledgement(type: number): number[] {
    const body = this.identifier();
    if (this.version === 5 && !this.random.oneIn(2)) {
      body.push(this.code(type));
      if (this.random.oneIn(2)) append(body, this.properties(type));
    }
    return framed((type << 4) | (type === 6 ? 2 : 0), body);
  }

  private suback(type: number): number[] {
    const codes = Array.from({ length: this.random.oneIn(3) ? 1 + this.random.below(3) : 1 }, () => this.code(type));
    const granted = this.version === 5 || this.wrong ? codes : codes.map((code) => (code < 3 ? code : 0x80));
    return framed(type << 4, [...this.identifier(), ...this.properties(type), ...(this.version === 5 || type === 9 || this.wrong ? granted : [])]);
  }

  /** DISCONNECT or AUTH. */
  private ending(type: number): number[] {
    if (type === 14 && this.random.oneIn(3)) return framed(0xe0, this.random.oneIn(2) ? [] : [this.code(14)]);
    return framed(type << 4, [this.code(type), ...(type === 15 && this.random.oneIn(3) ? [4, 21, 0, 1, 0x6d] : this.properties(type))]);
  }

  /** Any packet that comes after the CONNACK, seldom one that must not. */
  any(): number[] {
    const random = this.random;
    const type = random.pick([3, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 9, 11, 13, this.version === 5 ? 15 : 13]);
    if (random.oneIn(60)) return this.ending(14);
    if (this.wrong) return random.oneIn(2) ? this.connack() : framed(random.below(256), this.identifier());
    if (type === 3) return this.publish();
    if (type <= 7) return this.acknowledgement(type);
    if (type === 13) return [0xd0, 0];
    return type === 15 ? this.ending(15) : this.suback(type);
  }
}
