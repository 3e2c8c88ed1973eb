import { equal, match } from "node:assert/strict";
import { suite, test } from "node:test";
import { Take } from "../../../src/protocol/connection/handler.js";
import { ScriptedBroker, type ScriptOptions } from "../support/scripted-broker.js";

/** A client that takes one message at a time, to be acknowledged later. */
function busy(options: ScriptOptions): ScriptedBroker {
  const broker = ScriptedBroker.connected({ receiveMaximum: 1, ...options });
  broker.take = () => Take.LATER;
  return broker;
}

suite("more messages than the session has room for", () => {
  test("wait in MQTT 3.1.1, which has no Receive Maximum, until one is acknowledged", () => {
    const broker = busy({ version: 4 }).reply("32 06 00 01 'a' 00 01 07", "32 06 00 01 'b' 00 02 08").told("a QoS 1: 07").expectNothing();
    equal(broker.client.paused, true);
    broker.acknowledge(1).expect("40 02 00 01").told("b QoS 1: 08");
    equal(broker.client.paused, false);
    broker.acknowledge(2).expect("40 02 00 02");
  });

  test("wait also when they are larger than the receive buffer", () => {
    const broker = busy({ version: 4, receiveBuffer: 12 }).reply("32 06 00 01 'a' 00 01 07", "32 0F 00 01 'b' 00 02", "00 01 02 03 04 05 06 07 08 09").told("a QoS 1: 07");
    broker.acknowledge(1).expect("40 02 00 01");
    equal(broker.delivered.length, 11);
  });

  test("end a connection of MQTT 5.0 with 0x93 (MQTT-3.3.4-7)", () => {
    busy({}).reply("32 06 00 01 'a' 00 01 00", "32 06 00 01 'b' 00 02 00").expect("E0 01 93").told("a QoS 1: ", "closed peer 0x93");
  });

  test("do not keep one at QoS 0 waiting, which takes no room", () => {
    busy({}).reply("32 06 00 01 'a' 00 01 00", "30 07 00 01 'b'", "03 03 00 00").told("a QoS 1: ", "b QoS 0: ");
  });

  test("take the place of a QoS 2 message that awaits its PUBREL, where nothing is ever repeated", () => {
    const broker = ScriptedBroker.connected({ version: 4, cleanStart: true, receiveMaximum: 1 });
    broker.reply("34 05 00 01 'a' 00 01", "34 05 00 01 'b' 00 02").expect("50 02 00 01", "50 02 00 02").told("a QoS 2: ", "b QoS 2: ");
  });
});

/** A session of MQTT 3.1.1 that goes on, with room for two messages. */
function lasting(): ScriptedBroker {
  return ScriptedBroker.connected({ version: 4, cleanStart: false, receiveMaximum: 2 });
}

const A = "34 05 00 01 'a' 00 01";
const B = "34 05 00 01 'b' 00 02";
const C = "34 05 00 01 'c' 00 03";
const D = "32 05 00 01 'd' 00 04";

suite("more QoS 2 messages in MQTT 3.1.1 than the session has room for, whose PUBRELs come behind them", () => {
  test("are not taken, nor what follows at QoS 1 and 2: the connection ends when there is room again, and the next one brings them in their order", () => {
    const broker = lasting().reply(A, B, C, D, "30 04 00 01 'e' 05").expect("50 02 00 01", "50 02 00 02", "C0 00").told("a QoS 2: ", "b QoS 2: ", "e QoS 0: 05");
    broker.reply("62 02 00 01", D).expect("70 02 00 01").told("PUBREL 1").reply("62 02 00 02").expect("70 02 00 02").told("closed peer 0x93");
    match(broker.error?.message ?? "", /properties\.receiveMaximum, 2/);
    broker.connect().accept(true).reply("3C 05 00 01 'c' 00 03", "3A 05 00 01 'd' 00 04").expect("50 02 00 03", "40 02 00 04").told("c QoS 2 DUP: ", "d QoS 1 DUP: ");
  });

  test("do not take the place of one that may be repeated: nothing is doubled when the repeats come behind them", () => {
    const broker = lasting().reply(A, B).expect("50 02 00 01", "50 02 00 02").told("a QoS 2: ", "b QoS 2: ").cut().connect().accept(true);
    broker.reply("3A 05 00 01 'd' 00 04", "3C 05 00 01 'a' 00 01", "3C 05 00 01 'b' 00 02").expect("C0 00", "50 02 00 01", "50 02 00 02").told();
    broker.reply("62 02 00 01", "62 02 00 02").expect("70 02 00 01", "70 02 00 02").told("PUBREL 1", "closed peer 0x93");
  });

  test("take the place of those that the server does not know any more, which are neither repeated nor released before its PINGRESP", () => {
    const broker = lasting().reply(A, B).expect("50 02 00 01", "50 02 00 02").told("a QoS 2: ", "b QoS 2: ").cut().connect().accept(true);
    broker.reply(C).expect("C0 00").reply("D0 00").told("closed peer 0x93").connect().accept(true).reply("3C 05 00 01 'c' 00 03").expect("50 02 00 03").told("c QoS 2 DUP: ");
  });

  test("end the connection with the PINGRESP when some are not released; those are known in the next one", () => {
    const broker = lasting().reply(A, B, C).expect("50 02 00 01", "50 02 00 02", "C0 00").reply("62 02 00 01", "D0 00").expect("70 02 00 01");
    broker.told("a QoS 2: ", "b QoS 2: ", "PUBREL 1", "closed peer 0x93").connect().accept(true).reply("3C 05 00 01 'b' 00 02", "3C 05 00 01 'c' 00 03");
    broker.expect("50 02 00 02", "50 02 00 03").told("c QoS 2 DUP: ");
  });

  test("wait first for what the application has: a message of an earlier connection that it is done with is answered when it is repeated", () => {
    const broker = lasting();
    broker.take = (packet) => (packet.topic === "d" ? Take.TAKEN : Take.LATER);
    broker.reply(A, B).cut();
    const { client } = broker;
    broker.connect().accept(true).reply("3A 05 00 01 'd' 00 04").expectNothing();
    equal(broker.client.paused, true);
    client.acknowledge(1, 0, broker.now);
    client.acknowledge(2, 0, broker.now);
    broker.expect("C0 00").reply("3C 05 00 01 'a' 00 01", "3C 05 00 01 'b' 00 02").expect("50 02 00 01", "50 02 00 02").told("a QoS 2: ", "b QoS 2: ");
  });
});

suite("idle", () => {
  test("is a connection when nothing waits: no message with the application, no acknowledgement, no payload", () => {
    const broker = busy({});
    equal(broker.client.idle, true);
    broker.reply("32 06 00 01 'a' 00 01 00");
    equal(broker.client.idle, false);
    broker.acknowledge(1);
    equal(broker.client.idle, true);
  });

  test("is no connection that has a PINGREQ to send", () => {
    const broker = ScriptedBroker.connected({ keepAlive: 20, window: 1 });
    broker.after(20_000);
    equal(broker.client.idle, false);
    broker.drain(2).after(1).expect("C0 00");
    equal(broker.client.idle, true);
  });
});
