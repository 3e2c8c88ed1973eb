import { equal } from "node:assert/strict";
import { suite, test } from "node:test";
import { mqttError } from "../support/encoding.js";
import { ScriptedBroker } from "../support/scripted-broker.js";

const subscribe = (broker: ScriptedBroker, ...filters: readonly string[]): number =>
  broker.client.subscribe(filters.map((filter) => ({ filter, qos: 1 })), undefined, broker.now);

suite("SUBSCRIBE and UNSUBSCRIBE", () => {
  test("are answered by SUBACK and UNSUBACK with their identifiers, in any order (MQTT-2.2.1-6, MQTT-3.8.4-2, MQTT-3.10.4-5)", () => {
    const broker = ScriptedBroker.connected();
    equal(subscribe(broker, "a", "b"), 1);
    broker.expect("82 0B", "00 01", "00", "00 01 'a' 01", "00 01 'b' 01");
    equal(broker.client.unsubscribe(["c"], undefined, broker.now), 2);
    broker.expect("A2 06", "00 02", "00", "00 01 'c'");
    broker.reply("B0 04 00 02 00 11", "90 05 00 01 00 00 87").expectNothing().told("UNSUBACK 2", "SUBACK 1");
    equal(broker.session.outgoing.count, 0);
  });

  test("the same in MQTT 3.1.1, where UNSUBACK has no codes", () => {
    const broker = ScriptedBroker.connected({ version: 4 });
    subscribe(broker, "a");
    broker.expect("82 06", "00 01", "00 01 'a' 01");
    broker.client.unsubscribe(["c"], undefined, broker.now);
    broker.expect("A2 05", "00 02", "00 01 'c'").reply("90 03 00 01 80", "B0 02 00 02").told("SUBACK 1", "UNSUBACK 2");
  });

  test("need a Reason Code for each filter, no more and no fewer (MQTT-3.8.4-6)", () => {
    for (const suback of ["90 04 00 01 00 00", "90 06 00 01 00 00 00 00"]) {
      const broker = ScriptedBroker.connected();
      subscribe(broker, "a", "b");
      broker.transport.take();
      broker.reply(suback).expect("E0 01 82");
    }
    const broker = ScriptedBroker.connected();
    broker.client.unsubscribe(["a"], undefined, broker.now);
    broker.transport.take();
    broker.reply("B0 05 00 01 00 00 00").expect("E0 01 82");
  });

  test("an answer that nothing asked for, or asked for otherwise, is a Protocol Error", () => {
    ScriptedBroker.connected().reply("90 04 00 01 00 00").expect("E0 01 82");
    const other = ScriptedBroker.connected();
    subscribe(other, "a");
    other.transport.take();
    other.reply("B0 04 00 01 00 00").expect("E0 01 82");
    const twice = ScriptedBroker.connected();
    subscribe(twice, "a");
    twice.transport.take();
    twice.reply("90 04 00 01 00 00", "90 04 00 01 00 00").expect("E0 01 82");
  });

  test("two are always possible beside the publications in flight, then they wait", () => {
    const broker = ScriptedBroker.connected({ inFlight: 1 });
    broker.publish("a", 1);
    equal(subscribe(broker, "a"), 2);
    equal(subscribe(broker, "b"), 3);
    equal(subscribe(broker, "c"), 0);
    broker.reply("90 04 00 02 00 00");
    equal(subscribe(broker, "c"), 4);
  });

  test("may have an identifier of the caller's choice, but none that is in use", () => {
    const broker = ScriptedBroker.connected();
    equal(broker.client.subscribe([{ filter: "a" }], undefined, broker.now, 0x1234), 0x1234);
    broker.expect("82 07 12 34 00 00 01 'a' 00");
    equal(mqttError(() => broker.client.unsubscribe(["a"], undefined, broker.now, 0x1234)).kind, "configuration");
    broker.expectNothing();
  });

  test("what is wrong is thrown, and nothing sent or kept", () => {
    const broker = ScriptedBroker.connected();
    for (const filters of [[], ["a/#/b"], ["\0"], Array<string>(256).fill("a")]) {
      equal(mqttError(() => subscribe(broker, ...filters)).kind, "configuration");
      equal(mqttError(() => broker.client.unsubscribe(filters, undefined, broker.now)).kind, "configuration");
    }
    broker.expectNothing();
    equal(broker.session.outgoing.count, 0);
  });

  test("255 filters are the most", () => {
    const broker = ScriptedBroker.connected({ sendBuffer: 2048, receiveBuffer: 512 });
    const identifier = subscribe(broker, ...Array<string>(255).fill("a"));
    broker.transport.take();
    broker.reply(`90 82 02 00 0${identifier} 00`, "01 ".repeat(255)).expectNothing().told(`SUBACK ${identifier}`);
  });

  test("carry their properties", () => {
    const broker = ScriptedBroker.connected();
    broker.client.subscribe([{ filter: "a", noLocal: true }], { subscriptionIdentifier: 5 }, broker.now);
    broker.client.unsubscribe(["a"], { userProperty: [["k", "v"]] }, broker.now);
    broker.expect("82 09 00 01", "02 0B 05", "00 01 'a' 04", "A2 0D 00 02", "07 26 00 01 'k' 00 01 'v'", "00 01 'a'");
  });
});
