import { equal } from "node:assert/strict";
import { test } from "node:test";
import { Take } from "../../../src/protocol/connection/handler.js";
import { mqttError } from "../support/encoding.js";
import { LASTING, ScriptedBroker } from "../support/scripted-broker.js";

const OLD = { ...LASTING, version: 4 } as const;

test("MQTT 3.1.1 cannot refuse: a QoS 2 message is taken, and its repeat is not delivered", () => {
  const broker = ScriptedBroker.connected(OLD);
  broker.take = () => 0x97;
  broker.reply("34 05 00 01 'a' 00 07", "3C 05 00 01 'a' 00 07").expect("50 02 00 07", "50 02 00 07").told("a QoS 2: ");
  broker.reply("62 02 00 07").expect("70 02 00 07");
});

test("nor can it refuse later", () => {
  const broker = ScriptedBroker.connected(OLD);
  broker.take = () => Take.LATER;
  broker.reply("34 05 00 01 'a' 00 07").acknowledge(7, 0x97).expect("50 02 00 07");
  broker.reply("3C 05 00 01 'a' 00 07").expect("50 02 00 07").told("a QoS 2: ");
});

test("No matching subscribers is a server's to say: a client that says it is at fault (MQTT 5.0, 3.4.2.1)", () => {
  const broker = ScriptedBroker.connected();
  broker.take = () => Take.LATER;
  broker.reply("32 06 00 01 'a' 00 01 00");
  equal(mqttError(() => broker.acknowledge(1, 0x10)).kind, "configuration");
  broker.expectNothing().acknowledge(1).expect("40 02 00 01");
});
