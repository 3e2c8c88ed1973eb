/** What the core makes of malformed and forbidden packets, however they are cut: the exact DISCONNECT, the error, and nothing of what is behind. */
import { equal, ok } from "node:assert/strict";
import { suite, test } from "node:test";
import { packetName } from "../../src/protocol/codec/packet-type.js";
import { bytes, hex } from "../protocol/support/bytes.js";
import { chunks } from "../protocol/support/feeding.js";
import { LASTING, ScriptedBroker } from "../protocol/support/scripted-broker.js";
import { malformed311 } from "./malformed-3-1-1.js";
import { malformedConnack } from "./malformed-connack.js";
import { malformed, type Groups, type Malformed } from "./malformed-packets.js";

/** A right message, which must not be looked at any more. */
const BEHIND = bytes("30 04 00 01 'z' 00 D0 00");

/** Whole, byte by byte, and cut in two at each place. */
function segmentations(data: Uint8Array): Uint8Array[][] {
  return [[data], chunks(data, 1), ...Array.from({ length: data.length - 1 }, (_, i) => [data.subarray(0, i + 1), data.subarray(i + 1)])];
}

/** A connection with a publication at QoS 1 (1) and one at QoS 2 (2), a SUBSCRIBE (3) and an UNSUBSCRIBE (4) without answer. */
function busy(version: 4 | 5, { options = {}, after = [] }: Malformed): ScriptedBroker {
  const broker = ScriptedBroker.connected({ ...LASTING, version, ...options, cleanStart: true });
  broker.publish("a", 1);
  broker.publish("b", 2);
  equal(broker.client.subscribe([{ filter: "c" }], undefined, broker.now), 3);
  equal(broker.client.unsubscribe(["d"], undefined, broker.now), 4);
  broker.reply(...after);
  broker.transport.take();
  broker.takeLog();
  return broker;
}

/** What came of it, on one line. */
function outcome(broker: ScriptedBroker): string {
  const { error } = broker;
  return [hex(broker.transport.take()), ...broker.takeLog(), error?.kind, error?.reasonCode, broker.client.nextDeadline()].join(", ");
}

function refusedHoweverCut(groups: Groups, open: (row: Malformed) => ScriptedBroker, told: (row: Malformed) => string): void {
  for (const [group, rows] of Object.entries(groups))
    test(group, () => {
      equal(new Set(rows.map((row) => JSON.stringify(row))).size, rows.length, "a row comes twice");
      for (const row of rows) {
        const { what, packet, code } = row;
        const type = packetName((bytes(packet)[0] ?? 0) >> 4);
        const expected = [told(row), `closed peer 0x${code.toLowerCase()}`, "peer", parseInt(code, 16), Infinity].join(", ");
        for (const segments of segmentations(bytes(packet))) {
          const broker = open(row);
          for (const segment of segments) broker.replyBytes(segment);
          broker.replyBytes(BEHIND);
          equal(`${what}: ${outcome(broker)}`, `${what}: ${expected}`);
          ok(broker.error?.message.includes(` ${type}: `), `${what}: ${broker.error?.message}`);
        }
      }
    });
}

suite("MQTT 5.0: a DISCONNECT with the Reason Code, and the end", () => {
  refusedHoweverCut(malformed, (row) => busy(5, row), ({ code }) => `E0 01 ${code}`);
});

suite("MQTT 5.0, before the CONNACK: the same", () => {
  refusedHoweverCut(
    malformedConnack,
    () => {
      const broker = new ScriptedBroker().connect();
      equal(broker.transport.take()[0], 0x10);
      return broker;
    },
    ({ code }) => `E0 01 ${code}`,
  );
});

suite("MQTT 3.1.1: the end, without a word", () => {
  refusedHoweverCut(malformed311, (row) => busy(4, row), () => "");
});
