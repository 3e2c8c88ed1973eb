import { equal, match } from "node:assert/strict";
import { suite, test } from "node:test";
import { Published } from "../../../src/protocol/connection/publishing.js";
import { Publication } from "../../../src/protocol/session/publication.js";
import { mqttError } from "../support/encoding.js";
import { LASTING, ScriptedBroker } from "../support/scripted-broker.js";

suite("received Topic Aliases", () => {
  const allowing = (topicAliasMaximum: number, options = {}): ScriptedBroker => ScriptedBroker.connected({ properties: { topicAliasMaximum, sessionExpiryInterval: 60 }, ...options });
  const named = (topic: string, alias: string): string => `30 07 00 01 '${topic}' 03 23 00 ${alias}`;
  const bare = (alias: string): string => `30 06 00 00 03 23 00 ${alias}`;

  test("stand for the topic that they came with, from 1 to the maximum (MQTT-3.3.2-10)", () => {
    const broker = allowing(3).reply(named("a", "01"), named("b", "02"), named("c", "03"), bare("02"), bare("03"), bare("01"));
    broker.told("a QoS 0: ", "b QoS 0: ", "c QoS 0: ", "b QoS 0: ", "c QoS 0: ", "a QoS 0: ");
  });

  test("take a new topic", () => {
    allowing(1).reply(named("a", "01"), named("b", "01"), bare("01"), named("b", "01"), bare("01")).told("a QoS 0: ", "b QoS 0: ", "b QoS 0: ", "b QoS 0: ", "b QoS 0: ");
  });

  test("keep their topic when other packets pass through the buffer", () => {
    const broker = allowing(1, { receiveBuffer: 16 }).reply(named("a", "01"), "30 0E 00 0B 'xxxxxxxxxxx' 00", bare("01"));
    broker.told("a QoS 0: ", "xxxxxxxxxxx QoS 0: ", "a QoS 0: ");
  });

  test("that were never given a topic are a Protocol Error", () => {
    allowing(2).reply(named("a", "01"), bare("02")).expect("E0 01 82").told("a QoS 0: ", "closed peer 0x82");
  });

  test("of 0, or above the maximum, are answered with 0x94 (MQTT-3.3.2-8, MQTT-3.3.2-11, MQTT-3.1.2-26)", () => {
    allowing(5).reply(named("a", "00")).expect("E0 01 94").told("closed peer 0x94");
    allowing(5).reply(named("a", "06")).expect("E0 01 94").told("closed peer 0x94");
    allowing(5).reply(bare("06")).expect("E0 01 94");
    allowing(65534).reply("30 07 00 01 'a' 03 23 FF FF").expect("E0 01 94");
    allowing(65535).reply("30 07 00 01 'a' 03 23 FF FF", "30 06 00 00 03 23 FF FF").told("a QoS 0: ", "a QoS 0: ");
  });

  test("that were not allowed are answered with 0x94 (MQTT-3.1.2-27)", () => {
    ScriptedBroker.connected().reply(named("a", "01")).expect("E0 01 94").told("closed peer 0x94");
    allowing(0).reply(named("a", "01")).expect("E0 01 94");
  });

  test("a message with neither topic nor alias is a Protocol Error (MQTT-4.7.3-1)", () => {
    allowing(5).reply("30 03 00 00 00").expect("E0 01 82");
    allowing(5).reply("30 05 00 00 02 01 00").expect("E0 01 82");
  });

  test("a topic that came without an alias stands for nothing", () => {
    allowing(5).reply("30 06 00 01 'a' 02 01 00", "30 05 00 00 02 01 00").expect("E0 01 82").told("a QoS 0: ", "closed peer 0x82");
  });

  test("are forgotten with the connection (MQTT-3.3.2-7)", () => {
    allowing(1, { cleanStart: false }).reply(named("a", "01")).cut().connect().accept(true).reply(bare("01")).expect("E0 01 82");
  });

  test("count in a message that is a repeat, or refused", () => {
    const broker = allowing(2);
    broker.take = (packet): number => (packet.qos === 1 ? 0x97 : 0);
    broker.reply("34 06 00 01 'a' 00 01 00", "3C 09 00 01 'a' 00 01 03 23 00 01", "32 09 00 01 'b' 00 02 03 23 00 02", bare("01"), bare("02"));
    broker.told("a QoS 2: ", "b QoS 1: ", "a QoS 0: ", "b QoS 0: ");
  });
});

suite("sent Topic Aliases", () => {
  const [a, b, c, d] = ["a", "b", "c", "d"].map((topic) => new Publication(topic, 0, false)) as [Publication, Publication, Publication, Publication];
  const connected = (maximum: string, options = {}): ScriptedBroker => ScriptedBroker.connected(options, "22 00", maximum);
  const named = (topic: string, alias: number): string => `30 07 00 01 '${topic}' 03 23 00 0${alias}`;
  const bare = (alias: number): string => `30 06 00 00 03 23 00 0${alias}`;

  test("are given to publications that are used again", () => {
    const broker = connected("05");
    for (const publication of [a, b, a, b]) equal(broker.publish(publication), Published.DONE);
    broker.expect(named("a", 1), named("b", 2), bare(1), bare(2));
  });

  test("are not given to publications that are used once", () => {
    const broker = connected("05");
    broker.publish("a");
    broker.publish("a");
    broker.expect("30 04 00 01 'a' 00", "30 04 00 01 'a' 00");
  });

  test("stay within the server's maximum: the least recently used makes room (MQTT-3.2.2-17)", () => {
    const broker = connected("02");
    for (const publication of [a, b, a, c, a, c, b]) broker.publish(publication);
    broker.expect(named("a", 1), named("b", 2), bare(1), named("c", 2), bare(1), bare(2), named("b", 1));
  });

  test("stay within the client's own number", () => {
    const broker = connected("FF", { topicAliases: 3 });
    for (const publication of [a, b, c, d, d, b]) broker.publish(publication);
    broker.expect(named("a", 1), named("b", 2), named("c", 3), named("d", 1), bare(1), bare(2));
  });

  test("are not used where the server takes none (MQTT-3.2.2-18)", () => {
    for (const broker of [connected("00"), ScriptedBroker.connected(), connected("05", { topicAliases: 0 })]) {
      broker.publish(a);
      broker.publish(a);
      broker.expect("30 04 00 01 'a' 00", "30 04 00 01 'a' 00");
    }
    const broker = ScriptedBroker.connected({ version: 4 });
    broker.publish(a);
    broker.expect("30 03 00 01 'a'");
  });

  test("are forgotten with the connection, and their number may be another (MQTT-3.3.2-7, MQTT-3.3.2-9)", () => {
    const broker = connected("02");
    for (const publication of [a, b]) broker.publish(publication);
    broker.transport.take();
    broker.cut().connect().accept(false, "22 00 01");
    for (const publication of [b, a, b]) broker.publish(publication);
    broker.expect(named("b", 1), named("a", 1), named("b", 1));
  });

  test("are left out where only the topic fits, and not given by a publication that could not be sent", () => {
    const broker = connected("05", { window: 8 });
    equal(broker.publish(a), Published.DONE);
    broker.expect("30 04 00 01 'a' 00");
    equal(broker.publish(a), Published.BLOCKED);
    broker.drain(10);
    broker.publish(a);
    broker.expect(named("a", 1)).drain(8);
    broker.publish(a);
    broker.expect(bare(1));
  });

  test("are never used in resending", () => {
    const again = new Publication("a", 1, false);
    const broker = connected("05", LASTING);
    broker.publish(again);
    broker.publish(again);
    broker.expect("32 09 00 01 'a' 00 01 03 23 00 01", "32 08 00 00 00 02 03 23 00 01");
    broker.cut().connect().accept(true, "22 00 05").expect("3A 06 00 01 'a' 00 01 00", "3A 06 00 01 'a' 00 02 00");
  });

  test("stand before the other properties, and the topic is left out whole", () => {
    const long = new Publication("sensor/kitchen/temperature", 0, true, { contentType: "x" });
    const broker = connected("05");
    broker.publish(long, 0, "07");
    broker.publish(long, 0, "08");
    broker.expect("31 25", "00 1A 'sensor/kitchen/temperature'", "07 23 00 01 03 00 01 'x'", "07", "31 0B", "00 00", "07 23 00 01 03 00 01 'x'", "08");
  });
});

suite("Topic Aliases of the application's own choice", () => {
  test("are sent with their topic each time, within the server's maximum", () => {
    const broker = ScriptedBroker.connected({}, "22 00 03");
    broker.publish("a", 0, "", { topicAlias: 3 });
    broker.publish("a", 0, "", { topicAlias: 3 });
    broker.expect("30 07 00 01 'a' 03 23 00 03", "30 07 00 01 'a' 03 23 00 03");
    const error = mqttError(() => broker.publish("a", 0, "", { topicAlias: 4 }));
    match(error.message, /Topic Alias invalid .* limit is 3/);
    equal(error.reasonCode, 0x94);
    broker.expectNothing();
  });

  test("take the place of one that was given", () => {
    const broker = ScriptedBroker.connected({}, "22 00 03");
    const a = new Publication("a", 0, false), b = new Publication("b", 0, false);
    broker.publish(a);
    broker.publish("x", 0, "", { topicAlias: 1 });
    broker.publish(a);
    broker.publish("y", 0, "", { topicAlias: 3 });
    broker.publish(b);
    broker.expect("30 07 00 01 'a' 03 23 00 01", "30 07 00 01 'x' 03 23 00 01", "30 07 00 01 'a' 03 23 00 02", "30 07 00 01 'y' 03 23 00 03", "30 07 00 01 'b' 03 23 00 01");
  });
});
