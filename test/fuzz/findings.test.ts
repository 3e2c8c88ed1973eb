/** What the fuzzer has found, minimised and with a name. */
import { ok } from "node:assert/strict";
import { test } from "node:test";
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
