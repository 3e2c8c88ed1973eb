import { equal, match } from "node:assert/strict";
import { suite, test } from "node:test";
import { authenticate } from "../../../src/protocol/connection/authenticating.js";
import { mqttError } from "../support/encoding.js";
import { CONNECT_TIMEOUT, LASTING, ScriptedBroker } from "../support/scripted-broker.js";

const METHOD = { properties: { authenticationMethod: "m" } };
const CONTINUE = "F0 06 18 04 15 00 01 'm'";

function connecting(): ScriptedBroker {
  const broker = new ScriptedBroker(METHOD).connect();
  return broker.expect("10 12", "00 04 'MQTT' 05", "02 00 00", "04 15 00 01 'm'", "00 01 'c'");
}

const answer = (broker: ScriptedBroker, reasonCode = 0x18, authenticationMethod = "m"): boolean =>
  authenticate(broker.client, reasonCode, { authenticationMethod }, broker.now);

suite("enhanced authentication", () => {
  test("goes back and forth before CONNACK (MQTT-4.12.0-2, MQTT-4.12.0-3)", () => {
    const broker = connecting();
    broker.reaction = (line): void => {
      if (line === "AUTH 0x18") equal(answer(broker), true);
    };
    broker.reply(CONTINUE).expect(CONTINUE).reply(CONTINUE).expect(CONTINUE).told("AUTH 0x18", "AUTH 0x18");
    broker.reply("20 07 00 00 04 15 00 01 'm'").told("CONNACK");
  });

  test("begins the wait for CONNACK anew with each answer", () => {
    const broker = connecting().after(CONNECT_TIMEOUT - 1).reply(CONTINUE);
    answer(broker);
    broker.after(CONNECT_TIMEOUT - 1).told("AUTH 0x18").after(1).told("closed transport 0x88");
  });

  test("goes on over the same connection (MQTT-4.12.1-1)", () => {
    const broker = ScriptedBroker.connected(METHOD, "15 00 01 'm'");
    equal(answer(broker, 0x19), true);
    broker.expect("F0 06 19 04 15 00 01 'm'").reply(CONTINUE, "F0 06 00 04 15 00 01 'm'").expectNothing().told("AUTH 0x18", "AUTH");
  });

  test("the owner may refuse a server that accepts, before the session takes note of what it says", () => {
    const broker = ScriptedBroker.connected({ ...LASTING, properties: { ...LASTING.properties, ...METHOD.properties } }, "15 00 01 'm'");
    broker.publish("a", 2, "07");
    broker.cut().connect();
    broker.transport.take();
    broker.onAccepted = ({ authenticationMethod }): void => {
      equal(authenticationMethod, "m");
      equal(broker.disconnect(0x80), true);
    };
    // It has no session: that would be the end of the publication.
    broker.reply("20 07 00 00 04 15 00 01 'm'").expect("E0 01 80").told();
    equal(broker.session.outgoing.count, 1);
  });

  test("a code out of place is a Protocol Error (MQTT-4.12.0-2)", () => {
    for (const code of ["00", "19"]) connecting().reply("F0 06", code, "04 15 00 01 'm'").expect("E0 01 82").told("closed peer 0x82");
    ScriptedBroker.connected(METHOD, "15 00 01 'm'").reply("F0 06 19 04 15 00 01 'm'").expect("E0 01 82");
  });

  test("another method, or none, is a Protocol Error, in AUTH and in CONNACK (MQTT-4.12.0-5)", () => {
    connecting().reply("F0 06 18 04 15 00 01 'n'").expect("E0 01 82");
    connecting().reply("F0 02 18 00").expect("E0 01 82");
    connecting().reply("20 03 00 00 00").expect("E0 01 82");
    connecting().reply("20 07 00 00 04 15 00 01 'n'").expect("E0 01 82");
    ScriptedBroker.connected(METHOD, "15 00 01 'm'").reply("F0 00").expect("E0 01 82");
  });

  test("a refusal needs no method", () => {
    connecting().reply("20 03 00 8C 00").expectNothing().told("CONNACK 0x8c", "closed peer 0x8c");
  });

  test("that was not begun is a Protocol Error (MQTT-4.12.0-6)", () => {
    ScriptedBroker.connected().reply(CONTINUE).expect("E0 01 82").told("closed peer 0x82");
    const broker = new ScriptedBroker().connect();
    broker.transport.take();
    broker.reply("20 07 00 00 04 15 00 01 'm'").expect("E0 01 82").told("closed peer 0x82");
  });

  test("does not exist in MQTT 3.1.1", () => {
    ScriptedBroker.connected({ ...METHOD, version: 4 }).reply(CONTINUE).expectNothing().told("closed peer 0x82");
  });

  test("AUTH without a method in CONNECT is the caller's mistake, and nothing is sent (MQTT-4.12.0-7)", () => {
    for (const broker of [ScriptedBroker.connected(), ScriptedBroker.connected({ ...METHOD, version: 4 })]) {
      const error = mqttError(() => answer(broker, 0x19));
      equal(error.kind, "configuration");
      match(error.message, /authenticationMethod/);
      broker.expectNothing();
    }
  });

  test("AUTH with another method, or a code that it has not, is the caller's mistake (MQTT-4.12.1-1, MQTT-3.15.2-1)", () => {
    const broker = ScriptedBroker.connected(METHOD, "15 00 01 'm'");
    equal(mqttError(() => answer(broker, 0x19, "n")).kind, "configuration");
    equal(mqttError(() => authenticate(broker.client, 0x19, undefined, broker.now)).kind, "configuration");
    equal(mqttError(() => answer(broker, 0x80)).kind, "configuration");
    broker.expectNothing();
  });

  test("AUTH waits for room, and for a payload to be complete", () => {
    const broker = ScriptedBroker.connected({ ...METHOD, window: 7, sendBuffer: 32 }, "15 00 01 'm'");
    equal(answer(broker), false);
    broker.drain(1);
    equal(answer(broker), true);
    broker.expect(CONTINUE);
  });

  test("AUTH drops its texts rather than exceed the server's Maximum Packet Size, then it is the caller's mistake (MQTT-3.15.2-2, MQTT-3.15.2-3)", () => {
    const broker = ScriptedBroker.connected(METHOD, "15 00 01 'm' 27 00 00 00 0C");
    const properties = { authenticationMethod: "m", reasonString: "because", userProperty: [["a", "b"]] } as const;
    equal(authenticate(broker.client, 0x18, { ...properties, authenticationData: new Uint8Array(1) }, broker.now), true);
    broker.expect("F0 0A 18", "08 15 00 01 'm' 16 00 01 00");
    equal(mqttError(() => authenticate(broker.client, 0x18, { ...properties, authenticationData: new Uint8Array(2) }, broker.now)).reasonCode, 0x95);
    broker.expectNothing();
    equal(authenticate(broker.client, 0x18, properties, broker.now), true);
    broker.expect(CONTINUE);
  });
});
