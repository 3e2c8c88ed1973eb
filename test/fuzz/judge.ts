/** A second reading of the standard: what is wrong with a packet, found without any of the library's own code. */
import { DEFECTS, type DefectName } from "./defects.js";
import { PROPERTIES } from "../protocol/support/properties.js";
import type { Frame } from "./frame.js";

const CODES: Readonly<Record<number, readonly number[]>> = {
  2: [0, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8c, 0x90, 0x95, 0x97, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9f],
  4: [0, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99], 5: [0, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99], 6: [0, 0x92], 7: [0, 0x92],
  9: [0, 1, 2, 0x80, 0x83, 0x87, 0x8f, 0x91, 0x97, 0x9e, 0xa1, 0xa2], 11: [0, 0x11, 0x80, 0x83, 0x87, 0x8f, 0x91],
  14: [
    0, 4, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f, 0xa0,
    0xa1, 0xa2,
  ],
  15: [0, 0x18, 0x19],
};

const TWO_BYTES = [19, 33, 34, 35];
const FOUR_BYTES = [2, 17, 24, 39];
const BYTES = [1, 23, 25, 36, 37, 40, 41, 42];
const BINARY = [9, 22];
const NOT_ZERO = [11, 33, 39];
const PACKETS = new Map(PROPERTIES.map((row) => [row.id, row.packets]));

/** Whether bytes are UTF-8 without NUL, by the table of well-formed sequences in the Unicode standard. */
function isText(bytes: Uint8Array, start: number, end: number): boolean {
  const following = (position: number, low: number, high: number): boolean => position < end && (bytes[position] ?? 0) >= low && (bytes[position] ?? 0) <= high;
  for (let i = start; i < end; ) {
    const first = bytes[i] ?? 0;
    let rest = 0;
    let [low, high] = [0x80, 0xbf];
    if (first === 0 || (first > 0x7f && first < 0xc2) || first > 0xf4) return false;
    if (first >= 0xf0) rest = 3;
    else if (first >= 0xe0) rest = 2;
    else if (first >= 0xc2) rest = 1;
    if (first === 0xe0) low = 0xa0;
    else if (first === 0xf0) low = 0x90;
    if (first === 0xed) high = 0x9f;
    else if (first === 0xf4) high = 0x8f;
    for (let j = 1; j <= rest; j++) if (!following(i + j, j === 1 ? low : 0x80, j === 1 ? high : 0xbf)) return false;
    i += 1 + rest;
  }
  return true;
}

/** Reads one packet to its end or to where nothing more can be told. */
class Judge {
  readonly defects: DefectName[] = [];
  identifier = 0;
  /** Where the topic of a PUBLISH begins and ends. */
  topic: readonly [number, number] = [0, 0];
  reasonCode = 0;
  readonly properties = new Map<number, number>();
  /** Where the payload begins. */
  payload = 0;
  private position: number;
  private readonly bytes: Uint8Array;
  private readonly end: number;
  private readonly type: number;
  private readonly version: 4 | 5;

  constructor(bytes: Uint8Array, frame: Frame, version: 4 | 5) {
    this.bytes = bytes;
    this.position = frame.body;
    this.end = frame.end;
    this.type = (bytes[frame.begin] ?? 0) >> 4;
    this.version = version;
  }

  note(defect: DefectName): void {
    this.defects.push(defect);
  }

  /** @returns false where the packet is over before. */
  private take(count: number, end = this.end): boolean {
    this.position += count;
    if (this.position <= end) return true;
    this.note("a field that is cut short");
    return false;
  }

  private two(position: number): number {
    return (this.bytes[position] ?? 0) * 256 + (this.bytes[position + 1] ?? 0);
  }

  /** A string or binary. @returns where its bytes begin, or -1. */
  private prefixed(end: number, text: boolean): number {
    const start = this.position + 2;
    if (!this.take(2, end) || !this.take(this.two(start - 2), end)) return -1;
    if (text && !isText(this.bytes, start, this.position)) this.note("text that MQTT forbids");
    return start;
  }

  private topicName(start: number): void {
    if (start === this.position) this.note("a topic without a character");
    if (this.bytes.subarray(start, this.position).some((byte) => byte === 0x23 || byte === 0x2b)) this.note("a wildcard in a topic");
  }

  /** @returns its value, or -1. */
  private variable(end: number): number {
    let value = 0;
    for (let i = 0; i < 4; i++) {
      if (!this.take(1, end)) return -1;
      const byte = this.bytes[this.position - 1] ?? 0;
      value += (byte % 128) * 128 ** i;
      if (byte >= 128) continue;
      if (byte > 0 || i === 0) return value;
      break;
    }
    this.note("a Variable Byte Integer of a wrong form");
    return -1;
  }

  /** @returns false where nothing more can be told. */
  private property(end: number): boolean {
    const id = this.bytes[this.position++] ?? 0;
    const packets = PACKETS.get(id);
    if (packets === undefined) {
      this.note("a property that is unknown");
      return false;
    }
    if (!packets.includes(this.type)) this.note("a property of other packets");
    else if (this.properties.has(id) && id !== 38 && !(id === 11 && this.type === 3)) this.note("a property that comes twice");
    const start = this.position;
    let value: number;
    if (id === 11) value = this.variable(end);
    else if (BYTES.includes(id)) value = this.take(1, end) ? (this.bytes[start] ?? 0) : -1;
    else if (TWO_BYTES.includes(id)) value = this.take(2, end) ? this.two(start) : -1;
    else if (FOUR_BYTES.includes(id)) value = this.take(4, end) ? this.two(start) * 65536 + this.two(start + 2) : -1;
    else {
      value = this.prefixed(end, !BINARY.includes(id));
      if (value >= 0 && id === 8) this.topicName(value);
      if (value >= 0 && id === 38) value = this.prefixed(end, true);
    }
    if (value === 0 && id === 35) this.note("Topic Alias 0");
    else if ((value === 0 && NOT_ZERO.includes(id)) || (value > 1 && BYTES.includes(id))) this.note("a property's value that is not allowed");
    this.properties.set(id, value);
    return value >= 0;
  }

  /** @returns false where nothing more can be told. */
  private block(): boolean {
    if (this.version === 4) return true;
    const length = this.variable(this.end);
    const end = this.position + length;
    if (length < 0) return false;
    if (end > this.end) {
      this.note("a field that is cut short");
      return false;
    }
    while (this.position < end) if (!this.property(end)) return false;
    return true;
  }

  private takeIdentifier(): boolean {
    if (!this.take(2)) return false;
    this.identifier = this.two(this.position - 2);
    if (this.identifier === 0) this.note("Packet Identifier 0");
    return true;
  }

  private code(code: number): void {
    if (!(CODES[this.type] ?? []).includes(code)) this.note("a Reason Code that the packet may not carry");
  }

  publish(flags: number): void {
    const qos = (flags >> 1) & 3;
    if (qos === 3) this.note("QoS 3");
    if (qos === 0 && flags & 8) this.note("DUP at QoS 0");
    const start = this.prefixed(this.end, true);
    if (start < 0) return;
    this.topic = [start, this.position];
    if (start < this.position || this.version === 4) this.topicName(start);
    if (qos > 0 && !this.takeIdentifier()) return;
    if (this.block()) this.payload = this.position;
  }

  connack(): void {
    if (!this.take(2)) return;
    const flags = this.bytes[this.position - 2] ?? 0;
    this.reasonCode = this.bytes[this.position - 1] ?? 0;
    if (flags > 1) this.note("Connect Acknowledge Flags that are reserved");
    if (this.reasonCode > 0 && flags > 0) this.note("a refusal that resumes a session");
    // A server that knows only MQTT 3.1.1 answers in its own form.
    if (this.version === 4 || (this.reasonCode === 1 && this.position === this.end)) {
      if (this.reasonCode > 5) this.note("a Reason Code that the packet may not carry");
      this.ended();
    } else {
      this.code(this.reasonCode);
      if (this.block()) this.ended();
    }
  }

  acknowledgement(): void {
    if (this.type <= 7 && !this.takeIdentifier()) return;
    if (this.position === this.end) return;
    if (this.version === 5) {
      if (!this.take(1)) return;
      this.reasonCode = this.bytes[this.position - 1] ?? 0;
      this.code(this.reasonCode);
      if ((this.position < this.end || this.type === 15) && !this.block()) return;
    }
    this.ended();
  }

  suback(): void {
    if (!this.takeIdentifier() || !this.block()) return;
    this.payload = this.position;
    if (this.type === 11 && this.version === 4) this.ended();
    else if (this.position === this.end) this.note("no Reason Code where one must be");
    else
      for (let i = this.position; i < this.end; i++) {
        const code = this.bytes[i] ?? 0;
        if (this.version === 5) this.code(code);
        else if (code > 2 && code !== 0x80) this.note("a Reason Code that the packet may not carry");
      }
  }

  ended(): void {
    if (this.position !== this.end) this.note("bytes behind the end");
  }
}

/** What a packet says, as far as the standard lets one tell, and what is wrong with it: nothing, or one or more defects. */
export type Judgement = Pick<Judge, "defects" | "identifier" | "topic" | "reasonCode" | "properties" | "payload">;

/** Judges a whole packet from a server. */
export function judge(bytes: Uint8Array, frame: Frame, version: 4 | 5): Judgement {
  const first = bytes[frame.begin] ?? 0;
  const type = first >> 4;
  const reader = new Judge(bytes, frame, version);
  if (type === 3) reader.publish(first & 15);
  else {
    if ((first & 15) !== (type === 6 || type === 8 || type === 10 ? 2 : 0)) reader.note("flags that are reserved");
    if (type === 2) reader.connack();
    else if ((type >= 4 && type <= 7) || (type >= 14 && version === 5)) reader.acknowledgement();
    else if (type === 9 || type === 11) reader.suback();
    else if (type === 13) reader.ended();
    else reader.note("a type that a server does not send");
  }
  return reader;
}

/** Whether a Reason Code names one of the defects. */
export function names(defects: readonly DefectName[], code: number): boolean {
  return defects.some((defect) => (DEFECTS[defect].codes as readonly number[]).includes(code));
}
