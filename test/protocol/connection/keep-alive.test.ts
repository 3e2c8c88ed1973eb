import { equal, match } from "node:assert/strict";
import { suite, test } from "node:test";
import { Take } from "../../../src/protocol/connection/handler.js";
import { PING_TIMEOUT, ScriptedBroker } from "../support/scripted-broker.js";

const PINGREQ = "C0 00";
const PINGRESP = "D0 00";
const MINUTE = { keepAlive: 60 };

suite("Keep Alive", () => {
  test("a silent client sends PINGREQ a second before the interval is over (MQTT-3.1.2-20)", () => {
    const broker = ScriptedBroker.connected(MINUTE);
    broker.after(58_999).expectNothing().after(1).expect(PINGREQ).reply(PINGRESP).told("PINGRESP");
    broker.after(58_999).expectNothing().after(1).expect(PINGREQ);
  });

  test("of a short interval a tenth is left", () => {
    ScriptedBroker.connected({ keepAlive: 1 }).after(899).expectNothing().after(1).expect(PINGREQ);
    ScriptedBroker.connected({ keepAlive: 5 }).after(4499).expectNothing().after(1).expect(PINGREQ);
  });

  test("whatever is sent takes the place of a PINGREQ, what comes does not", () => {
    const broker = ScriptedBroker.connected(MINUTE).after(50_000);
    broker.publish("a");
    broker.expect("30 04 00 01 'a' 00").after(50_000).reply("30 04 00 01 'b' 00").expectNothing();
    broker.after(8999).expectNothing().after(1).expect(PINGREQ);
  });

  test("Keep Alive 0 asks for none", () => {
    const broker = ScriptedBroker.connected();
    equal(broker.client.nextDeadline(), Infinity);
    broker.after(1e9).expectNothing();
  });

  test("Server Keep Alive takes the place of one's own: shorter, longer, none, some (MQTT-3.1.2-21, MQTT-3.2.2-21)", () => {
    ScriptedBroker.connected(MINUTE, "13 00 0A").after(8999).expectNothing().after(1).expect(PINGREQ);
    ScriptedBroker.connected(MINUTE, "13 FF FF").after(65_533_999).expectNothing().after(1).expect(PINGREQ);
    ScriptedBroker.connected(MINUTE, "13 00 00").after(1e9).expectNothing();
    ScriptedBroker.connected({}, "13 00 0A").after(8999).expectNothing().after(1).expect(PINGREQ);
  });

  test("the interval of the last connection means nothing to the next", () => {
    const broker = ScriptedBroker.connected(MINUTE, "13 00 0A").cut().connect().accept(false);
    broker.after(58_999).expectNothing().after(1).expect(PINGREQ);
  });

  test("MQTT 3.1.1 keeps its own interval", () => {
    ScriptedBroker.connected({ keepAlive: 60, version: 4 }).after(58_999).expectNothing().after(1).expect(PINGREQ);
  });
});

suite("PINGRESP", () => {
  test("is not missed while the application holds a message before it", () => {
    const broker = ScriptedBroker.connected(MINUTE).after(59_000).expect(PINGREQ);
    broker.take = (): number => Take.HELD;
    broker.reply("30 04 00 01 'b' 00");
    // The Keep Alive is kept meanwhile: the server hears of us every minute.
    for (let i = 0; i < 3; i++) broker.after(58_999).expectNothing().after(1).expect(PINGREQ);
    equal(broker.error, undefined);
    broker.client.release(Take.TAKEN, broker.now);
    match(broker.after(PING_TIMEOUT).error?.message ?? "", /no answer to a PINGREQ/);
  });

  test("is not waited for where what is held could be answered only if there were room", () => {
    const broker = ScriptedBroker.connected({ keepAlive: 60, window: 4 });
    broker.take = (): number => Take.HELD;
    broker.reply("30 04 00 01 'b' 00");
    broker.after(59_000).expect(PINGREQ).after(10 * PING_TIMEOUT);
    match(broker.error?.message ?? "", /the link is dead/);
  });

  test("that stays away ends the connection (MQTT-3.12.4-1)", () => {
    const broker = ScriptedBroker.connected(MINUTE).after(59_000).expect(PINGREQ);
    equal(broker.client.nextDeadline(), broker.now + PING_TIMEOUT);
    broker.after(PING_TIMEOUT - 1).told().after(1).expectNothing().told("closed transport 0x8d");
    match(broker.error?.message ?? "", /no answer to a PINGREQ/);
  });

  test("is not waited for longer because the transport takes bytes again", () => {
    const broker = ScriptedBroker.connected(MINUTE).after(59_000).expect(PINGREQ).after(PING_TIMEOUT - 1).drain(1).told();
    broker.after(1).told("closed transport 0x8d");
  });

  test("that comes in time ends the waiting for it", () => {
    ScriptedBroker.connected(MINUTE).after(59_000 + PING_TIMEOUT - 1).reply(PINGRESP).after(1).told("PINGRESP");
  });

  test("may be behind a long payload: each byte that comes extends the time for it, and PINGREQs keep the Keep Alive meanwhile", () => {
    const broker = ScriptedBroker.connected(MINUTE).after(59_000).expect(PINGREQ).reply("30 48 00 01 'a' 00"); // 68 bytes of payload
    for (let i = 0; i < 68; i++) {
      broker.after(7375);
      if (i % 8 === 7) broker.expect(PINGREQ);
      broker.reply("55");
    }
    broker.expectNothing().after(PING_TIMEOUT - 1).reply(PINGRESP);
    equal(broker.delivered.length, 68);
    equal(broker.error, undefined);
  });

  test("that stays away while bytes stop coming in the middle of a packet", () => {
    const broker = ScriptedBroker.connected(MINUTE).after(59_000).after(5000).reply("30 64 00 01 'a' 00");
    broker.after(PING_TIMEOUT - 1).told().after(1).told("closed transport 0x8d");
  });

  test("is awaited with other packets, and further PINGREQs when the Keep Alive is shorter than the wait (MQTT-3.1.2-20)", () => {
    const broker = ScriptedBroker.connected({ keepAlive: 5 }).after(4500).expect(PINGREQ).after(4499).expectNothing().after(1).expect(PINGREQ);
    broker.publish("a");
    broker.expect("30 04 00 01 'a' 00").after(4499).expectNothing();
    // Ten seconds after the first: a further question does not put the end off.
    broker.after(1).expect(PINGREQ).after(PING_TIMEOUT - 9001).told().after(1).told("closed transport 0x8d");
  });

  test("answers all the PINGREQs before it", () => {
    const broker = ScriptedBroker.connected({ keepAlive: 5 }).after(4500).expect(PINGREQ).after(4500).expect(PINGREQ).reply(PINGRESP).told("PINGRESP");
    broker.after(4500).expect(PINGREQ).after(PING_TIMEOUT - 5000).told();
  });

  test("that nobody asked for is no harm", () => {
    ScriptedBroker.connected().reply(PINGRESP).expectNothing().told("PINGRESP");
  });
});

suite("a PINGREQ that cannot be sent", () => {
  const full = (): ScriptedBroker => {
    const broker = ScriptedBroker.connected({ keepAlive: 60, window: 7 });
    broker.publish("a", 0, "01");
    return broker.expect("30 05 00 01 'a' 00 01").after(59_000).expectNothing();
  };

  test("goes out once there is room", () => {
    full().drain(7).after(0).expect(PINGREQ).reply(PINGRESP).told("PINGRESP");
  });

  test("goes out as soon as there is room for it, and the time for PINGRESP runs from then on", () => {
    const broker = full().drain(1).after(0).expectNothing().after(5000).drain(1).after(0).expect(PINGREQ);
    broker.after(PING_TIMEOUT - 1).told().after(1).told("closed transport 0x8d");
  });

  test("ends the connection when there is no room for as long as PINGRESP may take", () => {
    full().after(PING_TIMEOUT - 1).told().after(1).told("closed transport 0x8d");
  });

  test("is not needed while a long payload goes out slowly, and never gets into the middle of it", () => {
    const broker = ScriptedBroker.connected({ keepAlive: 60, window: 6 });
    broker.publish("a", 0, new Uint8Array(123).fill(0x55));
    broker.expect("30 7F 00 01 'a' 00");
    for (let i = 0; i < 123; i++) broker.after(20_000).drain(1).expect("55");
    broker.after(58_999).expectNothing().drain(2).after(1).expect(PINGREQ);
  });
});

suite("time", () => {
  test("a deadline is asked for too often without harm, and none is left after the end", () => {
    const broker = ScriptedBroker.connected(MINUTE);
    for (let i = 0; i < 10; i++) broker.client.handleTimeout(broker.now);
    broker.expectNothing();
    equal(broker.client.nextDeadline(), broker.now + 59_000);
    broker.cut();
    equal(broker.client.nextDeadline(), Infinity);
    broker.client.handleTimeout(1e12);
    broker.expectNothing().told();
  });
});

test("what went out past the connection puts the PINGREQ off, but not back", () => {
  const { client, now } = ScriptedBroker.connected({ keepAlive: 20 });
  const deadline = client.nextDeadline();
  client.sentAt(now + 3000);
  equal(client.nextDeadline(), deadline + 3000);
  client.sentAt(now + 1000);
  equal(client.nextDeadline(), deadline + 3000);
});
