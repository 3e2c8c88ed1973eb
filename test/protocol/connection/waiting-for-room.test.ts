import { equal } from "node:assert/strict";
import { suite, test } from "node:test";
import { LASTING, ScriptedBroker } from "../support/scripted-broker.js";

/** Whether the application is told of room when the transport takes so many bytes more. */
function tellsOfRoom(broker: ScriptedBroker, count: number): boolean {
  const before = broker.writableCalls;
  broker.drain(count);
  return broker.writableCalls > before;
}

suite("room is for what waits first, the application hears of what is left", () => {
  test("after a PUBACK or PUBREC", () => {
    for (const [flags, answer] of [["32", "40 02 00 07"], ["34", "50 02 00 07"]] as const) {
      const broker = ScriptedBroker.connected({ window: 2 }).reply(flags, "06 00 01 'a' 00 07 00");
      equal(tellsOfRoom(broker, 1), false);
      equal(tellsOfRoom(broker, 20), true);
      broker.expect(answer);
    }
  });

  test("after a PUBCOMP", () => {
    const broker = ScriptedBroker.connected({ window: 2 }).reply("62 02 00 07");
    equal(tellsOfRoom(broker, 1), false);
    equal(tellsOfRoom(broker, 20), true);
    broker.expect("70 03 00 07 92");
  });

  test("after a PUBREL", () => {
    const broker = ScriptedBroker.connected({ window: 8 });
    broker.publish("a", 2);
    broker.expect("34 06 00 01 'a' 00 01 00").reply("50 02 00 01");
    equal(tellsOfRoom(broker, 1), false);
    equal(tellsOfRoom(broker, 20), true);
    broker.expect("62 02 00 01");
  });

  test("after what is sent again, with the whole of its payload", () => {
    const broker = ScriptedBroker.connected({ ...LASTING, sendBuffer: 24 });
    broker.publish("a", 1, new Uint8Array(30));
    broker.cut().connect({ window: 6 }).accept(true);
    equal(tellsOfRoom(broker, 1), false, "nothing of it is sent");
    equal(tellsOfRoom(broker, 12), false, "a part of it is sent");
    equal(tellsOfRoom(broker, 60), true);
    equal(broker.transport.take().length, 38);
  });
});

suite("a PUBREC that comes again", () => {
  /** A client that has no room for the PUBREL. */
  function full(): ScriptedBroker {
    const broker = ScriptedBroker.connected({ window: 8 });
    broker.publish("a", 2);
    return broker.expect("34 06 00 01 'a' 00 01 00").reply("50 02 00 01");
  }

  test("before its PUBREL could be sent is answered once", () => {
    const broker = full().reply("50 02 00 01").expectNothing().drain(100).expect("62 02 00 01");
    equal(broker.client.idle, true);
    broker.reply("70 02 00 01").told("PUBREC 1", "PUBREC 1", "settled a", "PUBCOMP 1");
  });

  test("twice, before the PUBREL could be repeated, is answered once", () => {
    const broker = full().drain(5).expect("62 02 00 01").reply("50 02 00 01", "50 02 00 01").expectNothing().drain(100).expect("62 02 00 01");
    equal(broker.client.idle, true);
  });
});

suite("idle is no connection", () => {
  test("with a message at the application and a PINGREQ to send, or a payload half-way", () => {
    const broker = ScriptedBroker.connected({ version: 4, keepAlive: 20, window: 1 });
    broker.reply("32 05 00 01 'a' 00 01").after(19_000);
    equal(broker.session.incoming.count, 1);
    equal(broker.client.idle, false);
    const sending = ScriptedBroker.connected({ sendBuffer: 24, window: 35 });
    sending.publish("a", 0, new Uint8Array(30));
    equal(sending.client.left, 1);
    sending.reply("32 06 00 01 'a' 00 01 00");
    equal(sending.client.idle, false);
  });

  test("whose PINGREQ waits, whoever asked for it again", () => {
    const broker = ScriptedBroker.connected({ window: 1 });
    broker.client.ping(broker.now);
    broker.client.ping(broker.now);
    equal(broker.client.idle, false);
    broker.drain(10);
    equal(broker.client.idle, true);
    broker.drain(10);
    equal(broker.client.idle, true);
  });
});
