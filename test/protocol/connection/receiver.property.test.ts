import fc from "fast-check";
import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { encodePublish } from "../../../src/protocol/codec/publish.js";
import { encodeSuback } from "../../../src/protocol/codec/suback.js";
import { properties, qos, topic, version } from "../support/arbitraries.js";
import { join, pattern } from "../support/bytes.js";
import { encoded, type Encode } from "../support/encoding.js";
import { chunks, Reception } from "../support/feeding.js";

/** Packets that a server sends; what comes before a payload takes less than 1,000 bytes. */
const packets = (version: 4 | 5): fc.Arbitrary<Encode> =>
  fc.oneof(
    fc
      .record({ topic, qos, identifier: fc.constant(1), payload: fc.integer({ min: 0, max: 3000 }).map(pattern), properties: properties("contentType", "userProperty", "topicAlias") })
      .map((publish): Encode => (writer) => encodePublish(writer, version, publish)),
    fc.uint8Array({ min: 0, max: 2, minLength: 1, maxLength: 50 }).map((codes): Encode => (writer) => encodeSuback(writer, 9, version, 7, codes)),
  );

const streams = version.chain((version) =>
  fc.record({ version: fc.constant(version), data: fc.array(packets(version).map((encode) => encoded(encode, 5000)), { minLength: 1, maxLength: 6 }).map((list) => join(...list)) }),
);

test("any chunks into any buffer give the same packets as all at once into a large one", () => {
  fc.assert(
    fc.property(streams, fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 20 }), fc.integer({ min: 1000, max: 2000 }), ({ version, data }, lengths, bufferLength) => {
      const whole = new Reception(40_000, version);
      whole.feed(data);
      const reception = new Reception(bufferLength, version);
      for (const chunk of chunks(data, ...lengths)) reception.feed(chunk);
      deepEqual(reception.packets, whole.packets);
    }),
    { numRuns: 300 },
  );
});

test("garbage in any chunks ends in a fault or waits, and is the same at once and byte by byte", () => {
  const byte = fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0x30, 0x40, 0xd0, 0, 1, 2));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.array(byte, { maxLength: 60 }), fc.integer({ min: 1, max: 50 }), (tail, head, length) => {
      const data = join(Uint8Array.from(head), tail);
      const receptions = [data.length, length, 1].map((each) => {
        const reception = new Reception(64);
        for (const chunk of chunks(data, each)) if (!reception.feed(chunk)) break;
        return reception.packets;
      });
      deepEqual(receptions[1], receptions[0]);
      deepEqual(receptions[2], receptions[0]);
    }),
    { numRuns: 3000 },
  );
});
