import { equal } from "node:assert/strict";
import { suite, test } from "node:test";
import { Published } from "../../../src/protocol/connection/publishing.js";
import { LASTING, ScriptedBroker, type ScriptOptions } from "../support/scripted-broker.js";

/** A client that has sent its CONNECT. */
function connecting(options: ScriptOptions = {}): ScriptedBroker {
  const broker = new ScriptedBroker({ ...LASTING, early: true, ...options }).connect();
  broker.transport.take();
  return broker;
}

suite("publications before the CONNACK", () => {
  test("go out at QoS 1 and 2, and at QoS 0 after it", () => {
    const broker = connecting();
    equal(broker.writableCalls, 1);
    equal(broker.publish("a", 0, "01"), Published.BLOCKED);
    equal(broker.publish("b", 1, "01"), Published.ACCEPTED);
    equal(broker.publish("c", 2, "01"), Published.ACCEPTED);
    broker.expect("32 07 00 01 'b' 00 01 00 01", "34 07 00 01 'c' 00 02 00 01");
    broker.reply("20 03 00 00 00").told("CONNACK");
    equal(broker.publish("a", 0, "01"), Published.DONE);
    broker.expect("30 05 00 01 'a' 00 01").reply("40 02 00 01").told("settled b", "PUBACK 1");
  });

  test("count against the Receive Maximum that the CONNACK brings (MQTT-3.3.4-7)", () => {
    const broker = connecting();
    broker.publish("a", 1, "01");
    broker.reply("20 06 00 00 03 21 00 02");
    equal(broker.publish("b", 1, "01"), Published.ACCEPTED);
    equal(broker.publish("c", 1, "01"), Published.BLOCKED);
    broker.reply("40 02 00 01");
    equal(broker.publish("c", 1, "01"), Published.ACCEPTED);
  });

  test("the application hears once of room when the connection stands", () => {
    const broker = connecting().reply("20 03 00 00 00");
    const before = broker.writableCalls;
    broker.drain(10);
    equal(broker.writableCalls, before + 1);
  });

  test("wait where that was not asked for", () => {
    const broker = connecting({ early: false });
    equal(broker.writableCalls, 0);
    for (const qos of [0, 1, 2]) equal(broker.publish("a", qos, "01"), Published.BLOCKED);
    broker.expectNothing();
  });

  test("wait while an earlier connection's are in flight", () => {
    const broker = connecting();
    broker.publish("a", 1, "01");
    broker.cut().connect();
    broker.transport.take();
    equal(broker.publish("b", 1, "01"), Published.BLOCKED);
    broker.expectNothing();
  });

  test("wait for enhanced authentication (MQTT-3.1.2-30)", () => {
    const broker = connecting({ properties: { authenticationMethod: "m", sessionExpiryInterval: 60 } });
    equal(broker.publish("a", 1, "01"), Published.BLOCKED);
    equal(broker.writableCalls, 0);
    broker.expectNothing();
  });

  test("go out without any property in the CONNECT", () => {
    const broker = new ScriptedBroker({ early: true, version: 4, cleanStart: false }).connect();
    equal(broker.publish("a", 1, "01"), Published.ACCEPTED);
  });

  test("end with the connection, once it has closed", () => {
    const broker = connecting().cut();
    equal(broker.publish("a", 1, "01"), Published.BLOCKED);
  });

  test("were not looked at by a server that refuses (MQTT-3.1.4-6)", () => {
    const broker = connecting();
    broker.publish("a", 1, "01");
    broker.reply("20 03 00 87 00").told("lost a unsent", "CONNACK 0x87", "closed peer 0x87");
  });

  test("whoever hears of their loss may end the connection: the refusal is not told any more", () => {
    const broker = connecting();
    broker.publish("a", 1, "01");
    broker.reaction = (): void => void broker.disconnect();
    broker.transport.take();
    broker.reply("20 03 00 87 00").told("lost a unsent");
  });

  test("a refusal leaves what an earlier connection sent to the session", () => {
    const broker = connecting();
    broker.publish("a", 1, "01");
    broker.reply("20 03 00 00 00").told("CONNACK").cut().connect().reply("20 03 00 88 00").told("CONNACK 0x88", "closed peer 0x88");
    equal(broker.session.outgoing.count, 1);
  });

  test("the application hears of room for more when the transport takes bytes again, not of what it may not use", () => {
    const broker = connecting();
    broker.drain(10);
    equal(broker.writableCalls, 2);
    const other = connecting({ early: false });
    other.drain(10);
    equal(other.writableCalls, 0);
  });
});
