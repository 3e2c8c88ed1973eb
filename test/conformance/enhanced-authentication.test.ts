/** Enhanced authentication and re-authentication at the core (MQTT 5.0, 4.12). */
import { equal, match } from "node:assert/strict";
import { test } from "node:test";
import { authenticate } from "../../src/protocol/connection/authenticating.js";
import { bytes } from "../protocol/support/bytes.js";
import { mqttError } from "../protocol/support/encoding.js";
import { CONNECT_TIMEOUT, ScriptedBroker } from "../protocol/support/scripted-broker.js";

const METHOD = { properties: { authenticationMethod: "m" } };
/** The property Authentication Method, as in CONNECT, CONNACK and AUTH. */
const IS_M = "15 00 01 'm'";
const IS_N = "15 00 01 'n'";

/** CONNECT is out and names a method. */
function connecting(): ScriptedBroker {
  return new ScriptedBroker(METHOD).connect().expect("10 12", "00 04 'MQTT' 05 02 00 00", "04", IS_M, "00 01 'c'");
}

/** CONNECT is out and names none. */
function plain(options = {}): ScriptedBroker {
  const broker = new ScriptedBroker(options).connect();
  equal(broker.transport.take()[0], 0x10);
  return broker;
}

const connected = (): ScriptedBroker => ScriptedBroker.connected(METHOD, IS_M);

/** The application sends AUTH. */
function send(broker: ScriptedBroker, reasonCode: number, data = "", method = "m"): boolean {
  return authenticate(broker.client, reasonCode, { authenticationMethod: method, ...(data === "" ? {} : { authenticationData: bytes(data) }) }, broker.now);
}

for (const [name, auth] of [["0x19", `F0 06 19 04 ${IS_M}`], ["0x00", `F0 06 00 04 ${IS_M}`], ["no code", "F0 00"], ["0x18 cut short", "F0 01 18"]] as const)
  test(`[MQTT-4.12.0-2] AUTH with ${name} before CONNACK is no challenge: DISCONNECT and the end`, () => {
    const broker = connecting().reply(auth);
    const [, , code] = broker.transport.take();
    equal(code, name === "0x18 cut short" ? 0x81 : 0x82);
    equal(broker.error?.reasonCode, code);
  });

test("[MQTT-4.12.0-2] AUTH with 0x18 asks for more and is handed to the application with its data", () => {
  const broker = connecting();
  broker.reaction = (line): void => equal(line, "AUTH 0x18");
  broker.reply("F0 0B 18 09", IS_M, "16 00 02 'xy'").expectNothing().told("AUTH 0x18");
});

test("[MQTT-4.12.0-3] each challenge of two is answered with AUTH 0x18, the method and the data of the callback", () => {
  const broker = connecting();
  const answers = ["'one'", "00 FF"];
  broker.reaction = (line): void => {
    if (line === "AUTH 0x18") equal(send(broker, 0x18, answers.shift()), true);
  };
  broker.reply("F0 0A 18 08", IS_M, "16 00 01 'x'").expect("F0 0C 18 0A", IS_M, "16 00 03 'one'");
  broker.reply("F0 0A 18 08", IS_M, "16 00 01 'y'").expect("F0 0B 18 09", IS_M, "16 00 02 00 FF");
  broker.reply("20 07 00 00 04", IS_M).told("AUTH 0x18", "AUTH 0x18", "CONNACK").expectNothing();
});

test("[MQTT-4.12.0-3] a challenge cannot be answered with another code: that is the caller's mistake, nothing is sent", () => {
  for (const code of [0x00, 0x19, 0x80]) {
    const broker = connecting().reply("F0 06 18 04", IS_M);
    equal(mqttError(() => send(broker, code)).kind, "configuration");
    broker.expectNothing();
    equal(send(broker, 0x18), true);
  }
});

test("[MQTT-4.12.0-5] every AUTH repeats the method of CONNECT; without it or with another it is not sent", () => {
  for (const broker of [connecting(), connected()]) {
    for (const method of ["n", "M", "mm", ""]) equal(mqttError(() => send(broker, 0x18, "", method)).kind, "configuration");
    for (const properties of [undefined, {}, { authenticationData: bytes("01") }])
      equal(mqttError(() => authenticate(broker.client, 0x18, properties, broker.now)).kind, "configuration");
    broker.expectNothing();
    equal(send(broker, 0x18), true);
    broker.expect("F0 06 18 04", IS_M);
  }
});

for (const [name, packet] of [
  ["AUTH with another method", `F0 06 18 04 ${IS_N}`], ["AUTH without method", "F0 02 18 00"], ["AUTH with data alone", "F0 06 18 04 16 00 01 'x'"],
  ["CONNACK with another method", `20 07 00 00 04 ${IS_N}`], ["CONNACK without method", "20 03 00 00 00"],
] as const)
  test(`[MQTT-4.12.0-5] ${name} is a Protocol Error while connecting`, () => {
    connecting().reply(packet).expect("E0 01 82").told("closed peer 0x82");
  });

for (const [name, packet] of [
  ["AUTH 0x18 with another method", `F0 06 18 04 ${IS_N}`], ["AUTH 0x18 without method", "F0 02 18 00"], ["AUTH 0x00 with another method", `F0 06 00 04 ${IS_N}`], ["AUTH 0x00 in two bytes", "F0 00"],
] as const)
  test(`[MQTT-4.12.0-5] ${name} is a Protocol Error in re-authentication`, () => {
    const broker = connected();
    send(broker, 0x19);
    broker.expect("F0 06 19 04", IS_M).reply(packet).expect("E0 01 82").told("closed peer 0x82");
  });

for (const code of ["18", "00", "19"])
  test(`[MQTT-4.12.0-6] AUTH 0x${code} after a CONNECT without method is a Protocol Error, before CONNACK and behind it`, () => {
    plain().reply("F0 06", code, "04", IS_M).expect("E0 01 82").told("closed peer 0x82");
    ScriptedBroker.connected().reply("F0 06", code, "04", IS_M).expect("E0 01 82").told("closed peer 0x82");
    ScriptedBroker.connected().reply("F0 02", code, "00").expect("E0 01 82").told("closed peer 0x82");
  });

test("[MQTT-4.12.0-6] a method in CONNACK after a CONNECT without one is a Protocol Error", () => {
  plain().reply("20 07 00 00 04", IS_M).expect("E0 01 82").told("closed peer 0x82");
});

test("[MQTT-4.12.0-7] without a method in CONNECT no AUTH can be sent: a local error, nothing on the wire", () => {
  for (const broker of [plain(), ScriptedBroker.connected(), ScriptedBroker.connected({ ...METHOD, version: 4 })]) {
    for (const code of [0x18, 0x19]) {
      const error = mqttError(() => send(broker, code));
      equal(error.kind, "configuration");
      match(error.message, /authenticationMethod must be that of the CONNECT/);
      for (const properties of [undefined, {}]) equal(mqttError(() => authenticate(broker.client, code, properties, broker.now)).message, error.message);
    }
    broker.expectNothing();
  }
});

test("[MQTT-4.12.1-1] re-authentication begins with AUTH 0x19 and the method of CONNECT, and ends with the server's 0x00", () => {
  const broker = connected();
  equal(send(broker, 0x19, "'first'"), true);
  broker.expect("F0 0E 19 0C", IS_M, "16 00 05 'first'").reply("F0 06 18 04", IS_M).told("AUTH 0x18");
  equal(send(broker, 0x18, "'next'"), true);
  broker.expect("F0 0D 18 0B", IS_M, "16 00 04 'next'").reply("F0 06 00 04", IS_M).told("AUTH");
  // The connection has gone on.
  broker.publish("a");
  broker.expect("30 04 00 01 'a' 00");
});

test("[MQTT-4.12.1-1] it cannot begin with another method", () => {
  const broker = connected();
  equal(mqttError(() => send(broker, 0x19, "", "n")).kind, "configuration");
  broker.expectNothing().reply("D0 00").told("PINGRESP");
});

test("[MQTT-4.12.1-1] other packets go both ways while it lasts", () => {
  const broker = connected();
  send(broker, 0x19);
  broker.publish("a", 1);
  broker.reply("32 06 00 01 'b' 00 07 00").expect("F0 06 19 04", IS_M, "32 06 00 01 'a' 00 01 00", "40 02 00 07");
});

test("[MQTT-4.12.1-2] an application that rejects the server's proof ends the connection with a DISCONNECT that says so", () => {
  const broker = connected();
  send(broker, 0x19);
  broker.expect("F0 06 19 04", IS_M);
  broker.reaction = (line): void => {
    if (line === "AUTH") equal(broker.disconnect(0x80), true);
  };
  broker.reply("F0 06 00 04", IS_M, "30 04 00 01 'a' 00").expect("E0 01 80").told("AUTH");
  broker.drain(100).after(1e9).expectNothing().told();
});

test("[MQTT-4.12.1-2] a server that rejects re-authentication is heard and left: code and reason reach the caller", () => {
  const broker = connected();
  send(broker, 0x19);
  broker.expect("F0 06 19 04", IS_M).reply("E0 09 87 07 1F 00 04 'nope'").expectNothing().told("DISCONNECT 0x87", "closed peer 0x87");
  match(broker.error?.message ?? "", /Not authorized \(0x87\): nope/);
});

test("[MQTT-4.12.0-1] a server that accepts without the method that was asked for is left with a Protocol Error", () => {
  connecting().reply("20 03 00 00 00").expect("E0 01 82").told("closed peer 0x82");
});

test("[MQTT-4.12.0-1][MQTT-4.12.0-4] a refusal of method or client needs no method; the connection is over although the server keeps it open", () => {
  for (const code of ["8c", "87", "80"]) connecting().reply("20 03 00", code, "00").expectNothing().told(`CONNACK 0x${code}`, `closed peer 0x${code}`);
});

test("[MQTT-4.12.0-4] a server that rejects by silence is left after the wait for CONNACK, which each answer begins anew", () => {
  const broker = connecting().after(CONNECT_TIMEOUT - 1).reply("F0 06 18 04", IS_M).told("AUTH 0x18");
  send(broker, 0x18);
  broker.after(CONNECT_TIMEOUT - 1).told().after(1).told("closed transport 0x88");
});
