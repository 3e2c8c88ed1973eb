import { equal } from "node:assert/strict";
import { suite, test } from "node:test";
import { begin as beginAt } from "../../../src/protocol/connection/pushing.js";
import { Published } from "../../../src/protocol/connection/publishing.js";
import { OutgoingState } from "../../../src/protocol/session/outgoing.js";
import { Publication } from "../../../src/protocol/session/publication.js";
import { bytes } from "../support/bytes.js";
import { LASTING, ScriptedBroker } from "../support/scripted-broker.js";

/** A session that has seen one connection. */
function lasting(options = {}): ScriptedBroker {
  return ScriptedBroker.connected({ ...LASTING, ...options });
}

suite("a session that goes on", () => {
  test("sends again what was not acknowledged: same identifier, DUP, otherwise the same bytes (MQTT-3.3.1-1, MQTT-4.4.0-1)", () => {
    const broker = lasting();
    broker.publish("a", 1, "07 08", { contentType: "x" });
    broker.expect("32 0C", "00 01 'a'", "00 01", "04 03 00 01 'x'", "07 08").cut().connect().accept(true);
    broker.expect("3A 0C", "00 01 'a'", "00 01", "04 03 00 01 'x'", "07 08").reply("40 02 00 01").told("settled a", "PUBACK 1");
  });

  test("keeps RETAIN", () => {
    const broker = lasting();
    broker.client.publish(new Publication("a", 2, true), bytes("07"), false, broker.now);
    broker.expect("35 07 00 01 'a' 00 01 00 07").cut().connect().accept(true).expect("3D 07 00 01 'a' 00 01 00 07");
  });

  test("sends again in the order of the first time, QoS 1 and 2 alike, across the wrap of identifiers (MQTT-4.6.0-1)", () => {
    const broker = lasting();
    for (let i = 1; i < 0xffff; i++) broker.session.outgoing.nextIdentifier();
    for (const [topic, qos] of [["a", 2], ["b", 1], ["c", 1], ["d", 2], ["e", 1]] as const) broker.publish(topic, qos);
    broker.reply("40 02 00 01").cut().connect();
    broker.accept(true).expect("3C 06 00 01 'a' FF FF 00", "3A 06 00 01 'c' 00 02 00", "3C 06 00 01 'd' 00 03 00", "3A 06 00 01 'e' 00 04 00");
  });

  test("sends nothing again while a connection lasts, however long (MQTT-4.4.0-1)", () => {
    const broker = lasting();
    broker.publish("a", 1);
    broker.expect("32 06 00 01 'a' 00 01 00").after(1e9).drain(100).expectNothing();
  });

  test("never repeats a PUBLISH after its PUBREC, but PUBREL (MQTT-4.3.3-5, MQTT-4.3.3-6)", () => {
    const broker = lasting();
    broker.publish("a", 2);
    broker.reply("50 02 00 01").cut().connect().accept(true).expect("62 02 00 01").cut().connect().accept(true).expect("62 02 00 01");
    broker.reply("70 02 00 01").told("PUBREC 1", "settled a", "PUBCOMP 1");
  });

  test("sends PUBREL also when it could not be sent before", () => {
    const broker = lasting({ window: 8 });
    broker.publish("a", 2);
    broker.expect("34 06 00 01 'a' 00 01 00").reply("50 02 00 01").expectNothing().cut().connect({ window: 100 }).accept(true).expect("62 02 00 01");
  });

  test("sends PUBRELs in the order of PUBRECs (MQTT-4.6.0-4)", () => {
    const broker = lasting();
    for (const topic of ["a", "b", "c"]) broker.publish(topic, 2);
    broker.reply("50 02 00 03", "50 02 00 01").cut().connect().accept(true).expect("3C 06 00 01 'b' 00 02 00", "62 02 00 03", "62 02 00 01");
  });

  test("takes up what a connection that never stood left over", () => {
    const broker = lasting();
    broker.publish("a", 1);
    broker.publish("b", 2);
    broker.reply("50 02 00 02").cut().connect().cut().connect().cut().connect().accept(true);
    broker.expect("3A 06 00 01 'a' 00 01 00", "62 02 00 02");
  });

  test("sends again what a connection broke off before it was all sent again", () => {
    const broker = lasting();
    for (const topic of ["a", "b", "c"]) broker.publish(topic, 1);
    broker.cut().connect({ window: 20 }).accept(true).expect("3A 06 00 01 'a' 00 01 00", "3A 06 00 01 'b' 00 02 00");
    broker.reply("40 02 00 02").cut().connect({ window: 100 }).accept(true).expect("3A 06 00 01 'a' 00 01 00", "3A 06 00 01 'c' 00 03 00");
  });

  test("sends again as room comes, and new publications after that", () => {
    const broker = lasting();
    for (const topic of ["a", "b"]) broker.publish(topic, 1);
    broker.cut().connect({ window: 7 }).accept(true).expectNothing();
    equal(broker.publish("c", 1), Published.BLOCKED);
    broker.drain(1).expect("3A 06 00 01 'a' 00 01 00").drain(10).expect("3A 06 00 01 'b' 00 02 00").drain(8);
    equal(broker.publish("c", 1), Published.ACCEPTED);
    broker.expect("32 06 00 01 'c' 00 03 00");
  });

  test("takes an acknowledgement for what it has not yet sent again as the end of it", () => {
    const broker = lasting();
    for (const topic of ["a", "b"]) broker.publish(topic, 1);
    broker.cut().connect({ window: 8 }).accept(true).expect("3A 06 00 01 'a' 00 01 00").reply("40 02 00 02").drain(100).expectNothing();
    equal(broker.publish("c", 1), Published.ACCEPTED);
  });

  test("a PUBREC for what it has not yet sent again is answered with PUBREL", () => {
    const broker = lasting();
    for (const topic of ["a", "b"]) broker.publish(topic, 2);
    broker.cut().connect({ window: 8 }).accept(true).expect("3C 06 00 01 'a' 00 01 00").reply("50 02 00 02").drain(100).expect("62 02 00 02");
    equal(broker.client.idle, true, "it is due once");
    broker.reply("70 02 00 02", "50 02 00 01").expect("62 02 00 01");
  });

  test("goes on when a PUBACK makes room within Receive Maximum, whoever hears of it", () => {
    for (const hears of [true, false]) {
      const broker = lasting();
      broker.hearsAcknowledgements = hears;
      for (const topic of ["a", "b"]) broker.publish(topic, 1);
      broker.cut().connect().accept(true, "21 00 01").expect("3A 06 00 01 'a' 00 01 00").reply("40 02 00 01").expect("3A 06 00 01 'b' 00 02 00");
    }
  });

  test("the version may be another", () => {
    const broker = lasting();
    broker.publish("a", 1, "07", { contentType: "x" });
    broker.cut().connect({ version: 4 }).accept(true).expect("3A 06 00 01 'a' 00 01 07");
  });

  test("does not know requests of the last connection any more", () => {
    const broker = lasting();
    broker.client.subscribe([{ filter: "a" }], undefined, broker.now);
    broker.client.unsubscribe(["a"], undefined, broker.now);
    broker.cut().connect().accept(true).expectNothing();
    equal(broker.session.outgoing.count, 0);
    broker.reply("90 04 00 01 00 00").told("closed peer 0x82");
  });

  test("goes on with the exchange that answers a PUBREC for what is unknown", () => {
    const broker = lasting().reply("50 02 00 09").expect("62 03 00 09 92").cut().connect().accept(true).expect("62 03 00 09 92");
    broker.reply("70 03 00 09 92");
    equal(broker.session.outgoing.count, 0);
  });

  test("what the server does not take any more is settled with the reason, not thrown, and what follows goes on", () => {
    for (const [connack, reasonCode] of [["24 00", "0x9b"], ["27 00 00 00 09", "0x95"]] as const) {
      const broker = lasting();
      broker.publish("a", 1, "01 02");
      broker.publish("b", 1, "01 02");
      broker.cut().connect().accept(true, connack).expectNothing().told(`settled a ${reasonCode}`, `settled b ${reasonCode}`);
      equal(broker.session.outgoing.count, 0);
      equal(broker.publish("c", 0), Published.DONE);
    }
    const broker = lasting();
    broker.client.publish(new Publication("a", 1, true), bytes(""), false, broker.now);
    broker.publish("b", 1);
    broker.cut().connect().accept(true, "25 00").told("settled a 0x9a").expect("3A 06 00 01 'b' 00 02 00");
  });
});

suite("a session that the server has lost", () => {
  test("is discarded, and what was in flight reported from the last back: nothing is resent (MQTT-3.2.2-5, MQTT-3.1.2-4)", () => {
    const broker = lasting();
    for (const [topic, qos] of [["a", 1], ["b", 2], ["c", 2], ["d", 2]] as const) broker.publish(topic, qos);
    broker.reply("50 02 00 02", "50 02 00 03", "70 02 00 02").told("PUBREC 2", "PUBREC 3", "settled b", "PUBCOMP 2");
    broker.cut().connect().accept(false).expectNothing().told("lost c released", "lost d", "lost a");
    equal(broker.session.outgoing.count, 0);
    equal(broker.publish("e", 1), Published.ACCEPTED);
  });

  test("a publication that the server released is not lost, also when its PUBREL could not be sent", () => {
    const broker = lasting({ window: 8 });
    broker.publish("a", 2);
    broker.reply("50 02 00 01").told("PUBREC 1").cut().connect().accept(false).told("lost a released");
  });

  test("is told before the CONNACK, so that what is published then comes after what is put back", () => {
    const broker = lasting();
    broker.publish("a", 1);
    broker.cut().connect().reply("20 03 00 00 00").told("lost a", "CONNACK");
  });

  test("the application may end the connection when it is told", () => {
    const broker = lasting();
    broker.publish("a", 1);
    broker.cut().connect();
    broker.transport.take();
    broker.reaction = (): void => void broker.disconnect();
    broker.reply("20 03 00 00 00").expect("E0 00").told("lost a");
    equal(broker.client.nextDeadline(), Infinity);
  });

  test("exchanges without a publication are forgotten without a word", () => {
    const broker = lasting().reply("50 02 00 09").told("PUBREC 9").cut().connect().accept(false).told();
    equal(broker.session.outgoing.count, 0);
  });
});

suite("a publication brought by the caller", () => {
  test("cannot be sent again: at QoS 1 it is forgotten, at QoS 2 its exchange is brought to an end", () => {
    const broker = lasting();
    const begin = (topic: string, qos: number): void => {
      beginAt(broker.client, new Publication(topic, qos, false), bytes("07"), 1, 0, false, broker.now);
    };
    begin("a", 1);
    begin("b", 2);
    broker.publish("c", 1);
    broker.transport.take();
    broker.cut().connect().accept(true).expect("62 02 00 02", "3A 06 00 01 'c' 00 03 00").reply("70 03 00 02 92", "40 02 00 03");
    equal(broker.session.outgoing.count, 0);
    equal(broker.publish("d", 1), Published.ACCEPTED);
  });

  test("is the caller's to bring again: its loss is not told", () => {
    const broker = lasting();
    beginAt(broker.client, new Publication("a", 2, false), bytes("07"), 1, 0, false, broker.now);
    broker.cut().connect().accept(false).told();
    equal(broker.session.outgoing.count, 0);
  });

  test("that is released, before its PUBREL could be sent, goes on", () => {
    const broker = lasting({ window: 9 });
    beginAt(broker.client, new Publication("a", 2, false), bytes("07"), 1, 0, false, broker.now);
    broker.transport.take();
    broker.reply("50 02 00 01").expectNothing().cut().connect({ window: 100 }).accept(true).expect("62 02 00 01");
  });

  test("that is wholly sent and released goes on", () => {
    const broker = lasting();
    beginAt(broker.client, new Publication("a", 2, false), bytes("07"), 1, 0, false, broker.now);
    broker.reply("50 02 00 01");
    equal(broker.session.outgoing.at(0).state & OutgoingState.STEP, OutgoingState.PUBCOMP);
    broker.cut().connect().accept(true).expect("62 02 00 01").reply("70 02 00 01");
    equal(broker.session.outgoing.count, 0);
  });
});
