import { equal, match } from "node:assert/strict";
import { suite, test } from "node:test";
import { push } from "../../../src/protocol/connection/pushing.js";
import { ConnectionState } from "../../../src/protocol/connection/connection.js";
import { Published } from "../../../src/protocol/connection/publishing.js";
import { Publication } from "../../../src/protocol/session/publication.js";
import { bytes } from "../support/bytes.js";
import { mqttError } from "../support/encoding.js";
import { LASTING, ScriptedBroker } from "../support/scripted-broker.js";

/** A connection that was ended is over for good: nothing is sent, nothing called back; the broker checks that. */
function over(broker: ScriptedBroker): void {
  const { client, now } = broker;
  equal(client.state, ConnectionState.CLOSED);
  equal(client.nextDeadline(), Infinity);
  broker.told();
  equal(broker.publish("a"), Published.BLOCKED);
  equal(broker.publish("a", 1), Published.BLOCKED);
  equal(client.subscribe([{ filter: "a" }], undefined, now), 0);
  equal(client.unsubscribe(["a"], undefined, now), 0);
  equal(client.ping(now), false);
  equal(client.disconnect(0, undefined, now), false);
  push(client, bytes(""), now);
  client.handleTimeout(1e12);
  client.receive(client.packet.space(2).length, now);
  broker.reply("30 04 00 01 'a' 00", "D0 00").drain(100).release().acknowledge(1).after(1e9);
  client.closed(mqttError(() => new Publication("", 0, false)));
  broker.expectNothing().told();
}

suite("the client's DISCONNECT", () => {
  test("ends the connection: nothing is sent behind it, nothing called back (MQTT-3.14.4-1)", () => {
    const broker = ScriptedBroker.connected({ keepAlive: 60 });
    equal(broker.disconnect(), true);
    broker.expect("E0 00");
    over(broker);
  });

  test("has a Reason Code and properties in MQTT 5.0, neither in MQTT 3.1.1", () => {
    const broker = ScriptedBroker.connected();
    equal(broker.disconnect(4), true);
    broker.expect("E0 01 04");
    const version4 = ScriptedBroker.connected({ version: 4 });
    equal(version4.client.disconnect(0, { reasonString: "x" }, version4.now), true);
    version4.expect("E0 00");
  });

  test("with another code than 0x00 is not sent in MQTT 3.1.1, where it would drop the will; the connection ends all the same", () => {
    const broker = ScriptedBroker.connected({ version: 4 });
    equal(broker.disconnect(4), false);
    over(broker);
  });

  test("may have a Session Expiry Interval, but none above 0 when CONNECT had 0", () => {
    let broker = ScriptedBroker.connected(LASTING);
    broker.client.disconnect(0, { sessionExpiryInterval: 3600 }, broker.now);
    broker.expect("E0 07 00 05 11 00 00 0E 10");
    for (const properties of [{}, { sessionExpiryInterval: 0 }]) {
      broker = ScriptedBroker.connected({ properties });
      const error = mqttError(() => broker.client.disconnect(0, { sessionExpiryInterval: 1 }, broker.now));
      equal(error.kind, "configuration");
      match(error.message, /sessionExpiryInterval must be 0/);
      equal(broker.client.state, ConnectionState.CONNECTED);
      broker.expectNothing();
      equal(broker.client.disconnect(0, { sessionExpiryInterval: 0 }, broker.now), true);
      broker.expect("E0 07 00 05 11 00 00 00 00");
    }
  });

  test("is not sent where its Session Expiry Interval exceeds the server's Maximum Packet Size; the connection ends all the same (MQTT-3.2.2-15)", () => {
    for (const [maximum, sent] of [["09", true], ["08", false]] as const) {
      const broker = ScriptedBroker.connected(LASTING, `27 00 00 00 ${maximum}`);
      equal(broker.client.disconnect(0, { sessionExpiryInterval: 3600 }, broker.now), sent);
      equal(broker.transport.take().length, sent ? 9 : 0);
      equal(broker.client.state, ConnectionState.CLOSED);
    }
  });

  test("has no code that only a server sends; then nothing is sent and the connection stays (MQTT-3.14.2-1)", () => {
    const broker = ScriptedBroker.connected();
    const allowed = [0, 4, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99];
    for (let code = 0; code < 0x200; code++) {
      if (allowed.includes(code)) {
        const other = ScriptedBroker.connected();
        equal(other.disconnect(code), true);
        continue;
      }
      equal(mqttError(() => broker.client.disconnect(code, undefined, broker.now)).kind, "configuration");
    }
    broker.expectNothing().reply("D0 00").told("PINGRESP");
  });

  test("is not sent in the middle of a payload, nor where there is no room; the connection ends all the same", () => {
    let broker = ScriptedBroker.connected({ window: 10, sendBuffer: 16 });
    broker.publish("a", 1, new Uint8Array(30));
    broker.transport.take();
    broker.drain(5).transport.take();
    equal(broker.disconnect(), false);
    over(broker);
    broker = ScriptedBroker.connected({ window: 1 });
    equal(broker.disconnect(), false);
    over(broker);
  });

  test("may come before CONNACK", () => {
    const broker = new ScriptedBroker().connect();
    broker.transport.take();
    equal(broker.disconnect(), true);
    broker.expect("E0 00");
    over(broker);
  });

  test("may be sent from any callback, which is then the last", () => {
    const script: readonly (readonly [string, (broker: ScriptedBroker) => void])[] = [
      ["PINGRESP", (broker) => broker.reply("D0 00")],
      ["a QoS 0: ", (broker) => broker.reply("30 04 00 01 'a' 00", "30 04 00 01 'b' 00")],
      ["a QoS 1: ", (broker) => broker.reply("32 06 00 01 'a' 00 01 00", "D0 00")],
      ["a QoS 2: ", (broker) => broker.reply("34 06 00 01 'a' 00 01 00", "62 02 00 01")],
      ["settled x", (broker) => broker.reply("40 02 00 01", "D0 00")],
      ["PUBREC 2", (broker) => broker.reply("50 02 00 02", "D0 00")],
      ["PUBREC 9", (broker) => broker.reply("50 02 00 09", "D0 00")],
      ["PUBREL 9", (broker) => broker.reply("62 02 00 09", "D0 00")],
      ["SUBACK 3", (broker) => broker.reply("90 04 00 03 00 00", "D0 00")],
      ["DISCONNECT 0x8b", (broker) => broker.reply("E0 01 8B", "D0 00")],
    ];
    for (const [line, play] of script) {
      const broker = ScriptedBroker.connected();
      broker.publish("x", 1);
      broker.publish("y", 2);
      broker.client.subscribe([{ filter: "a" }], undefined, broker.now);
      broker.transport.take();
      broker.reaction = (): void => {
        equal(broker.disconnect(), true);
        broker.transport.closed = false;
      };
      play(broker);
      const sent = line === "PUBREL 9" ? "70 03 00 09 92" : "";
      broker.expect(sent, "E0 00").told(line);
      over(broker);
    }
  });

  test("may be sent when a slow payload is complete", () => {
    const broker = ScriptedBroker.connected({ window: 6, sendBuffer: 16 });
    broker.publish("x", 0, new Uint8Array(30));
    broker.transport.take();
    broker.reaction = (): void => void broker.disconnect();
    broker.drain(50).told("settled x");
    equal(broker.transport.take().length, 32);
    over(broker);
  });

  test("may be sent when the connection stands, and when there is room", () => {
    const connecting = new ScriptedBroker().connect();
    connecting.transport.take();
    connecting.reaction = (): void => void connecting.disconnect();
    connecting.reply("20 03 00 00 00", "D0 00").expect("E0 00").told("CONNACK");
    over(connecting);
    const roomy = ScriptedBroker.connected();
    roomy.whenWritable = (): void => void roomy.disconnect();
    roomy.drain(1).expect("E0 00");
    over(roomy);
  });
});

suite("the server's DISCONNECT", () => {
  test("ends the connection with its code and text; nothing is answered (MQTT-4.13.2-1)", () => {
    const broker = ScriptedBroker.connected().reply("E0 09 8B", "07 1F 00 04 'gone'").expectNothing().told("DISCONNECT 0x8b", "closed peer 0x8b");
    match(broker.error?.message ?? "", /disconnected: Server shutting down \(0x8b\): gone/);
    over(broker);
  });

  test("may be two bytes, which mean 0x00", () => {
    ScriptedBroker.connected().reply("E0 00").told("DISCONNECT", "closed peer");
  });

  test("with what only a client sends is a Protocol Error (MQTT-3.14.2-1, MQTT-3.14.2-2)", () => {
    ScriptedBroker.connected().reply("E0 01 04").expect("E0 01 82").told("closed peer 0x82");
    ScriptedBroker.connected(LASTING).reply("E0 07 00 05 11 00 00 00 01").expect("E0 01 82").told("closed peer 0x82");
  });

  test("does not exist in MQTT 3.1.1", () => {
    ScriptedBroker.connected({ version: 4 }).reply("E0 00").expectNothing().told("closed peer 0x82");
  });

  test("hides what is behind it", () => {
    ScriptedBroker.connected().reply("E0 00", "30 04 00 01 'a' 00").told("DISCONNECT", "closed peer");
  });
});

suite("the end of the transport", () => {
  test("is told once, with the reason, and is the end", () => {
    const broker = ScriptedBroker.connected({ keepAlive: 60 });
    broker.publish("a", 1);
    broker.transport.take();
    broker.cut();
    equal(broker.error?.message, "cut");
    over(broker);
  });

  test("before CONNACK", () => {
    const broker = new ScriptedBroker().connect();
    broker.transport.take();
    equal(broker.client.greeted, true);
    over(broker.cut());
  });

  test("a connection that was not opened has greeted nobody", () => {
    const broker = ScriptedBroker.connected();
    equal(mqttError(() => broker.connect({ clientId: "\0" })).kind, "configuration");
    equal(broker.client.greeted, false);
    equal(broker.client.nextDeadline(), Infinity);
  });
});
