/** The MQTT client class by its short ways, which repeated writes and the host's own sockets take: nothing else may differ. */
import fc from "fast-check";
import { deepEqual } from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { WriteOptions } from "../../src/client/mqtt-client-options.js";
import { encodeUtf8 } from "../../src/protocol/codec/utf8.js";
import { MqttError } from "../../src/protocol/error.js";
import { bytes, hex, join } from "../protocol/support/bytes.js";
import { chunks } from "../protocol/support/feeding.js";
import { changed, changes, stream } from "../protocol/support/server-streams.js";
import { Bench } from "./mqtt-client-bench.js";

/** A connected bench. @param host whether its socket is the host's own. */
function connected(test: TestContext, host: boolean, options: ConstructorParameters<typeof Bench>[1]): Bench {
  const bench = new Bench(test, options);
  bench.network.asHost(host, () => { bench.connect(); });
  return bench;
}

/** What is given as data: bytes in one of the forms that `write` takes. */
const forms = [
  (data: Uint8Array) => data,
  (data: Uint8Array) => data.slice().buffer,
  (data: Uint8Array) => new DataView(data.buffer, data.byteOffset, data.length),
] as const;

const option = <T>(value: T, ...others: T[]): fc.Arbitrary<T> => fc.oneof({ weight: 8, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: fc.constantFrom(...others) });

/** A call of `write`, mostly the same as the one before but for its data, and how much room there is for it. */
const write = fc.record({
  form: fc.constantFrom(...forms),
  data: fc.oneof({ weight: 8, arbitrary: fc.uint8Array({ minLength: 3, maxLength: 3 }) }, { weight: 1, arbitrary: fc.uint8Array({ maxLength: 80 }) }),
  options: fc.record({
    topic: option("a/b", "a/c", ""), QoS: option<0 | 1 | 2>(1, 0, 2), retain: option<boolean | 0 | 1 | undefined>(undefined, true, false, 0, 1), duplicate: option<boolean | undefined>(undefined, true, false),
    id: option<number | undefined>(undefined, 7, 8), byteLength: option<number | undefined>(undefined, 3, 5, 100),
    properties: option<WriteOptions["properties"]>(undefined, {}, { contentType: "t" }), operation: option<number | undefined>(undefined, 3),
  }),
  room: option(1000, 8, 12, 16),
  acknowledged: fc.boolean(),
});

/** Writes. @param encoded whether topics are given as bytes, which are encoded each time. @returns what is sent and told. */
function written(test: TestContext, host: boolean, encoded: boolean, version: 4 | 5, writes: readonly (typeof write extends fc.Arbitrary<infer T> ? T : never)[]): string[] {
  const bench = connected(test, host, { version, inFlight: 3 });
  const log: string[] = [];
  // The same object each time.
  const options: Record<string, unknown> = {};
  for (const { form, data, options: given, room, acknowledged } of writes) {
    Object.assign(options, given, encoded ? { topic: encodeUtf8(given.topic) } : undefined);
    bench.socket.writable(room);
    try {
      log.push(String(bench.write(form(data), options)));
      bench.socket.writable(1000);
      // The rest of a message in parts.
      for (let left = (given.byteLength ?? 0) - data.length; left > 0; left -= 40) log.push(String(bench.write(form(data.subarray(0, 1)), undefined)), String(bench.write(new Uint8Array(Math.min(left, 40) - 1))));
    } catch (error) {
      if (!(error instanceof MqttError)) throw error;
      log.push(error.message);
    }
    log.push(bench.taken().join(" "));
    const [first = "", ...rest] = log.at(-1)?.split(" ") ?? [];
    const identifier = rest.slice(6, 8).join(" ");
    if (acknowledged && /3[2-5]/.test(first)) bench.socket.receive(first < "34" ? `40 02 ${identifier}` : `50 02 ${identifier} 70 02 ${identifier}`);
    log.push(JSON.stringify(bench.calls()), bench.taken().join(" "), ...bench.violations);
  }
  bench.client.close();
  return log;
}

test("what is written again goes out as if it were encoded anew, in any form, to any socket, with any room", (t) => {
  fc.assert(
    fc.property(fc.constantFrom<(4 | 5)[]>(4, 5), fc.array(write, { maxLength: 12 }), (version, writes) => {
      const anew = written(t, false, true, version, writes);
      deepEqual(written(t, true, false, version, writes), anew);
      deepEqual(written(t, false, false, version, writes), anew);
    }),
    { numRuns: 300 },
  );
});

/** How the application reads: into a buffer of that length or so many bytes, 0 for all; at once or later. */
const reading = fc.record({ into: fc.boolean(), count: fc.integer({ min: 0, max: 300 }), later: fc.boolean() });

/** What a server's bytes in such parts tell and send. */
function told(test: TestContext, host: boolean, version: 4 | 5, parts: readonly Uint8Array[], readings: readonly (typeof reading extends fc.Arbitrary<infer T> ? T : never)[]): string[] {
  const payloads: Uint8Array[] = [];
  let turn = 0;
  const keep = (got: ArrayBuffer | number | undefined, buffer: Uint8Array): void => {
    payloads.push(got instanceof ArrayBuffer ? new Uint8Array(got) : buffer.slice(0, got ?? 0));
  };
  const bench = connected(test, host, {
    version, receiveBuffer: 200,
    reading: (client) => {
      const { into, count, later } = readings[turn++ % readings.length] ?? { into: false, count: 0, later: true };
      const buffer = new Uint8Array(count);
      if (!later) keep(client.read(into ? buffer : count || undefined), buffer);
    },
  });
  for (const part of parts) {
    if (!bench.socket.closed) bench.socket.receiveBytes(part);
    // What is still there is read from outside.
    while (!bench.socket.closed) {
      const rest = bench.inside(() => bench.client.read(50));
      bench.clock.advance();
      if (rest === undefined) break;
      keep(rest, new Uint8Array(0));
    }
  }
  const calls = bench.calls().filter((call) => call.name !== "readable" || call.options.topic !== undefined);
  bench.client.close();
  // In what pieces a message comes is not the same.
  return [JSON.stringify(calls, (key, value: unknown) => (key === "count" || key === "more" ? undefined : value)), hex(join(...payloads)), ...bench.taken(), ...bench.violations];
}

test("a server's bytes, good or bad and in any parts, tell and send the same through the host's sockets as through others", (t) => {
  fc.assert(
    fc.property(
      fc.constantFrom<(4 | 5)[]>(4, 5), stream, changes, fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 6 }), fc.array(reading, { minLength: 1, maxLength: 5 }),
      (version, data, changes, lengths, readings) => {
        const parts = chunks(changed(data, changes), ...lengths);
        deepEqual(told(t, true, version, parts, readings), told(t, false, version, parts, readings));
      },
    ),
    { numRuns: 600 },
  );
});

for (const version of [4, 5] as const)
  for (const first of ["30", "31", "32", "33"])
    test(`version ${version}, first byte ${first}: a message is told as the first one when its topic comes again and again`, (t) => {
      const bench = connected(t, true, { version });
      const identifier = first > "31" ? "00 07" : "";
      const rest = `00 07 'kitchen' ${identifier} ${version === 5 ? "00" : ""} 'hello'`;
      const told = [1, 2, 3, 4].map(() => {
        bench.socket.receive(first, hex(Uint8Array.of(bytes(rest).length)), rest);
        return [...bench.calls(), bench.payloads.pop(), ...bench.taken()];
      });
      deepEqual(told.slice(1), [told[0], told[0], told[0]]);
    });

test("a large message passes from the host's socket to the application as it comes, and is acknowledged at its end", (t) => {
  const bench = connected(t, true, { reading: () => undefined });
  bench.socket.receiveBytes(bytes("32 89 10 00 01 'a' 00 07", "55 ".repeat(500)));
  // The first piece was in the buffer.
  while (bench.inside(() => bench.client.read(100)) !== undefined);
  bench.clock.advance();
  bench.calls();
  bench.socket.receiveBytes(new Uint8Array(700));
  deepEqual(bench.calls(), [{ name: "readable", count: 700, options: { more: true } }]);
  // More comes while it has not been read.
  bench.socket.receiveBytes(new Uint8Array(300));
  deepEqual(bench.calls(), []);
  deepEqual(bench.inside(() => bench.client.read(new Uint8Array(600))), 600);
  deepEqual(bench.socket.unread, 400);
  deepEqual(bench.inside(() => bench.client.read(new Uint8Array(600))), 100);
  deepEqual(bench.inside(() => bench.client.read()), undefined);
  bench.clock.advance();
  deepEqual(bench.calls(), [{ name: "readable", count: 300, options: { more: true } }]);
  deepEqual((bench.client.read() as ArrayBuffer).byteLength, 300);
  bench.clock.advance();
  bench.socket.receiveBytes(new Uint8Array(552));
  deepEqual(bench.taken(), []);
  while (bench.client.read() !== undefined) bench.clock.advance();
  bench.clock.advance();
  deepEqual(bench.taken(), ["40 02 00 07"]);
});
