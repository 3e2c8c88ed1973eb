/** The class of ECMA-419 and `report` before a hostile broker: each ends once, says why, tells the broker, and leaves nothing behind. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { Bench } from "../client/mqtt-client-bench.js";
import { Attempt } from "../client/report-attempt.js";
import { bytes } from "../protocol/support/bytes.js";
import { malformed311 } from "./malformed-3-1-1.js";
import { malformedConnack } from "./malformed-connack.js";
import { malformed, type Groups, type Malformed } from "./malformed-packets.js";

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

test("report: whatever comes in the place of the CONNACK or behind it, it rejects within its timeout and leaves nothing behind", async (t) => {
  // Of a PUBACK it looks at identifier and Reason Code alone.
  const behind = Object.values(malformed).flat().filter(({ packet }) => !packet.startsWith("40"));
  const rows = [...Object.values(malformedConnack).flat(), ...behind.map((row) => ({ ...row, packet: `20 03 00 00 00 ${row.packet}` }))];
  for (const { what, packet } of rows) {
    const attempt = new Attempt(t, [{ topic: "a", payload: "x", qos: 1 }, { topic: "b", payload: "y" }]);
    attempt.socket.writable();
    attempt.socket.taken();
    // In two segments: the second finds a report that has ended.
    const data = bytes(packet);
    attempt.socket.receiveBytes(data.subarray(0, 3));
    if (!attempt.socket.closed) attempt.socket.receiveBytes(data.subarray(3));
    attempt.clock.advance(30_000);
    const { kind } = await attempt.fails();
    ok(kind === "peer" || kind === "transport" || kind === "configuration", `${what}: ${kind}`);
    const told = attempt.socket.taken().filter((line) => line.startsWith("E0"));
    ok(told.length <= 1 && told.every((line) => /^E0 01 8[12]$/.test(line)), `${what}: ${told.join(", ")}`);
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
