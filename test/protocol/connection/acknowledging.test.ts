import { equal } from "node:assert/strict";
import { suite, test } from "node:test";
import { Take } from "../../../src/protocol/connection/handler.js";
import { LASTING, ScriptedBroker } from "../support/scripted-broker.js";

const PUBLISH = (topic: string, qos: number, identifier: number): string => `3${2 * qos} 06 00 01 '${topic}' 00 0${identifier} 00`;

/** The application answers to each message with its topic's letter: l later, h held, t taken, r refused. */
function answering(options = {}): ScriptedBroker {
  const broker = ScriptedBroker.connected(options);
  broker.take = (packet): number => ({ l: Take.LATER, h: Take.HELD, t: Take.TAKEN })[packet.topic] ?? 0x83;
  return broker;
}

suite("acknowledging later", () => {
  test("a QoS 1 message that a server repeats meanwhile is delivered and answered once; another one with its identifier is an error", () => {
    const broker = answering().reply(PUBLISH("l", 1, 1)).reply("3A 06 00 01 'l' 00 01 00").expectNothing().told("l QoS 1: ");
    broker.acknowledge(1).expect("40 02 00 01").expectNothing();
    equal(answering().reply(PUBLISH("l", 1, 1), PUBLISH("l", 1, 1)).error?.reasonCode, 0x82);
    equal(answering().reply(PUBLISH("l", 1, 1), "3C 06 00 01 'l' 00 01 00").error?.reasonCode, 0x82);
  });

  test("a message is acknowledged when the application says so, or refused", () => {
    const broker = answering().reply(PUBLISH("l", 1, 1)).expectNothing().acknowledge(1).expect("40 02 00 01");
    broker.reply(PUBLISH("l", 2, 2)).expectNothing().acknowledge(2).expect("50 02 00 02").reply("62 02 00 02").expect("70 02 00 02");
    broker.reply(PUBLISH("l", 1, 3)).acknowledge(3, 0x99).expect("40 03 00 03 99").reply(PUBLISH("l", 2, 4)).acknowledge(4, 0x80).expect("50 03 00 04 80");
    equal(broker.session.incoming.count, 0);
  });

  test("PUBACKs keep the order of arrival, whatever order the application has (MQTT-4.6.0-2)", () => {
    const broker = answering().reply(PUBLISH("l", 1, 3), PUBLISH("l", 1, 1), PUBLISH("l", 1, 2));
    broker.acknowledge(2).expectNothing().acknowledge(1).expectNothing().acknowledge(3).expect("40 02 00 03", "40 02 00 01", "40 02 00 02");
  });

  test("PUBRECs keep the order of arrival (MQTT-4.6.0-3)", () => {
    const broker = answering().reply(PUBLISH("l", 2, 3), PUBLISH("l", 2, 1), PUBLISH("l", 2, 2));
    broker.acknowledge(1).expectNothing().acknowledge(3).expect("50 02 00 03", "50 02 00 01").acknowledge(2, 0x80).expect("50 03 00 02 80");
  });

  test("PUBRECs of repeats keep the order in which they came this time (MQTT-4.6.0-3)", () => {
    const broker = answering(LASTING).reply(PUBLISH("t", 2, 1), PUBLISH("l", 2, 2)).expect("50 02 00 01");
    broker.cut().connect().accept(true).reply(PUBLISH("l", 2, 3), "3C 06 00 01 't' 00 01 00", "3C 06 00 01 'l' 00 02 00").expectNothing();
    broker.acknowledge(3).expect("50 02 00 03", "50 02 00 01").acknowledge(2).expect("50 02 00 02").told("t QoS 2: ", "l QoS 2: ", "l QoS 2: ");
  });

  test("a repeat whose PUBREC cannot be sent yet may be released for the first", () => {
    const broker = answering({ window: 5 }).reply(PUBLISH("t", 2, 1)).expect("50 02 00 01").reply("3C 06 00 01 't' 00 01 00", "62 02 00 01").expectNothing();
    broker.drain(10).expect("70 02 00 01").told("t QoS 2: ", "PUBREL 1");
    equal(broker.session.incoming.count, 0);
  });

  test("a message that is taken at once waits for those before it", () => {
    answering().reply(PUBLISH("l", 1, 1), PUBLISH("t", 1, 2), PUBLISH("t", 2, 3), PUBLISH("r", 1, 4)).expectNothing().acknowledge(1)
      .expect("40 02 00 01", "40 02 00 02", "50 02 00 03", "40 03 00 04 83");
  });

  test("PUBCOMP and QoS 0 do not wait", () => {
    const broker = answering().reply(PUBLISH("t", 2, 1), PUBLISH("l", 1, 2), "62 02 00 01").expect("50 02 00 01", "70 02 00 01");
    broker.reply("30 04 00 01 't' 00").told("t QoS 2: ", "l QoS 1: ", "PUBREL 1", "t QoS 0: ");
  });

  test("a QoS 2 message that awaits PUBREL holds nothing back", () => {
    answering().reply(PUBLISH("t", 2, 1), PUBLISH("l", 1, 2)).expect("50 02 00 01").acknowledge(2).expect("40 02 00 02");
  });

  test("a repeat of a QoS 2 message that is not acknowledged is neither delivered nor answered", () => {
    const broker = answering().reply(PUBLISH("l", 2, 1), PUBLISH("l", 2, 1)).expectNothing().told("l QoS 2: ").acknowledge(1).expect("50 02 00 01");
    broker.reply(PUBLISH("l", 2, 1)).expect("50 02 00 01").told();
  });

  test("at QoS 0 there is nothing to acknowledge", () => {
    const broker = answering().reply("30 04 00 01 'l' 00", PUBLISH("t", 1, 1)).expect("40 02 00 01").acknowledge(0);
    equal(broker.session.incoming.count, 0);
  });

  test("what is not waiting to be acknowledged is not acknowledged", () => {
    answering().reply(PUBLISH("t", 2, 1)).expect("50 02 00 01").acknowledge(1).acknowledge(2).acknowledge(0).expectNothing();
  });

  test("acknowledgements that could not be sent go out later, in order", () => {
    const broker = answering({ window: 9 }).reply(PUBLISH("l", 1, 1), PUBLISH("l", 1, 2), PUBLISH("t", 2, 3), PUBLISH("t", 1, 4));
    broker.acknowledge(2).acknowledge(1).expect("40 02 00 01", "40 02 00 02").drain(3).expectNothing().drain(1).expect("50 02 00 03").drain(5).expect("40 02 00 04");
    equal(broker.session.incoming.count, 1);
  });
});

suite("acknowledging after the connection", () => {
  test("at QoS 1 means nothing: the message comes again, and its own acknowledgement counts", () => {
    const broker = answering(LASTING).reply(PUBLISH("l", 1, 1));
    const { client } = broker;
    broker.cut().connect().accept(true).reply(PUBLISH("l", 1, 1));
    client.acknowledge(1, 0, broker.now);
    broker.expectNothing().acknowledge(1).expect("40 02 00 01");
  });

  test("at QoS 2 counts, and goes out on the connection in use", () => {
    const broker = answering(LASTING).reply(PUBLISH("l", 2, 1));
    const { client } = broker;
    broker.cut().connect().accept(true).reply("3C 06 00 01 'l' 00 01 00").expectNothing().told("l QoS 2: ");
    client.acknowledge(1, 0, broker.now);
    broker.expect("50 02 00 01").reply("62 02 00 01").expect("70 02 00 01");
  });

  test("at QoS 2 counts before the message came again, and goes out when it does", () => {
    const broker = answering(LASTING).reply(PUBLISH("l", 2, 1));
    const { client } = broker;
    broker.cut().connect().accept(true);
    client.acknowledge(1, 0, broker.now);
    broker.expectNothing().reply("3C 06 00 01 'l' 00 01 00").expect("50 02 00 01").reply("62 02 00 01").expect("70 02 00 01").told("l QoS 2: ", "PUBREL 1");
    equal(broker.session.incoming.count, 0);
  });

  test("at QoS 2 with an error lets the message come to the application again", () => {
    const broker = answering(LASTING).reply(PUBLISH("l", 2, 1));
    const { client } = broker;
    broker.cut().connect().accept(true);
    client.acknowledge(1, 0x80, broker.now);
    broker.expectNothing().reply("3C 06 00 01 'l' 00 01 00").told("l QoS 2: ", "l QoS 2 DUP: ").acknowledge(1, 0x80).expect("50 03 00 01 80");
  });

  test("at QoS 2 counts while there is no connection", () => {
    const broker = answering(LASTING).reply(PUBLISH("l", 2, 1)).cut().acknowledge(1);
    broker.connect().accept(true).expectNothing().reply("3C 06 00 01 'l' 00 01 00").expect("50 02 00 01").told("l QoS 2: ");
  });

  test("means nothing once the session is lost", () => {
    const broker = answering(LASTING).reply(PUBLISH("l", 2, 1));
    const { client } = broker;
    broker.cut().connect().accept(false).reply(PUBLISH("l", 2, 1), PUBLISH("l", 2, 2));
    client.acknowledge(1, 0, broker.now);
    broker.expectNothing().acknowledge(1).expect("50 02 00 01").told("l QoS 2: ", "l QoS 2: ", "l QoS 2: ");
  });
});

suite("holding a message", () => {
  test("nothing more is looked at, nothing acknowledged, until it is released", () => {
    const broker = answering().reply(PUBLISH("h", 1, 1), PUBLISH("t", 1, 2), "D0 00").expectNothing().told("h QoS 1: ");
    equal(broker.client.paused, true);
    broker.release().expect("40 02 00 01", "40 02 00 02").told("t QoS 1: ", "PINGRESP");
    equal(broker.client.paused, false);
  });

  test("it may be refused, or acknowledged later, when it is released", () => {
    answering().reply(PUBLISH("h", 2, 1)).release(0x91).expect("50 03 00 01 91");
    answering().reply(PUBLISH("h", 2, 1)).release(Take.LATER).expectNothing().acknowledge(1).expect("50 02 00 01");
  });

  test("at QoS 0 it is held too", () => {
    answering().reply("30 04 00 01 'h' 00", PUBLISH("t", 1, 2)).expectNothing().release().expect("40 02 00 02");
  });

  test("an acknowledgement of one before it does not release it", () => {
    const broker = answering().reply(PUBLISH("l", 1, 1), PUBLISH("h", 1, 2), PUBLISH("t", 1, 3)).acknowledge(1).expect("40 02 00 01");
    equal(broker.client.paused, true);
    broker.told("l QoS 1: ", "h QoS 1: ").release().expect("40 02 00 02", "40 02 00 03");
  });

  test("publishing goes on meanwhile, and time", () => {
    const broker = answering({ keepAlive: 60 }).reply(PUBLISH("h", 1, 1), "40 02 00 01");
    broker.publish("a", 1);
    broker.expect("32 06 00 01 'a' 00 01 00").told("h QoS 1: ").after(59_000).expect("C0 00").drain(100).told();
    broker.release().expect("40 02 00 01").told("settled a", "PUBACK 1");
  });

  test("a release of what is not held does nothing, also while an unsent PUBCOMP pauses", () => {
    const broker = answering({ window: 0 }).reply("62 02 00 07").release().drain(20).expect("70 03 00 07 92").release().expectNothing();
    equal(broker.session.incoming.count, 0);
  });

  test("after the end of the connection a release does nothing", () => {
    const broker = answering().reply(PUBLISH("h", 1, 1)).cut().release().told("h QoS 1: ");
    equal(broker.session.incoming.count, 0);
  });
});

suite("a PUBCOMP that cannot be sent", () => {
  test("pauses reading, and goes out first", () => {
    const broker = answering({ window: 8 }).reply(PUBLISH("t", 2, 1)).expect("50 02 00 01").reply("62 02 00 01", PUBLISH("t", 1, 2)).expectNothing();
    equal(broker.client.paused, true);
    broker.told("t QoS 2: ", "PUBREL 1").drain(1).expect("70 02 00 01").told("t QoS 1: ").drain(5).expect("40 02 00 02");
  });
});
