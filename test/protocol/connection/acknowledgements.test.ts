import { equal } from "node:assert/strict";
import { suite, test } from "node:test";
import { Published } from "../../../src/protocol/connection/publishing.js";
import { OutgoingState } from "../../../src/protocol/session/outgoing.js";
import { LASTING, ScriptedBroker } from "../support/scripted-broker.js";

/** The client has published `payload` to topic "a" with identifier 1. */
function published(qos: number, version: 4 | 5 = 5): ScriptedBroker {
  const broker = ScriptedBroker.connected({ version });
  equal(broker.publish("a", qos, "07"), Published.ACCEPTED);
  broker.transport.take();
  return broker;
}

suite("QoS 0", () => {
  test("is done once it is sent: no identifier, no DUP, no answer (MQTT-2.2.1-2, MQTT-3.3.1-2, MQTT-4.3.1-1)", () => {
    const broker = ScriptedBroker.connected();
    equal(broker.publish("a", 0, "07"), Published.DONE);
    broker.expect("30 05", "00 01 'a'", "00", "07").told();
    equal(broker.session.outgoing.count, 0);
  });

  test("without payload", () => {
    const broker = ScriptedBroker.connected();
    equal(broker.publish("a", 0), Published.DONE);
    broker.expect("30 04", "00 01 'a'", "00");
  });

  test("in MQTT 3.1.1 there are no properties", () => {
    const broker = ScriptedBroker.connected({ version: 4 });
    broker.publish("a", 0, "07", { contentType: "x", topicAlias: 3 });
    broker.expect("30 04", "00 01 'a'", "07");
  });
});

suite("QoS 1", () => {
  test("PUBLISH has an identifier and no DUP; PUBACK settles it (MQTT-4.3.2-1, MQTT-4.3.2-2, MQTT-4.3.2-3)", () => {
    const broker = ScriptedBroker.connected();
    equal(broker.publish("a", 1, "07"), Published.ACCEPTED);
    broker.expect("32 07", "00 01 'a'", "00 01", "00", "07").told().reply("40 02 00 01").expectNothing().told("settled a", "PUBACK 1");
    equal(broker.session.outgoing.count, 0);
  });

  test("PUBACKs may come in any order and settle their own (MQTT-2.2.1-5)", () => {
    const broker = ScriptedBroker.connected();
    for (const topic of ["a", "b", "c"]) broker.publish(topic, 1);
    broker.reply("40 02 00 02").told("settled b", "PUBACK 2").reply("40 02 00 03", "40 02 00 01").told("settled c", "PUBACK 3", "settled a", "PUBACK 1");
  });

  test("a refusal is final and reported (MQTT-4.4.0-2)", () => {
    published(1).reply("40 03 00 01 97").expectNothing().told("settled a 0x97", "PUBACK 1 0x97");
    published(1).reply("40 04 00 01 10 00").told("settled a 0x10", "PUBACK 1 0x10");
  });

  test("the application may publish from where it is told, and the identifier is free by then", () => {
    const broker = ScriptedBroker.connected({ inFlight: 1 });
    broker.reaction = (line): void => {
      if (line === "settled a") equal(broker.publish("b", 1), Published.ACCEPTED);
    };
    broker.publish("a", 1);
    broker.expect("32 06 00 01 'a' 00 01 00").reply("40 02 00 01").expect("32 06 00 01 'b' 00 02 00");
  });

  test("after a PUBACK the application may go on", () => {
    const broker = published(1);
    const before = broker.writableCalls;
    broker.reply("40 02 00 01");
    equal(broker.writableCalls, before + 1);
  });

  test("a second PUBACK for the same is one for what was never sent", () => {
    published(1).reply("40 02 00 01", "40 02 00 01").expect("E0 01 82").told("settled a", "PUBACK 1", "closed peer 0x82");
  });
});

suite("QoS 2", () => {
  test("PUBLISH, PUBREC, PUBREL, PUBCOMP (MQTT-4.3.3-1 to 5)", () => {
    const broker = ScriptedBroker.connected();
    equal(broker.publish("a", 2, "07"), Published.ACCEPTED);
    broker.expect("34 07", "00 01 'a'", "00 01", "00", "07");
    broker.reply("50 02 00 01").expect("62 02 00 01").told("PUBREC 1");
    broker.reply("70 02 00 01").expectNothing().told("settled a", "PUBCOMP 1");
    equal(broker.session.outgoing.count, 0);
  });

  test("the same in MQTT 3.1.1", () => {
    const broker = ScriptedBroker.connected({ version: 4 });
    broker.publish("a", 2, "07");
    broker.expect("34 06", "00 01 'a'", "00 01", "07").reply("50 02 00 01").expect("62 02 00 01").reply("70 02 00 01").told("PUBREC 1", "settled a", "PUBCOMP 1");
  });

  test("PUBREC 0x10 is a success, 0x80 and above the end (MQTT-4.3.3-4, MQTT-4.4.0-2)", () => {
    published(2).reply("50 03 00 01 10").expect("62 02 00 01").told("PUBREC 1 0x10");
    const broker = published(2).reply("50 03 00 01 87").expectNothing().told("settled a 0x87", "PUBREC 1 0x87");
    equal(broker.session.outgoing.count, 0);
  });

  test("the application may go on after a PUBREC that refuses", () => {
    const broker = published(2);
    const before = broker.writableCalls;
    broker.reply("50 03 00 01 87");
    equal(broker.writableCalls, before + 1);
  });

  test("PUBRELs keep the order of PUBRECs (MQTT-4.6.0-4)", () => {
    const broker = ScriptedBroker.connected();
    for (const topic of ["a", "b", "c"]) broker.publish(topic, 2);
    broker.transport.take();
    broker.reply("50 02 00 03", "50 02 00 01", "50 02 00 02").expect("62 02 00 03", "62 02 00 01", "62 02 00 02");
  });

  test("PUBRELs that had to wait keep the order of PUBRECs too", () => {
    const broker = ScriptedBroker.connected({ window: 18 });
    for (const topic of ["a", "b"]) broker.publish(topic, 2, "07");
    broker.transport.take();
    broker.reply("50 02 00 02", "50 02 00 01").expectNothing().drain(4).expectNothing().drain(4).expect("62 02 00 02").drain(4).expect("62 02 00 01");
    broker.reply("70 02 00 02", "70 02 00 01").told("PUBREC 2", "PUBREC 1", "settled b", "PUBCOMP 2", "settled a", "PUBCOMP 1");
  });

  test("a repeated PUBREC is answered again", () => {
    const broker = published(2).reply("50 02 00 01").expect("62 02 00 01").reply("50 02 00 01").expect("62 02 00 01");
    broker.reply("70 02 00 01").told("PUBREC 1", "PUBREC 1", "settled a", "PUBCOMP 1");
  });

  test("a PUBREC for what is unknown is answered with PUBREL 0x92, and that exchange ends with PUBCOMP (4.3.3)", () => {
    const broker = ScriptedBroker.connected();
    broker.reply("50 02 00 09").expect("62 03 00 09 92");
    equal(broker.session.outgoing.at(0).state, OutgoingState.PUBCOMP);
    broker.reply("70 03 00 09 92").expectNothing().told("PUBREC 9", "PUBCOMP 9 0x92");
    equal(broker.session.outgoing.count, 0);
  });

  test("in MQTT 3.1.1 that PUBREL has no Reason Code", () => {
    ScriptedBroker.connected({ version: 4 }).reply("50 02 00 09").expect("62 02 00 09").reply("70 02 00 09").told("PUBREC 9", "PUBCOMP 9");
  });

  test("a PUBREC that refuses what is unknown is no error and gets no answer", () => {
    const broker = ScriptedBroker.connected().reply("50 03 00 09 87", "50 03 00 09 80").expectNothing().told("PUBREC 9 0x87", "PUBREC 9 0x80");
    equal(broker.session.outgoing.count, 0);
  });

  test("a flood of PUBRECs for what is unknown makes nothing grow", () => {
    const broker = ScriptedBroker.connected({ inFlight: 2 });
    for (let i = 1; i < 200; i++) broker.reply("50 02 00", i.toString(16).padStart(2, "0"));
    equal(broker.session.outgoing.count <= 4, true);
    equal(broker.error, undefined);
  });

  test("PUBCOMP 0x92 means that the server had finished before: no failure", () => {
    published(2).reply("50 02 00 01", "70 03 00 01 92").told("PUBREC 1", "settled a", "PUBCOMP 1 0x92");
  });
});

suite("an acknowledgement that has no business", () => {
  const closed = (broker: ScriptedBroker): void => {
    broker.expect("E0 01 82");
    equal(broker.error?.reasonCode, 0x82);
  };

  test("of another type than what was sent asks for", () => {
    closed(published(1).reply("50 02 00 01"));
    closed(published(1).reply("70 02 00 01"));
    closed(published(2).reply("40 02 00 01"));
    closed(published(2).reply("70 02 00 01"));
  });

  test("PUBACK or PUBCOMP for an identifier that was never sent", () => {
    closed(published(1).reply("40 02 00 02"));
    closed(published(2).reply("70 02 00 02"));
  });

  test("PUBACK after PUBREC, a refusing PUBREC after an accepting one", () => {
    const received = (): ScriptedBroker => published(2).reply("50 02 00 01").expect("62 02 00 01");
    closed(received().reply("40 02 00 01"));
    closed(received().reply("50 03 00 01 87"));
  });

  test("an acknowledgement for a SUBSCRIBE, a SUBACK for a PUBLISH", () => {
    const subscribed = (): ScriptedBroker => {
      const broker = ScriptedBroker.connected();
      broker.client.subscribe([{ filter: "a" }], undefined, broker.now);
      return broker.expect("82 07", "00 01", "00", "00 01 'a'", "00");
    };
    closed(subscribed().reply("40 02 00 01"));
    closed(subscribed().reply("50 02 00 01"));
    closed(subscribed().reply("70 02 00 01"));
    closed(published(1).reply("90 04 00 01 00 00"));
  });

  test("in MQTT 3.1.1 the connection ends without a word", () => {
    published(1, 4).reply("70 02 00 01").expectNothing().told("closed peer 0x82");
  });
});

suite("Packet Identifiers", () => {
  test("run from 1 to 65535 and begin again at 1, past those in use, never 0 (MQTT-2.2.1-3)", () => {
    const broker = ScriptedBroker.connected({ ...LASTING, inFlight: 3 });
    const table = broker.session.outgoing;
    broker.publish("a", 1);
    broker.publish("b", 2);
    for (let i = 3; i < 0xffff; i++) table.nextIdentifier();
    broker.transport.take();
    broker.publish("c", 1);
    broker.expect("32 06 00 01 'c' FF FF 00").reply("40 02 FF FF");
    broker.publish("d", 1);
    broker.expect("32 06 00 01 'd' 00 03 00");
  });

  test("of SUBSCRIBE, UNSUBSCRIBE and PUBLISH are from one set", () => {
    const broker = ScriptedBroker.connected();
    equal(broker.client.subscribe([{ filter: "a" }], undefined, broker.now), 1);
    broker.publish("a", 1);
    equal(broker.client.unsubscribe(["a"], undefined, broker.now), 3);
    broker.expect("82 07 00 01 00 00 01 'a' 00", "32 06 00 01 'a' 00 02 00", "A2 06 00 03 00 00 01 'a'");
  });
});
