/** What a server may send to a client that has published twice and has subscribed to two topics: usual packets mostly, good and bad. */
import fc from "fast-check";
import { bytes, join } from "./bytes.js";

export const TOPIC = "kitchen";
export const LONG = "kitchen/window/left/up";

const two = (value: number): Uint8Array => Uint8Array.of(value >> 8, value);

/** Usual ones mostly. */
const first = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(0x30, 0x32) }, { weight: 3, arbitrary: fc.constantFrom(0x31, 0x33, 0x34, 0x3a, 0x3c, 0x38) });
const topic = fc.oneof({ weight: 9, arbitrary: fc.constantFrom(TOPIC, LONG) }, { weight: 1, arbitrary: fc.constantFrom("kitchem", "kitcheN/window/left/up", "kitchen/window/LEFT/up", "k", "") });
const properties = fc.oneof({ weight: 12, arbitrary: fc.constant("00") }, { weight: 1, arbitrary: fc.constantFrom("02 01 01", "03 23 00 01", "80 00", "") });

const message = fc
  .record({ topic, first, identifier: fc.integer({ min: 0, max: 20 }), properties, payload: fc.uint8Array({ max: 12, maxLength: 9 }) })
  .map(({ topic, first, identifier, properties, payload }) => {
    const body = join(two(topic.length), bytes(`'${topic}'`), first & 6 ? two(identifier) : new Uint8Array(0), bytes(properties), payload);
    return join(Uint8Array.of(first, body.length), body);
  });

/** What a server answers to publications 1 and 2, and to those of its own. */
export const acknowledgement = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("40 02 00 01", "40 02 00 02", "50 02 00 01", "50 02 00 02", "70 02 00 01", "70 02 00 02", "62 02 00 05", "62 02 00 06") },
  { weight: 1, arbitrary: fc.constantFrom("40 02 00 00", "62 02 00 00", "40 03 00 01 10", "40 03 00 01 87", "50 03 00 01 87 50 02 00 01", "62 03 00 05 92", "40 04 00 01 00 00", "60 02 00 05", "D0 02 00 01") },
).map((line) => bytes(line));

/** More than fits the receive buffer. */
export const LARGE = `30 CA 01 00 07 '${TOPIC}' 00 ${"40 02 00 01 ".repeat(48)}`;

/** In three pieces, at each of which the receiver takes its time. */
const SLOW = `32 B2 03 00 07 '${TOPIC}' 00 15 00 ${"01 ".repeat(422)}`;

const other = fc.constantFrom("D0 00", "D0 00", LARGE, SLOW, `30 B2 01 00 07 '${TOPIC}' 00 ${"09 ".repeat(168)}`, "E0 00").map((line) => bytes(line));

/** One is delivered first, so that its taker is known. */
export const stream = fc
  .tuple(fc.constantFrom(TOPIC, LONG), fc.array(fc.oneof({ weight: 8, arbitrary: message }, { weight: 3, arbitrary: acknowledgement }, { weight: 1, arbitrary: other }), { minLength: 1, maxLength: 16 }))
  .map(([topic, list]) => join(Uint8Array.of(0x30, 4 + topic.length, 0, topic.length), bytes(`'${topic}'`, "00 09"), ...list));

/** A byte that a hostile server changes, far behind mostly so that there is something before it. */
export const changes = fc.array(fc.tuple(fc.nat(200), fc.nat(255)), { maxLength: 1 });

/** The stream with those changes. */
export function changed(data: Uint8Array, changes: readonly (readonly [at: number, value: number])[]): Uint8Array {
  for (const [at, value] of changes) if (at < data.length) data[at] = value;
  return data;
}
