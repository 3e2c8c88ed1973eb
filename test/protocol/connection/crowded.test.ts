import { equal } from "node:assert/strict";
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

  test("do not take it in a session that goes on: only the server can make room, and may never", () => {
    const broker = ScriptedBroker.connected({ version: 4, cleanStart: false, receiveMaximum: 1 });
    broker.reply("34 05 00 01 'a' 00 01", "34 05 00 01 'b' 00 02").expect("50 02 00 01").told("a QoS 2: ", "closed peer 0x93");
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
