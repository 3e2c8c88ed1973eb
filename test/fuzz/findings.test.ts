/** What the fuzzer has found, minimised and with a name. */
import { equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { Take } from "../../src/protocol/connection/handler.js";
import { ScriptedBroker } from "../protocol/support/scripted-broker.js";

test("an application that ends the connection when it is told of a publication lost is told nothing of the refusal", () => {
  const broker = new ScriptedBroker({ early: true }).connect();
  broker.publish("t", 1);
  broker.transport.take();
  broker.reaction = (line) => {
    if (line.startsWith("lost")) ok(broker.disconnect());
  };
  broker.reply("20 03 00 88 00").told("lost t unsent").expect("E0 00");
});

test("release does not take a message that waits for room in the session's table", () => {
  const broker = ScriptedBroker.connected({ version: 4, receiveMaximum: 1 });
  broker.take = () => Take.LATER;
  broker.reply("32 05 00 01 't' 00 01").told("t QoS 1: ").reply("32 05 00 01 't' 00 02");
  broker.release().expectNothing().told();
  equal(broker.session.incoming.count, 1);
  broker.acknowledge(1).expect("40 02 00 01").told("t QoS 1: ");
});

test("what comes behind a message in pieces is taken up the same, in one part or more", () => {
  const message = `30 86 01 00 01 't' 00 ${"00 ".repeat(130)}`;
  const calls = [[`${message} 62 02 00 05`], [message, "62", "02 00 05"]].map((parts) => {
    const broker = ScriptedBroker.connected({ receiveBuffer: 64 });
    broker.hearsAcknowledgements = false;
    const before = broker.writableCalls;
    for (const part of parts) broker.reply(part);
    broker.expect("70 03 00 05 92");
    return broker.writableCalls - before;
  });
  equal(calls[0], calls[1]);
});
