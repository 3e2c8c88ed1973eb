import { equal } from "node:assert/strict";
import { suite, test } from "node:test";
import { Published } from "../../../src/protocol/connection/publishing.js";
import { LASTING, ScriptedBroker } from "../support/scripted-broker.js";

const PUBLISH = (topic: string, identifier: number, first = "32"): string => `${first} 06 00 01 '${topic}' 00 0${identifier} 00`;

/** The server takes this many at once. */
function limited(receiveMaximum: number, options = {}): ScriptedBroker {
  return ScriptedBroker.connected(options, "21 00", `0${receiveMaximum}`);
}

suite("the server's Receive Maximum", () => {
  test("of 1: one after the other (MQTT-3.3.4-7, MQTT-4.9.0-2)", () => {
    const broker = limited(1);
    equal(broker.publish("a", 1), Published.ACCEPTED);
    equal(broker.publish("b", 1), Published.BLOCKED);
    broker.expect(PUBLISH("a", 1)).reply("40 02 00 01");
    equal(broker.publish("b", 1), Published.ACCEPTED);
    equal(broker.publish("c", 2), Published.BLOCKED);
    broker.expect(PUBLISH("b", 2));
  });

  test("of 2 counts QoS 1 and 2 together", () => {
    const broker = limited(2);
    equal(broker.publish("a", 1), Published.ACCEPTED);
    equal(broker.publish("b", 2), Published.ACCEPTED);
    equal(broker.publish("c", 1), Published.BLOCKED);
    broker.expect(PUBLISH("a", 1), PUBLISH("b", 2, "34")).reply("40 02 00 01");
    equal(broker.publish("c", 1), Published.ACCEPTED);
    equal(broker.publish("d", 1), Published.BLOCKED);
  });

  test("a QoS 2 publication counts until PUBCOMP, or a PUBREC that refuses it", () => {
    const broker = limited(1);
    broker.publish("a", 2);
    broker.reply("50 02 00 01");
    equal(broker.publish("b", 1), Published.BLOCKED);
    broker.reply("70 02 00 01");
    equal(broker.publish("b", 2), Published.ACCEPTED);
    broker.reply("50 03 00 02 80");
    equal(broker.publish("c", 1), Published.ACCEPTED);
  });

  test("a PUBACK that refuses gives room too", () => {
    const broker = limited(1);
    broker.publish("a", 1);
    broker.reply("40 03 00 01 80");
    equal(broker.publish("b", 1), Published.ACCEPTED);
  });

  test("holds back nothing but PUBLISH at QoS 1 and 2 (MQTT-3.3.4-8, MQTT-4.9.0-3)", () => {
    const broker = limited(1, { keepAlive: 10 });
    broker.publish("a", 2);
    broker.expect(PUBLISH("a", 1, "34"));
    equal(broker.publish("b", 0), Published.DONE);
    broker.expect("30 04 00 01 'b' 00");
    equal(broker.client.subscribe([{ filter: "a" }], undefined, broker.now), 2);
    broker.expect("82 07 00 02 00 00 01 'a' 00");
    broker.reply("32 06 00 01 'c' 00 05 00").expect("40 02 00 05");
    broker.reply("34 06 00 01 'c' 00 06 00").expect("50 02 00 06").reply("62 02 00 06").expect("70 02 00 06");
    broker.reply("50 02 00 01").expect("62 02 00 01");
    broker.after(9000).expect("C0 00");
  });

  test("left out means 65535, and then the client's own limit holds", () => {
    const broker = ScriptedBroker.connected({ inFlight: 3 });
    for (const topic of ["a", "b", "c"]) equal(broker.publish(topic, 1), Published.ACCEPTED);
    equal(broker.publish("d", 1), Published.BLOCKED);
    equal(broker.publish("d", 0), Published.DONE);
    broker.reply("40 02 00 02");
    equal(broker.publish("d", 1), Published.ACCEPTED);
  });

  test("begins anew with each connection (MQTT-4.9.0-1)", () => {
    const broker = limited(1, LASTING);
    broker.publish("a", 1);
    broker.cut().connect().accept(false, "21 00 02").told("lost a");
    equal(broker.publish("b", 1), Published.ACCEPTED);
    equal(broker.publish("c", 1), Published.ACCEPTED);
    equal(broker.publish("d", 1), Published.BLOCKED);
  });

  test("is not exceeded because of an exchange that took nothing of it: a PUBREC for what is unknown (MQTT-3.3.4-7)", () => {
    const broker = limited(1);
    broker.publish("a", 1);
    broker.reply("50 02 00 09", "70 03 00 09 92");
    equal(broker.publish("b", 1), Published.BLOCKED);
    broker.reply("40 02 00 01");
    equal(broker.publish("b", 1), Published.ACCEPTED);
  });
});

suite("the server's Receive Maximum on resumption", () => {
  /** Three publications in flight, of which the first is the given QoS. */
  function three(qos: number): ScriptedBroker {
    const broker = ScriptedBroker.connected(LASTING);
    broker.publish("a", qos);
    broker.publish("b", 1);
    broker.publish("c", 2);
    broker.transport.take();
    return broker;
  }

  test("holds back what is to be resent, and each acknowledgement sends the next", () => {
    const broker = three(1).cut().connect().accept(true, "21 00 01").expect(PUBLISH("a", 1, "3A"));
    equal(broker.publish("d", 1), Published.BLOCKED);
    broker.reply("40 02 00 01").expect(PUBLISH("b", 2, "3A")).reply("40 02 00 02").expect(PUBLISH("c", 3, "3C"));
    equal(broker.publish("d", 1), Published.BLOCKED);
    broker.reply("50 02 00 03").expect("62 02 00 03").reply("70 02 00 03");
    equal(broker.publish("d", 1), Published.ACCEPTED);
  });

  test("a PUBREC that refuses sends the next one too", () => {
    three(2).cut().connect().accept(true, "21 00 01").expect(PUBLISH("a", 1, "3C")).reply("50 03 00 01 97").expect(PUBLISH("b", 2, "3A"));
  });

  test("what is held back is sent before anything new, and QoS 0 does not wait for it", () => {
    const broker = three(1).cut().connect().accept(true, "21 00 02").expect(PUBLISH("a", 1, "3A"), PUBLISH("b", 2, "3A"));
    broker.whenWritable = (): void => equal(broker.publish("d", 1), Published.BLOCKED);
    equal(broker.publish("e", 0), Published.DONE);
    broker.expect("30 04 00 01 'e' 00").reply("40 02 00 02").expect(PUBLISH("c", 3, "3C"));
  });

  test("does not hold back PUBREL (MQTT-3.3.4-8)", () => {
    const broker = three(2).reply("50 02 00 01").expect("62 02 00 01").cut().connect().accept(true, "21 00 01");
    broker.expect(PUBLISH("b", 2, "3A"), "62 02 00 01");
  });

  test("is not exceeded because of a PUBCOMP for what took nothing of it on this connection (MQTT-3.3.4-7)", () => {
    const broker = three(2).reply("50 02 00 01").expect("62 02 00 01").cut().connect().accept(true, "21 00 02");
    broker.expect(PUBLISH("b", 2, "3A"), PUBLISH("c", 3, "3C"), "62 02 00 01").reply("70 02 00 01");
    equal(broker.publish("d", 1), Published.BLOCKED);
    broker.reply("40 02 00 02");
    equal(broker.publish("d", 1), Published.ACCEPTED);
    equal(broker.publish("e", 1), Published.BLOCKED);
  });
});
