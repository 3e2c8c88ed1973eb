import { equal, throws } from "node:assert/strict";
import { suite, test } from "node:test";
import { Take } from "../../../src/protocol/connection/handler.js";
import { LASTING, ScriptedBroker } from "../support/scripted-broker.js";

const QOS_1 = "32 07 00 01 'a' 00 07 00 55";
const QOS_2 = "34 07 00 01 'a' 00 07 00 55";

suite("a received message", () => {
  test("is answered by its QoS, with its identifier (MQTT-3.3.4-1, MQTT-2.2.1-5)", () => {
    const broker = ScriptedBroker.connected().reply("30 05 00 01 'a' 00 55").expectNothing().told("a QoS 0: 55");
    broker.reply(QOS_1).expect("40 02 00 07").told("a QoS 1: 55");
    broker.reply("34 07 00 01 'a' 12 34 00 55").expect("50 02 12 34").told("a QoS 2: 55");
    broker.reply("62 02 12 34").expect("70 02 12 34").told("PUBREL 4660");
    equal(broker.session.incoming.count, 0);
  });

  test("the same in MQTT 3.1.1", () => {
    const broker = ScriptedBroker.connected({ version: 4 }).reply("32 06 00 01 'a' 00 07 55").expect("40 02 00 07").told("a QoS 1: 55");
    broker.reply("34 06 00 01 'a' 00 08 55").expect("50 02 00 08").reply("62 02 00 08").expect("70 02 00 08");
  });

  test("without a payload is one too", () => {
    ScriptedBroker.connected().reply("31 04 00 01 'a' 00").told("a QoS 0 RETAIN: ").reply("32 06 00 01 'a' 00 07 00").expect("40 02 00 07");
  });

  test("is delivered before it is acknowledged (MQTT-4.3.2-4)", () => {
    for (const packet of [QOS_1, QOS_2]) {
      const broker = ScriptedBroker.connected();
      let sent = -1;
      broker.take = (): number => {
        sent = broker.transport.take().length;
        return Take.TAKEN;
      };
      broker.reply(packet);
      equal(sent, 0);
      equal(broker.transport.take().length, 4);
    }
  });

  test("at QoS 1 is a new one after its PUBACK, whatever DUP says (MQTT-4.3.2-5)", () => {
    const broker = ScriptedBroker.connected().reply(QOS_1, "3A 07 00 01 'a' 00 07 00 55");
    broker.expect("40 02 00 07", "40 02 00 07").told("a QoS 1: 55", "a QoS 1 DUP: 55");
  });

  test("at QoS 2 is delivered once until PUBREL, and answered each time (MQTT-4.3.3-10)", () => {
    const broker = ScriptedBroker.connected().reply(QOS_2, "3C 07 00 01 'a' 00 07 00 55", QOS_2).told("a QoS 2: 55");
    broker.expect("50 02 00 07", "50 02 00 07", "50 02 00 07");
  });

  test("at QoS 2 is a new one after PUBCOMP (MQTT-4.3.3-12)", () => {
    const broker = ScriptedBroker.connected().reply(QOS_2, "62 02 00 07", QOS_2).expect("50 02 00 07", "70 02 00 07", "50 02 00 07");
    broker.told("a QoS 2: 55", "PUBREL 7", "a QoS 2: 55");
  });

  test("PUBREL for what is unknown is answered with PUBCOMP 0x92, in MQTT 3.1.1 without a code (MQTT-4.3.3-11, MQTT-3.7.2-1)", () => {
    ScriptedBroker.connected().reply("62 02 00 07").expect("70 03 00 07 92").told("PUBREL 7");
    ScriptedBroker.connected({ version: 4 }).reply("62 02 00 07").expect("70 02 00 07");
    ScriptedBroker.connected().reply(QOS_2, "62 02 00 07", "62 03 00 07 92").expect("50 02 00 07", "70 02 00 07", "70 03 00 07 92");
  });

  test("may be refused: then it is over, and its identifier free (MQTT-4.3.3-9)", () => {
    const broker = ScriptedBroker.connected();
    broker.take = (): number => 0x97;
    broker.reply(QOS_1).expect("40 03 00 07 97").reply(QOS_2).expect("50 03 00 07 97");
    equal(broker.session.incoming.count, 0);
    broker.reply(QOS_2).expect("50 03 00 07 97").told("a QoS 1: 55", "a QoS 2: 55", "a QoS 2: 55");
    broker.reply("30 05 00 01 'a' 00 55").expectNothing();
  });

  test("cannot be refused in MQTT 3.1.1: it is acknowledged", () => {
    const broker = ScriptedBroker.connected({ version: 4 });
    broker.take = (): number => 0x97;
    broker.reply("32 06 00 01 'a' 00 07 55").expect("40 02 00 07").reply("34 06 00 01 'a' 00 08 55").expect("50 02 00 08").reply("62 02 00 08").expect("70 02 00 08");
  });

  test("a refusal with a code that PUBACK has not is the application's mistake, and nothing is sent", () => {
    const broker = ScriptedBroker.connected();
    broker.take = (): number => Take.LATER;
    broker.reply(QOS_1);
    throws(() => broker.acknowledge(7, 0x82), { kind: "configuration" });
    broker.acknowledge(7).expect("40 02 00 07");
    broker.take = (): number => 0x82;
    throws(() => broker.reply(QOS_1), { kind: "configuration" });
    broker.expectNothing();
  });

  test("a PUBREL for a QoS 1 message, or for one that got no PUBREC yet, is a Protocol Error", () => {
    const broker = (): ScriptedBroker => {
      const later = ScriptedBroker.connected();
      later.take = (): number => Take.LATER;
      return later;
    };
    broker().reply(QOS_1, "62 02 00 07").expect("E0 01 82");
    broker().reply(QOS_2, "62 02 00 07").expect("E0 01 82");
  });

  test("an identifier that another unfinished message has is a Protocol Error", () => {
    ScriptedBroker.connected().reply(QOS_2).expect("50 02 00 07").reply(QOS_1).expect("E0 01 82");
    const broker = ScriptedBroker.connected();
    broker.take = (): number => Take.LATER;
    broker.reply(QOS_1, QOS_1).expect("E0 01 82").told("a QoS 1: 55", "closed peer 0x82");
  });

  test("the same identifier in the other direction is another one", () => {
    const broker = ScriptedBroker.connected();
    broker.publish("b", 2);
    broker.expect("34 06 00 01 'b' 00 01 00").reply("34 07 00 01 'a' 00 01 00 55").expect("50 02 00 01");
    broker.reply("50 02 00 01").expect("62 02 00 01").reply("62 02 00 01").expect("70 02 00 01").reply("70 02 00 01").told("a QoS 2: 55", "PUBREC 1", "PUBREL 1", "settled b", "PUBCOMP 1");
  });
});

suite("Receive Maximum announced to the server", () => {
  const PUBLISH = (identifier: number): string => `34 06 00 01 'a' 00 0${identifier} 00`;

  test("one message more is answered with 0x93 (MQTT-3.3.4-9)", () => {
    const broker = ScriptedBroker.connected({ receiveMaximum: 2 }).reply(PUBLISH(1), PUBLISH(2)).expect("50 02 00 01", "50 02 00 02");
    broker.reply(PUBLISH(3)).expect("E0 01 93").told("a QoS 2: ", "a QoS 2: ", "closed peer 0x93");
  });

  test("counts QoS 1 messages that are not acknowledged", () => {
    const broker = ScriptedBroker.connected({ receiveMaximum: 1 });
    broker.take = (): number => Take.LATER;
    broker.reply("32 06 00 01 'a' 00 01 00", "32 06 00 01 'a' 00 02 00").expect("E0 01 93");
  });

  test("PUBACK, PUBCOMP and a refusal make room; repeats and QoS 0 take none", () => {
    const broker = ScriptedBroker.connected({ receiveMaximum: 1 }).reply("32 06 00 01 'a' 00 01 00", PUBLISH(2), PUBLISH(2), "30 04 00 01 'a' 00");
    broker.reply("62 02 00 02", PUBLISH(3)).expect("40 02 00 01", "50 02 00 02", "50 02 00 02", "70 02 00 02", "50 02 00 03").reply("62 02 00 03");
    broker.take = (): number => 0x80;
    broker.reply(PUBLISH(4), PUBLISH(5)).expect("70 02 00 03", "50 03 00 04 80", "50 03 00 05 80");
  });

  test("a message whose acknowledgement could not be sent yet counts", () => {
    ScriptedBroker.connected({ receiveMaximum: 1, window: 0 }).reply("32 06 00 01 'a' 00 01 00", "32 06 00 01 'a' 00 02 00").told("a QoS 1: ", "closed peer 0x93");
  });
});

suite("across connections", () => {
  const again = "3C 07 00 01 'a' 00 07 00 55";

  test("a QoS 2 message is delivered once (MQTT-4.3.3-10)", () => {
    const broker = ScriptedBroker.connected(LASTING).reply(QOS_2).expect("50 02 00 07").told("a QoS 2: 55").cut().connect().accept(true);
    broker.reply(again).expect("50 02 00 07").told().cut().connect().accept(true).reply("62 02 00 07").expect("70 02 00 07");
  });

  test("a QoS 2 message whose PUBREC could not be sent is delivered once", () => {
    const broker = ScriptedBroker.connected({ ...LASTING, window: 0 }).reply(QOS_2).expectNothing().told("a QoS 2: 55");
    broker.cut().connect({ window: 100 }).accept(true).expectNothing().reply(again).expect("50 02 00 07").told();
  });

  test("a QoS 2 message whose refusal could not be sent is delivered anew", () => {
    const broker = ScriptedBroker.connected({ ...LASTING, window: 0 });
    broker.take = (): number => 0x97;
    broker.reply(QOS_2).cut().connect({ window: 100 }).accept(true).reply(again).expect("50 03 00 07 97").told("a QoS 2: 55", "a QoS 2 DUP: 55");
  });

  test("a QoS 1 message whose PUBACK could not be sent comes again as a new one", () => {
    const broker = ScriptedBroker.connected({ ...LASTING, window: 0 }).reply(QOS_1).cut().connect({ window: 100 }).accept(true).expectNothing();
    equal(broker.session.incoming.count, 0);
    broker.reply("3A 07 00 01 'a' 00 07 00 55").expect("40 02 00 07").told("a QoS 1: 55", "a QoS 1 DUP: 55");
  });

  test("a PUBCOMP that could not be sent is asked for again, and says that all is done", () => {
    const broker = ScriptedBroker.connected({ ...LASTING, window: 4 }).reply(QOS_2).expectNothing().drain(1).expect("50 02 00 07").reply("62 02 00 07").expectNothing();
    broker.cut().connect({ window: 100 }).accept(true).reply("62 02 00 07").expect("70 03 00 07 92");
  });

  test("without the session an identifier begins anew (MQTT-3.2.2-5)", () => {
    const broker = ScriptedBroker.connected(LASTING).reply(QOS_2).cut().connect().accept(false).reply(QOS_2).expect("50 02 00 07");
    broker.told("a QoS 2: 55", "a QoS 2: 55");
  });

  test("what is unfinished does not count against Receive Maximum on the next connection: the oldest gives way, its PUBREL is answered", () => {
    const message = (identifier: number): string => `34 06 00 01 'b' 00 0${identifier} 00`;
    const broker = ScriptedBroker.connected({ ...LASTING, receiveMaximum: 2 }).reply(message(1), message(2)).cut().connect().accept(true).told("b QoS 2: ", "b QoS 2: ");
    broker.reply(message(3)).expect("50 02 00 03").told("b QoS 2: ");
    // The younger one is still known, and what is repeated belongs to this connection.
    broker.reply("3C 06 00 01 'b' 00 02 00").expect("50 02 00 02").told();
    broker.reply("62 02 00 01").expect("70 03 00 01 92").told("PUBREL 1");
    broker.reply(message(4)).expect("E0 01 93");
    equal(broker.session.incoming.count, 2);
  });

  test("a message that the application still has never gives way", () => {
    const broker = ScriptedBroker.connected({ ...LASTING, receiveMaximum: 1 });
    broker.take = (): number => Take.LATER;
    broker.reply(QOS_2).cut().connect().accept(true).reply("34 06 00 01 'b' 00 08 00").expect("E0 01 93");
    broker.connect().accept(true).reply(again).acknowledge(7).expect("50 02 00 07");
  });
});
