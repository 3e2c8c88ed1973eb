/** The class of ECMA-419 and `report` before a hostile broker: each ends once, says why, tells the broker, and leaves nothing behind. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { Bench } from "../client/mqtt-client-bench.js";
import { Attempt } from "../client/report-attempt.js";
import { bytes } from "../protocol/support/bytes.js";
import { malformed311 } from "./malformed-3-1-1.js";
import { malformedConnack } from "./malformed-connack.js";
import { byte, malformed, type Groups, type Malformed } from "./malformed-packets.js";

const all = (groups: Groups, ...names: readonly string[]): Malformed[] => names.flatMap((name) => groups[name] ?? []).filter(({ after, options }) => !after?.length && !options);

const versions: readonly (readonly [version: 4 | 5, rows: readonly Malformed[]])[] = [
  [4, all(malformed311, "packets", "flags")],
  [5, all(malformed, "fixed headers", "PUBLISH", "text that is no UTF-8", "properties", "flags")],
];

for (const [version, rows] of versions)
  test(`MQTTClient in version ${version}: ${rows.length} malformed packets, onError once and onClose once for each`, (t) => {
    for (const { what, packet, code } of rows) {
      // Nothing is asked of the broker here: what would be an answer is wrong in another way.
      if (/ACK|PUBREC|PUBCOMP/.test(what) && code === "82") continue;
      const bench = new Bench(t, { version, receiveBuffer: 128 });
      bench.connect();
      const { socket } = bench;
      socket.receive(packet);
      bench.clock.advance();
      deepEqual([what, ...bench.calls().map((call) => (call.name === "error" ? `${call.error.kind} 0x${call.error.reasonCode.toString(16)}` : call.name))],
        [what, `peer 0x${code.toLowerCase()}`, "close"]);
      deepEqual([what, ...socket.taken()], [what, ...(version === 5 ? [`E0 01 ${code}`] : [])]);
      deepEqual([bench.network.open, bench.clock.timers, bench.violations], [0, 0, []]);
    }
  });

/** What `report` does not heed in a CONNACK, or waits for in vain: no acknowledgement comes until its time is over. */
const UNHEEDED = /^a Reason String with|^an Assigned Client Identifier longer|nobody asked for$|longer than the receive buffer$/;

/** What it says otherwise than the client, which reads the whole CONNACK: kind and Reason Code. */
const IN_PLACE: readonly (readonly [what: RegExp, told: string])[] = [
  [UNHEEDED, "transport 80"],
  // Wrong in the flags of the fixed header, which it looks at first.
  [/^a PUBREL$/, "peer 81"],
  [/^zeros$|^Connect Acknowledge Flags|^property 0x..$/, "peer 82"],
];

/** What a refusal gives as its reason, known or not, is told as it is. */
function inPlace({ what, packet, code }: Malformed): string {
  const refusal = /^20 03 .. ([89A-F].) 00$/.exec(packet)?.[1];
  return refusal === undefined ? (IN_PLACE.find(([pattern]) => pattern.test(what))?.[1] ?? `peer ${code}`) : `peer ${refusal}`;
}

/** What it says to a packet behind the CONNACK: of a DISCONNECT it looks at the Reason Code, of what it has no use for at the fixed header. */
function behindConnack(packet: string): string {
  const data = bytes(packet);
  const end = data.findIndex((value, i) => i > 0 && value < 0x80) + 1;
  const [first = 0] = data;
  if (first === 0xe0) return `peer ${byte(Math.max(data[end] ?? 0, 0x80))}`;
  return (first & 15) > 0 || end === 0 || end > 5 ? "peer 81" : "peer 82";
}

test("report: whatever comes in the place of the CONNACK or behind it, it rejects within its timeout and leaves nothing behind", async (t) => {
  // Of a PUBACK it looks at identifier and Reason Code alone.
  const behind = Object.values(malformed).flat().filter(({ packet }) => !packet.startsWith("40"));
  const rows = [
    ...Object.values(malformedConnack).flat().map((row) => ({ ...row, told: inPlace(row) })),
    ...behind.map(({ what, packet }) => ({ what, packet: `20 03 00 00 00 ${packet}`, told: behindConnack(packet) })),
  ];
  for (const { what, packet, told } of rows) {
    const attempt = new Attempt(t, [{ topic: "a", payload: "x", qos: 1 }, { topic: "b", payload: "y" }]);
    attempt.socket.writable();
    attempt.socket.taken();
    // In two segments: the second finds a report that has ended.
    const data = bytes(packet);
    attempt.socket.receiveBytes(data.subarray(0, 3));
    if (!attempt.socket.closed) attempt.socket.receiveBytes(data.subarray(3));
    attempt.clock.advance(30_000);
    const { kind, reasonCode } = await attempt.fails();
    deepEqual([what, `${kind} ${byte(reasonCode)}`], [what, told]);
    const farewell = attempt.socket.taken().filter((line) => line.startsWith("E0"));
    ok(farewell.length <= 1 && farewell.every((line) => line === `E0 01 ${byte(reasonCode)}`), `${what}: ${farewell.join(", ")}`);
  }
});

test("report: a broker that trickles a byte a second is left when the time is over", async (t) => {
  const attempt = new Attempt(t, [{ topic: "a", payload: "x", qos: 1 }]);
  attempt.socket.writable();
  attempt.socket.receive("20 FF FF FF 7F 00 00");
  for (let second = 0; second < 29; second++) {
    attempt.clock.advance(1000);
    attempt.socket.receive("00");
  }
  equal(attempt.clock.timers, 1);
  attempt.clock.advance(1000);
  equal((await attempt.fails()).kind, "transport");
});
