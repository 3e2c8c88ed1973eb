import { equal, match, ok } from "node:assert/strict";
import { suite, test } from "node:test";
import { ConnectionState } from "../../../src/protocol/connection/connection.js";
import { mqttError } from "../support/encoding.js";
import { CONNECT_TIMEOUT, LASTING, ScriptedBroker } from "../support/scripted-broker.js";

suite("connecting", () => {
  test("CONNECT comes first and once, and what is to be published waits for CONNACK (MQTT-3.1.0-1, MQTT-3.1.0-2)", () => {
    const broker = new ScriptedBroker().connect();
    equal(broker.publish("a", 0, "01"), 0);
    equal(broker.client.subscribe([{ filter: "a" }], undefined, broker.now), 0);
    broker.client.writable(1000, broker.now);
    broker
      .expect("10 0E", "00 04 'MQTT' 05", "02 00 00", "00", "00 01 'c'") // Clean Start, Keep Alive 0, no properties, id
      .told()
      .reply("20 03 00 00 00")
      .expectNothing()
      .told("CONNACK");
    equal(broker.client.state, ConnectionState.CONNECTED);
    equal(broker.writableCalls, 1, "the application may publish now");
  });

  test("a CONNECT that the transport does not take is an error that names both lengths, and nothing is sent", () => {
    const broker = new ScriptedBroker().connect();
    const error = mqttError(() => new ScriptedBroker().connect().client.open(broker.transport, 15, 0));
    equal(error.kind, "resource");
    match(error.message, /takes 16 bytes, the socket only 15/);
    broker.expect("10 0E 00 04 'MQTT' 05 02 00 00 00 00 01 'c'");
    new ScriptedBroker().connect().client.open(broker.transport, 16, 0);
    broker.expect("10 0E 00 04 'MQTT' 05 02 00 00 00 00 01 'c'");
  });

  test("every Reason Code from 0x80 that CONNACK may carry is reported with its text, and nothing is sent (MQTT-4.13.2-1)", () => {
    const codes = "80 81 82 83 84 85 86 87 88 89 8A 8C 90 95 97 99 9A 9B 9C 9D 9F";
    for (const code of codes.split(" ")) {
      const broker = new ScriptedBroker().connect();
      broker.transport.take();
      const text = `0x${code.toLowerCase()}`;
      broker.reply("20 09 00", code, "06 1F 00 03 'why'").expectNothing().told(`CONNACK ${text}`, `closed peer ${text}`);
      equal(broker.error?.reasonCode, parseInt(code, 16));
      match(broker.error.message, /refused.*\(0x..\): why$/);
    }
  });

  test("the return codes of MQTT 3.1.1 get the meaning of Reason Codes", () => {
    for (const [code, reasonCode] of [["01", "0x84"], ["02", "0x85"], ["03", "0x88"], ["04", "0x86"], ["05", "0x87"]] as const) {
      const broker = new ScriptedBroker({ version: 4 }).connect();
      broker.expect("10 0D", "00 04 'MQTT' 04", "02 00 00", "00 01 'c'").reply("20 02 00", code).expectNothing().told(`CONNACK ${reasonCode}`, `closed peer ${reasonCode}`);
    }
  });

  test("a server that knows MQTT 3.1.1 only refuses version 5 in its own form", () => {
    new ScriptedBroker().connect().reply("20 02 00 01").told("CONNACK 0x84", "closed peer 0x84");
  });

  test("a CONNACK with flags, codes or a form that do not exist ends the connection (MQTT-3.2.2-1, MQTT-3.2.2-6, MQTT-3.2.2-8)", () => {
    for (const [connack, code] of [
      ["20 03 02 00 00", "0x81"], // reserved flag
      ["20 03 80 00 00", "0x81"],
      ["20 03 01 87 00", "0x82"], // Session Present with a refusal
      ["20 03 00 01 00", "0x82"], // no such Reason Code
      ["20 03 00 FF 00", "0x82"],
      ["20 02 00 00", "0x81"], // no Property Length
      ["21 03 00 00 00", "0x81"], // flags of the fixed header
    ] as const) {
      const broker = new ScriptedBroker().connect();
      broker.transport.take();
      broker.reply(connack).expect("E0 01", code.slice(2)).told(`closed peer ${code}`);
    }
  });

  test("whatever comes before CONNACK is a Protocol Error (MQTT-3.2.0-1, MQTT-3.14.0-1)", () => {
    for (const packet of ["30 04 00 01 'a' 00", "40 02 00 01", "62 02 00 01", "90 04 00 01 00 00", "D0 00", "E0 01 8B", "F0 02 18 00"]) {
      const broker = new ScriptedBroker().connect();
      broker.transport.take();
      broker.reply(packet).expect("E0 01 82").told("closed peer 0x82");
    }
  });

  test("a second CONNACK is a Protocol Error (MQTT-3.2.0-2)", () => {
    ScriptedBroker.connected().reply("20 03 00 00 00").expect("E0 01 82").told("closed peer 0x82");
  });

  test("the packets behind a CONNACK in one segment are taken too", () => {
    const broker = new ScriptedBroker().connect();
    broker.reply("20 03 00 00 00", "30 05 00 01 'a' 00 07", "D0 00").told("CONNACK", "a QoS 0: 07", "PINGRESP");
  });

  test("no CONNACK in time: the link is given up, and not before", () => {
    const broker = new ScriptedBroker().connect();
    equal(broker.client.nextDeadline(), broker.now + CONNECT_TIMEOUT);
    broker.after(CONNECT_TIMEOUT - 1).told().after(1).told("closed transport 0x88");
    match(broker.error?.message ?? "", /no CONNACK within 30000 ms/);
    equal(broker.client.nextDeadline(), Infinity);
  });

  test("a CONNACK that cannot be told from the timeout by its bytes alone ends the waiting", () => {
    new ScriptedBroker().connect().after(CONNECT_TIMEOUT - 1).reply("20 03 00 00").after(0).reply("00").after(CONNECT_TIMEOUT).told("CONNACK");
  });
});

suite("names", () => {
  test("an unnamed client must be told its name (MQTT-3.1.3-7, MQTT-3.2.2-16)", () => {
    const broker = new ScriptedBroker({ clientId: "" }).connect();
    broker.expect("10 0D", "00 04 'MQTT' 05", "02 00 00", "00", "00 00").reply("20 03 00 00 00").expect("E0 01 82").told("closed peer 0x82");
    new ScriptedBroker({ clientId: "" }).connect().reply("20 09 00 00", "06 12 00 03 'abc'").told("CONNACK");
  });

  test("in MQTT 3.1.1 an unnamed client stays so", () => {
    new ScriptedBroker({ clientId: "", version: 4 }).connect().reply("20 02 00 00").told("CONNACK");
  });
});

suite("Session Present", () => {
  test("1 after Clean Start is a Protocol Error (MQTT-3.2.2-2)", () => {
    const broker = new ScriptedBroker().connect();
    broker.transport.take();
    broker.reply("20 03 01 00 00").expect("E0 01 82").told("closed peer 0x82");
  });

  test("1 where this side has no session is a Protocol Error (MQTT-3.2.2-4)", () => {
    const broker = new ScriptedBroker(LASTING).connect();
    broker.transport.take();
    broker.reply("20 03 01 00 00").expect("E0 01 82").told("closed peer 0x82");
  });

  test("1 after a connection whose session ended with it is a Protocol Error", () => {
    const broker = ScriptedBroker.connected({ cleanStart: false }).cut().connect();
    broker.transport.take();
    broker.reply("20 03 01 00 00").expect("E0 01 82").told("closed peer 0x82");
  });

  test("1 is right where the last connection left a session behind", () => {
    const broker = ScriptedBroker.connected(LASTING).cut().connect();
    broker.reply("20 03 01 00 00").told("CONNACK");
    ok(broker.session.established);
  });

  test("the server's Session Expiry Interval decides whether a session is left behind", () => {
    equal(ScriptedBroker.connected(LASTING, "11 00 00 00 00").session.established, undefined);
    equal(ScriptedBroker.connected({ cleanStart: true }, "11 00 00 00 05").session.established, true);
  });

  test("a refusal leaves the session as it was (MQTT-3.2.2-6)", () => {
    const broker = ScriptedBroker.connected(LASTING);
    broker.publish("a", 1, "01");
    broker.cut().connect();
    broker.transport.take();
    broker.reply("20 03 00 88 00").connect().accept(true);
    broker.told("CONNACK 0x88", "closed peer 0x88").expect("3A 07", "00 01 'a'", "00 01", "00", "01"); // the same again, with DUP
  });

  test("in MQTT 3.1.1 a session of an earlier life may be there, unless Clean Session was asked for", () => {
    new ScriptedBroker({ version: 4, cleanStart: false }).connect().reply("20 02 01 00").told("CONNACK");
    new ScriptedBroker({ version: 4 }).connect().reply("20 02 01 00").told("closed peer 0x82");
  });
});

suite("what was not asked for", () => {
  test("Response Information without Request Response Information is a Protocol Error (MQTT-3.1.2-28)", () => {
    const connack = "20 07 00 00 04 1A 00 01 'r'";
    new ScriptedBroker().connect().reply(connack).told("closed peer 0x82");
    new ScriptedBroker({ properties: { requestResponseInformation: 0 } }).connect().reply(connack).told("closed peer 0x82");
    new ScriptedBroker({ properties: { requestResponseInformation: 1 } }).connect().reply(connack).told("CONNACK");
  });

  test("reasons and user properties after Request Problem Information 0 are a Protocol Error but in CONNACK, PUBLISH and DISCONNECT (MQTT-3.1.2-29)", () => {
    const quiet = (): ScriptedBroker => ScriptedBroker.connected({ properties: { requestProblemInformation: 0 } }, "1F 00 01 'x'");
    const suback = "90 08 00 01", reason = "04 1F 00 01 'x'", user = "07 26 00 01 'n' 00 01 'v'";
    let broker = quiet();
    broker.client.subscribe([{ filter: "a" }], undefined, broker.now);
    broker.reply(suback, reason, "00").told("closed peer 0x82");
    broker = quiet();
    broker.publish("a", 1);
    broker.reply("40 0B 00 01 00", user).told("closed peer 0x82");
    quiet().reply("30 0B 00 01 'a'", user).told("a QoS 0: ");
    quiet().reply("E0 06 8B", reason).told("DISCONNECT 0x8b", "closed peer 0x8b");
    broker = ScriptedBroker.connected();
    broker.client.subscribe([{ filter: "a" }], undefined, broker.now);
    broker.reply("90 08 00 01", reason, "00").told("SUBACK 1");
  });
});
