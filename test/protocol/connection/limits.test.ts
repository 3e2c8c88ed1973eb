import { equal, match, ok } from "node:assert/strict";
import { suite, test } from "node:test";
import type { SubscribeProperties } from "../../../src/protocol/codec/property.js";
import { begin } from "../../../src/protocol/connection/pushing.js";
import { Published } from "../../../src/protocol/connection/publishing.js";
import type { MqttError } from "../../../src/protocol/error.js";
import { Publication } from "../../../src/protocol/session/publication.js";
import { bytes, pattern } from "../support/bytes.js";
import { mqttError } from "../support/encoding.js";
import { ScriptedBroker } from "../support/scripted-broker.js";

/** The call must blame its caller, and nothing may be sent. @returns the error. */
function refused(broker: ScriptedBroker, call: () => unknown): MqttError {
  const error = mqttError(call);
  equal(error.kind, "configuration");
  broker.expectNothing();
  equal(broker.session.outgoing.count, 0);
  return error;
}

const retained = (qos: number): Publication => new Publication("a", qos, true);

suite("the server's Maximum QoS", () => {
  test("of 0 refuses QoS 1 and 2, of 1 refuses QoS 2 (MQTT-3.2.2-11)", () => {
    let broker = ScriptedBroker.connected({}, "24 00");
    for (const qos of [1, 2]) equal(refused(broker, () => broker.publish("a", qos)).reasonCode, 0x9b);
    equal(broker.publish("a", 0), Published.DONE);
    broker = ScriptedBroker.connected({}, "24 01");
    match(refused(broker, () => broker.publish("a", 2)).message, /QoS not supported \(0x9b\): the broker's limit is 1, this has 2/);
    equal(broker.publish("a", 1), Published.ACCEPTED);
  });

  test("holds for publications whose payload the caller brings", () => {
    const broker = ScriptedBroker.connected({}, "24 00");
    refused(broker, () => begin(broker.client, new Publication("a", 1, false), bytes("07"), 1, 0, false, broker.now));
  });
});

suite("Retain Available", () => {
  test("0 refuses RETAIN, at each QoS (MQTT-3.2.2-14)", () => {
    const broker = ScriptedBroker.connected({}, "25 00");
    for (const qos of [0, 1, 2]) equal(refused(broker, () => broker.publish(retained(qos))).reasonCode, 0x9a);
    equal(broker.publish("a"), Published.DONE);
  });

  test("1, or left out, allows it", () => {
    for (const broker of [ScriptedBroker.connected({}, "25 01"), ScriptedBroker.connected()]) {
      equal(broker.publish(retained(0)), Published.DONE);
      broker.expect("31 04 00 01 'a' 00");
    }
  });
});

suite("the server's Maximum Packet Size", () => {
  const limited = (bytesAllowed: string, options = {}): ScriptedBroker => ScriptedBroker.connected(options, "27 00 00 00", bytesAllowed);

  test("is the length of the whole packet, and may be reached (MQTT-3.2.2-15)", () => {
    const broker = limited("32");
    equal(broker.publish("a", 0, pattern(44)), Published.DONE);
    equal(broker.transport.take().length, 50);
    const error = refused(broker, () => broker.publish("a", 0, pattern(45)));
    equal(error.reasonCode, 0x95);
    match(error.message, /Packet too large \(0x95\): the broker's limit is 50, this has 51/);
  });

  test("counts a payload that would be streamed, from bytes or a source", () => {
    const broker = limited("32", { sendBuffer: 16 });
    refused(broker, () => broker.publish("a", 1, pattern(43)));
    refused(broker, () => broker.publish("a", 1, { byteLength: 43, read: () => pattern(1) }));
    equal(broker.publish("a", 1, pattern(42)), Published.ACCEPTED);
    equal(broker.transport.take().length, 50);
  });

  test("holds for SUBSCRIBE and UNSUBSCRIBE", () => {
    const broker = limited("14");
    refused(broker, () => broker.client.subscribe([{ filter: "1234567890123" }], undefined, broker.now));
    equal(broker.client.subscribe([{ filter: "123456789012" }], undefined, broker.now) > 0, true);
    equal(broker.transport.take().length, 20);
    broker.reply("90 04 00 02 00 00");
    refused(broker, () => broker.client.unsubscribe(["12345678901234"], undefined, broker.now));
    equal(broker.client.unsubscribe(["1234567890123"], undefined, broker.now) > 0, true);
    equal(broker.transport.take().length, 20);
  });

  test("drops the texts of a DISCONNECT rather than be exceeded, and keeps the rest (MQTT-3.14.2-3, MQTT-3.14.2-4)", () => {
    const properties = { sessionExpiryInterval: 5, reasonString: "because", userProperty: [["a", "b"]] } as const;
    const broker = limited("14", { properties: { sessionExpiryInterval: 60 } });
    equal(broker.client.disconnect(4, properties, broker.now), true);
    broker.expect("E0 07 04", "05 11 00 00 00 05");
  });

  test("of the longest packet there is holds where the server names none, or a larger one", () => {
    const source = (byteLength: number): { byteLength: number; read: () => Uint8Array } => ({ byteLength, read: () => pattern(0) });
    for (const connack of ["", "27 FF FF FF FF"]) {
      const broker = ScriptedBroker.connected({ window: 8 }, connack);
      refused(broker, () => broker.publish("a", 0, source(268_435_452)));
      equal(broker.publish("a", 0, source(268_435_451)), Published.BLOCKED);
    }
  });
});

suite("the client's Maximum Packet Size", () => {
  const announcing = (maximumPacketSize: number, options = {}): ScriptedBroker => ScriptedBroker.connected({ properties: { maximumPacketSize }, ...options });

  test("may be reached; one byte more is answered with 0x95 (MQTT-3.1.2-24)", () => {
    announcing(20).reply("30 12 00 01 'a' 00 'xxxxxxxxxxxxxx'").told("a QoS 0: 78 78 78 78 78 78 78 78 78 78 78 78 78 78");
    announcing(20).reply("30 13 00 01 'a' 00 'xxxxxxxxxxxxxxx'").expect("E0 01 95").told("closed peer 0x95");
  });

  test("holds for each other packet: SUBACK, PUBACK, DISCONNECT, CONNACK (MQTT-3.9.2-1, MQTT-3.4.2-2, MQTT-3.14.2-3, MQTT-3.2.2-19)", () => {
    const broker = announcing(20);
    broker.client.subscribe([{ filter: "a" }], undefined, broker.now);
    broker.transport.take();
    broker.reply("90 13 00 01", "0F 1F 00 0C 'xxxxxxxxxxxx'", "00").expect("E0 01 95");
    announcing(20).reply("40 13 00 01 00", "0F 1F 00 0C 'xxxxxxxxxxxx'").expect("E0 01 95");
    announcing(20).reply("E0 13 8B", "11 1F 00 0E 'xxxxxxxxxxxxxx'").expect("E0 01 95").told("closed peer 0x95");
    const connecting = new ScriptedBroker({ properties: { maximumPacketSize: 20 } }).connect();
    connecting.transport.take();
    connecting.reply("20 13 00 00", "10 1F 00 0D 'xxxxxxxxxxxxx'").expect("E0 01 95").told("closed peer 0x95");
  });

  test("is refused by its header: what follows is not waited for", () => {
    announcing(20).reply("30 80 80 01").expect("E0 01 95");
  });

  test("is not announced in MQTT 3.1.1, so nothing is refused for it", () => {
    announcing(20, { version: 4 }).reply("30 13 00 01 'a' 'xxxxxxxxxxxxxxxx'").told("a QoS 0: 78 78 78 78 78 78 78 78 78 78 78 78 78 78 78 78");
  });

  test("any packet but PUBLISH that does not fit the receive buffer is too large", () => {
    const broker = ScriptedBroker.connected({ receiveBuffer: 16 });
    broker.client.subscribe([{ filter: "a" }], undefined, broker.now);
    broker.transport.take();
    broker.reply("90 0F 00 01", "0B 1F 00 08 'xxxxxxxx'", "00").expect("E0 01 95");
  });
});

suite("MQTT 3.1.1", () => {
  test("has none of the server's limits", () => {
    const broker = ScriptedBroker.connected({ version: 4 });
    equal(broker.publish(new Publication("a", 2, true, { topicAlias: 9 })), Published.ACCEPTED);
    broker.expect("35 05 00 01 'a' 00 01");
  });
});

suite("the server's limits for subscriptions", () => {
  const subscribe = (broker: ScriptedBroker, filters: readonly string[], properties?: SubscribeProperties): number =>
    broker.client.subscribe(filters.map((filter) => ({ filter })), properties, broker.now);

  test("Wildcard Subscription Available 0 refuses + and #, among others too", () => {
    const broker = ScriptedBroker.connected({}, "28 00");
    for (const filters of [["a/+"], ["#"], ["a", "b/#"]]) equal(refused(broker, () => subscribe(broker, filters)).reasonCode, 0xa2);
    ok(subscribe(broker, ["a", "b"]) > 0);
    ok(broker.client.unsubscribe(["a/+"], undefined, broker.now) > 0, "a filter of an earlier connection may be taken back");
  });

  test("Shared Subscription Available 0 refuses $share, among others too (MQTT-4.8.2-1)", () => {
    const broker = ScriptedBroker.connected({}, "2A 00");
    for (const filters of [["$share/g/a"], ["a", "$share/g/b"]]) equal(refused(broker, () => subscribe(broker, filters)).reasonCode, 0x9e);
    ok(subscribe(broker, ["a/$share/"]) > 0);
  });

  test("Subscription Identifier Available 0 refuses an identifier", () => {
    const broker = ScriptedBroker.connected({}, "29 00");
    equal(refused(broker, () => subscribe(broker, ["a"], { subscriptionIdentifier: 1 })).reasonCode, 0xa1);
    ok(subscribe(broker, ["a"]) > 0);
    ok(subscribe(broker, ["a"], {}) > 0);
  });

  test("are none where it announces nothing, or 1", () => {
    for (const announced of [[], ["28 01 29 01 2A 01"]]) ok(subscribe(ScriptedBroker.connected({}, ...announced), ["a/+", "#", "$share/g/a"], { subscriptionIdentifier: 1 }) > 0);
  });
});

test("a Maximum Packet Size that leaves no room for acknowledgements ends the connection", () => {
  new ScriptedBroker().connect().reply("20 08 00 00 05 27 00 00 00 04").told("closed peer 0x95");
  equal(ScriptedBroker.connected({}, "27 00 00 00 05").client.idle, true);
});

test("a request waits for a payload that comes in parts", () => {
  const broker = ScriptedBroker.connected();
  begin(broker.client, new Publication("a", 0, false), bytes("01"), 2, 0, false, broker.now);
  broker.transport.take();
  equal(broker.client.subscribe([{ filter: "a" }], undefined, broker.now), 0);
  broker.expectNothing();
});
