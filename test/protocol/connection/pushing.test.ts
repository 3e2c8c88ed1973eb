import { equal } from "node:assert/strict";
import { suite, test } from "node:test";
import { begin as beginAt, push } from "../../../src/protocol/connection/pushing.js";
import { Published } from "../../../src/protocol/connection/publishing.js";
import { Publication } from "../../../src/protocol/session/publication.js";
import { bytes, hex, join, pattern } from "../support/bytes.js";
import { mqttError } from "../support/encoding.js";
import { ScriptedBroker } from "../support/scripted-broker.js";

const PAYLOAD = pattern(30);
const small = (options = {}): ScriptedBroker => ScriptedBroker.connected({ sendBuffer: 24, ...options });

suite("a payload that the caller brings in parts", () => {
  const begin = (broker: ScriptedBroker, qos: number, first: string, length: number, identifier = 0, duplicate = false): number =>
    beginAt(broker.client, new Publication("a", qos, false), bytes(first), length, identifier, duplicate, broker.now);

  test("goes out part by part", () => {
    const broker = small();
    equal(begin(broker, 1, "01 02", 5), Published.ACCEPTED);
    broker.expect("32 0B 00 01 'a' 00 01 00 01 02");
    const { client: outbound } = broker;
    equal(outbound.pushing, true);
    equal(push(outbound, bytes("03"), broker.now), true);
    equal(push(outbound, bytes("04 05"), broker.now), true);
    equal(outbound.pushing, false);
    broker.expect("03 04 05").reply("40 02 00 01").told("PUBACK 1");
    equal(broker.session.outgoing.count, 0);
  });

  test("may begin with nothing, or with more than the send buffer", () => {
    const broker = small();
    begin(broker, 0, "", 2);
    broker.expect("30 06 00 01 'a' 00");
    push(broker.client, bytes("01 02"), broker.now);
    broker.expect("01 02");
    beginAt(broker.client, new Publication("a", 0, false), PAYLOAD.subarray(0, 20), 30, 0, false, broker.now);
    equal(hex(broker.transport.take()), hex(join(bytes("30 22 00 01 'a' 00"), PAYLOAD.subarray(0, 20))));
    push(broker.client, PAYLOAD.subarray(20), broker.now);
    equal(hex(broker.transport.take()), hex(PAYLOAD.subarray(20)));
  });

  test("is taken as a whole part or not at all", () => {
    const broker = small({ window: 11 });
    equal(begin(broker, 0, "01 02 03 04 05 06", 9), Published.BLOCKED);
    broker.expectNothing();
    equal(begin(broker, 0, "01 02 03 04 05", 9), Published.DONE);
    broker.expect("30 0D 00 01 'a' 00 01 02 03 04 05").drain(2);
    equal(push(broker.client, bytes("06 07 08"), broker.now), false);
    equal(push(broker.client, bytes("06 07"), broker.now), true);
    broker.expect("06 07");
  });

  test("is asked for when there is room", () => {
    const broker = small({ window: 6 });
    begin(broker, 0, "", 3);
    const before = broker.writableCalls;
    broker.drain(2);
    equal(broker.writableCalls, before + 1);
  });

  test("must not be longer than was said", () => {
    const broker = small();
    begin(broker, 0, "01", 2);
    broker.expect("30 06 00 01 'a' 00 01");
    equal(mqttError(() => push(broker.client, bytes("02 03"), broker.now)).kind, "configuration");
    broker.expectNothing();
    push(broker.client, bytes("02"), broker.now);
    broker.expect("02");
  });

  test("keeps acknowledgements waiting", () => {
    const broker = small();
    begin(broker, 0, "01", 2);
    broker.transport.take();
    broker.reply("32 06 00 01 'c' 00 01 00").expectNothing();
    push(broker.client, bytes("02"), broker.now);
    broker.drain(1).expect("02 40 02 00 01");
  });

  test("is a first copy without DUP, at QoS 0, or without the identifier that it had (MQTT-3.3.1-2)", () => {
    const broker = small();
    begin(broker, 0, "07", 1, 5, true);
    broker.expect("30 05 00 01 'a' 00 07");
    begin(broker, 1, "07", 1, 0, true);
    broker.expect("32 07 00 01 'a' 00 01 00 07");
    begin(broker, 1, "07", 1, 5, false);
    broker.expect("32 07 00 01 'a' 00 05 00 07");
    begin(broker, 1, "07", 1, 6, true);
    broker.expect("3A 07 00 01 'a' 00 06 00 07");
    beginAt(broker.client, new Publication("a", 0, true), bytes("07"), 1, 5, true, broker.now);
    broker.expect("31 05 00 01 'a' 00 07");
  });

  test("may have an identifier and DUP of the caller's choice, but none that is in use", () => {
    const broker = small();
    begin(broker, 2, "01", 1, 0x1234, true);
    broker.expect("3C 07 00 01 'a' 12 34 00 01");
    for (const identifier of [0x1234, 0x10000, -1, 1.5]) equal(mqttError(() => begin(broker, 1, "01", 1, identifier)).kind, "configuration");
    broker.expectNothing().reply("50 02 12 34").expect("62 02 12 34").reply("70 02 12 34").told("PUBREC 4660", "PUBCOMP 4660");
  });

  test("counts against the server's Receive Maximum", () => {
    const broker = ScriptedBroker.connected({}, "21 00 01");
    begin(broker, 1, "01", 1);
    equal(begin(broker, 1, "01", 1), Published.BLOCKED);
    equal(broker.publish("b", 1), Published.BLOCKED);
  });
});
