/** Lengths and fixed header of a packet (MQTT 5.0, 1.5.5, 2.1.3, 2.2.2). */
import { equal } from "node:assert/strict";
import { test } from "node:test";
import { authenticate } from "../../src/protocol/connection/authenticating.js";
import { Publication } from "../../src/protocol/session/publication.js";
import { bytes, hex } from "../protocol/support/bytes.js";
import { ScriptedBroker } from "../protocol/support/scripted-broker.js";
import { AWAITED } from "./awaited.js";
import { field, packet, properties, variableByteInteger } from "./packets.js";

/** The ends of what a Variable Byte Integer says in one, two, three and four bytes, and how (MQTT 5.0, table 1-1). */
const INTEGERS: readonly (readonly [number, string])[] = [
  [127, "7F"], [128, "80 01"], [16_383, "FF 7F"], [16_384, "80 80 01"], [2_097_151, "FF FF 7F"], [2_097_152, "80 80 80 01"], [268_435_455, "FF FF FF 7F"],
];

/** What was sent begins with these bytes. */
function beginsWith(broker: ScriptedBroker, line: string): void {
  const sent = broker.transport.take();
  const { length } = bytes(line);
  equal(hex(sent.subarray(0, length)), hex(bytes(line)));
}

test("[MQTT-1.5.5-1] a Remaining Length takes as few bytes as it can", () => {
  for (const [value, shortest] of INTEGERS) {
    // Topic "a" and no properties take 4 bytes. Of the payload nothing is sent: there is room for the header only.
    const broker = ScriptedBroker.connected({ window: bytes(shortest).length + 5 });
    broker.publish("a", 0, { byteLength: value - 4, read: () => new Uint8Array(0) });
    broker.expect("30", shortest, field("'a'"), "00");
  }
});

test("[MQTT-1.5.5-1] a Remaining Length takes as few bytes as it can when a header is kept for many publications", () => {
  const publication = new Publication("a", 0, false);
  // Not the last: it would be 256 MiB.
  for (const [value, shortest] of INTEGERS.slice(0, -1)) {
    const broker = ScriptedBroker.connected();
    for (let time = 0; time < 2; time++) {
      broker.publish(publication, 0, new Uint8Array(value - 4));
      const sent = broker.transport.take();
      const { length } = bytes(shortest);
      equal(hex(sent.subarray(1, 1 + length)), shortest);
      equal(sent.length, 1 + length + value);
    }
  }
});

test("[MQTT-1.5.5-1] a Remaining Length of 0 takes one byte", () => {
  ScriptedBroker.connected({ keepAlive: 1 }).after(1000).expect("C0 00");
});

test("[MQTT-1.5.5-1] a Property Length takes as few bytes as it can", () => {
  for (const [value, shortest] of INTEGERS.slice(0, 4)) {
    const broker = ScriptedBroker.connected({ sendBuffer: value + 20 });
    broker.publish("a", 0, "", { contentType: "x".repeat(value - 3) });
    beginsWith(broker, `30 ${variableByteInteger(3 + bytes(shortest).length + value)} ${field("'a'")} ${shortest} 03`);
    broker.client.subscribe([{ filter: "a" }], { userProperty: [["", "x".repeat(value - 5)]] }, broker.now);
    beginsWith(broker, `82 ${variableByteInteger(6 + bytes(shortest).length + value)} 00 01 ${shortest} 26`);
  }
});

test("[MQTT-1.5.5-1] a Subscription Identifier takes as few bytes as it can", () => {
  for (const [value, shortest] of [[1, "01"], ...INTEGERS] as const) {
    const broker = ScriptedBroker.connected();
    broker.client.subscribe([{ filter: "a" }], { subscriptionIdentifier: value }, broker.now);
    broker.expect(packet("82", "00 01", properties("0B", shortest), field("'a'"), "00"));
  }
});

const METHOD = "15 00 01 'm'";

for (const { name, first, rest, broker: awaited } of AWAITED)
  test(`[MQTT-2.1.3-1] a received ${name} with other than its flags is malformed`, () => {
    for (let wrong = 1; wrong < 16; wrong++) awaited().reply(hex(Uint8Array.of(first ^ wrong)), rest()).expect("E0 01 81").told("closed peer 0x81");
    // With its own it is taken.
    const broker = awaited().reply(hex(Uint8Array.of(first)), rest());
    equal(broker.error?.reasonCode, name === "DISCONNECT" ? 0x8b : undefined);
  });

test("[MQTT-2.1.3-1] every packet but PUBLISH goes out with the flags that the standard gives it", () => {
  const broker = new ScriptedBroker({ keepAlive: 1, properties: { authenticationMethod: "m" } }).connect();
  broker.expect("10 12", field("'MQTT'"), "05 02 00 01", properties(METHOD), field("'c'")).reply("20 07 00 00 04", METHOD);
  broker.reply("32 06 00 01 'a' 00 01 00").expect("40 02 00 01");
  broker.reply("34 06 00 01 'a' 00 02 00").expect("50 02 00 02").reply("62 02 00 02").expect("70 02 00 02");
  broker.publish("a", 2);
  broker.transport.take();
  broker.reply("50 02 00 01").expect("62 02 00 01").reply("70 02 00 01");
  broker.client.subscribe([{ filter: "a" }], undefined, broker.now);
  broker.expect("82 07 00 02 00", field("'a'"), "00");
  broker.client.unsubscribe(["a"], undefined, broker.now);
  broker.expect("A2 06 00 03 00", field("'a'")).after(1000).expect("C0 00");
  authenticate(broker.client, 0x19, { authenticationMethod: "m" }, broker.now);
  broker.expect("F0 06 19 04", METHOD).disconnect();
  broker.expect("E0 00");
});

test("[MQTT-2.2.2-1] a packet without properties says so with a Property Length of 0", () => {
  const will = { topic: "w", payload: new Uint8Array(0), qos: 0, retain: false } as const;
  const broker = new ScriptedBroker({ will }).connect();
  broker.expect("10 14", field("'MQTT'"), "05 06 00 00 00", field("'c'"), "00", field("'w'"), "00 00").reply("20 03 00 00 00");
  broker.publish("a");
  broker.expect("30 04", field("'a'"), "00");
  broker.publish("a", 1);
  broker.expect("32 06", field("'a'"), "00 01 00");
  broker.client.subscribe([{ filter: "a" }], undefined, broker.now);
  broker.expect("82 07 00 02 00", field("'a'"), "00");
  broker.client.unsubscribe(["a"], undefined, broker.now);
  broker.expect("A2 06 00 03 00", field("'a'"));
});

test("[MQTT-2.2.2-1] a Property Length of 0 is written when a header is kept for many publications", () => {
  const broker = ScriptedBroker.connected();
  const publication = new Publication("a", 1, false);
  for (const identifier of ["01", "02"]) {
    broker.publish(publication, 1, "55");
    broker.expect("32 07", field("'a'"), "00", identifier, "00 55");
  }
});

test("[MQTT-2.2.2-1] a Property Length of 0 is taken in every packet that has one", () => {
  const broker = new ScriptedBroker().connect().reply("20 03 00 00 00").told("CONNACK");
  broker.reply(packet("30", field("'a'"), "00 55")).told("a QoS 0: 55");
  broker.reply(packet("34", field("'a'"), "00 09 00 55")).told("a QoS 2: 55").reply("62 04 00 09 00 00").told("PUBREL 9");
  broker.publish("a", 1);
  broker.reply("40 04 00 01 00 00").told("settled a", "PUBACK 1");
  broker.publish("a", 2);
  broker.reply("50 04 00 02 00 00").told("PUBREC 2").reply("70 04 00 02 00 00").told("settled a", "PUBCOMP 2");
  broker.client.subscribe([{ filter: "a" }], undefined, broker.now);
  broker.reply("90 04 00 03 00 00").told("SUBACK 3");
  broker.client.unsubscribe(["a"], undefined, broker.now);
  broker.reply("B0 04 00 04 00 00").told("UNSUBACK 4").reply("E0 02 8B 00").told("DISCONNECT 0x8b", "closed peer 0x8b");
});
