/** AUTH in both directions (MQTT 5.0, 3.15). */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { Properties } from "../../src/protocol/codec/property.js";
import { authenticate } from "../../src/protocol/connection/authenticating.js";
import { ConnectionState } from "../../src/protocol/connection/connection.js";
import { mqttError } from "../protocol/support/encoding.js";
import { ScriptedBroker } from "../protocol/support/scripted-broker.js";
import { acceptedCodes } from "./accepted-codes.js";

const METHOD = { authenticationMethod: "m" };

/** What follows the Reason Code of an AUTH that says no more than its method. */
const BARE = "04 15 00 01 'm'";

/** A connection whose CONNECT, with a method, was sent and is not answered yet. @param maximumPacketSize the client's. */
function connecting(maximumPacketSize = 100): ScriptedBroker {
  const broker = new ScriptedBroker({ properties: { ...METHOD, maximumPacketSize } }).connect();
  broker.transport.take();
  return broker;
}

/** A connection that stands. */
const authenticated = (connack = "", maximumPacketSize = 100): ScriptedBroker =>
  ScriptedBroker.connected({ properties: { ...METHOD, maximumPacketSize } }, "15 00 01 'm'", connack);

/** The client sends an AUTH. */
function send(broker: ScriptedBroker, reasonCode: number, properties: Properties = {}): ScriptedBroker {
  equal(authenticate(broker.client, reasonCode, { ...METHOD, ...properties }, broker.now), true);
  return broker;
}

test("[MQTT-3.15.1-1] every AUTH begins with 0xF0: in answer, to re-authenticate, with data and texts", () => {
  send(connecting().reply("F0 06 18", BARE), 0x18).expect("F0 06 18", BARE);
  send(authenticated(), 0x19).expect("F0 06 19", BARE);
  send(authenticated(), 0x19, { authenticationData: Uint8Array.of(7), reasonString: "r", userProperty: [["k", "v"]] })
    .expect("F0 15 19 13 15 00 01 'm' 16 00 01 07 1F 00 01 'r' 26 00 01 'k' 00 01 'v'");
});

test("[MQTT-3.15.1-1] an AUTH with other flags than 0000 is answered with 0x81, before the CONNACK and after it", () => {
  for (let flags = 1; flags < 16; flags++)
    for (const broker of [connecting(), authenticated()]) broker.reply(`F${flags.toString(16)} 06 18`, BARE).expect("E0 01 81").told("closed peer 0x81");
});

test("[MQTT-3.15.2-1] before the CONNACK an AUTH with 0x18 is taken, with any other code it is answered with 0x81 or 0x82", () => {
  deepEqual(acceptedCodes((code) => connecting().reply("F0 06", code, BARE)), [0x18]);
});

test("[MQTT-3.15.2-1] after the CONNACK an AUTH with 0x00 or 0x18 is taken, with any other code it is answered with 0x81 or 0x82", () => {
  deepEqual(acceptedCodes((code) => authenticated().reply("F0 06", code, BARE)), [0x00, 0x18]);
});

test("[MQTT-3.15.2-1] an AUTH is sent with 0x18 or 0x19, any other code is refused: nothing is sent, the connection stays", () => {
  for (let code = 0; code < 256; code++) {
    const broker = authenticated();
    if (code === 0x18 || code === 0x19) send(broker, code).expect("F0 06", code.toString(16), BARE);
    else {
      equal(mqttError(() => send(broker, code)).kind, "configuration", `code ${code}`);
      equal(broker.expectNothing().client.state, ConnectionState.CONNECTED);
    }
  }
});

for (const [id, what, whole, over, sent, inbound] of [
  ["MQTT-3.15.2-2", "Reason String", { reasonString: "x".repeat(19) }, { reasonString: "x".repeat(20) }, "1A 15 00 01 'm' 1F 00 13", `1B 15 00 01 'm' 1F 00 14 '${"x".repeat(20)}'`],
  ["MQTT-3.15.2-3", "user property", { userProperty: [["k", "x".repeat(16)]] }, { userProperty: [["k", "x".repeat(17)]] },
    "1A 15 00 01 'm' 26 00 01 'k' 00 10", `1B 15 00 01 'm' 26 00 01 'k' 00 11 '${"x".repeat(17)}'`],
] as const) {
  test(`[${id}] a ${what} that makes an AUTH larger than the server takes is left out; method and data stay`, () => {
    const limited = (): ScriptedBroker => authenticated("27 00 00 00 1E");
    const text = "x".repeat(id === "MQTT-3.15.2-2" ? 19 : 16);
    send(limited(), 0x19, whole).expect("F0 1C 19", sent, `'${text}'`);
    send(limited(), 0x19, over).expect("F0 06 19", BARE);
    send(limited(), 0x19, { ...over, authenticationData: Uint8Array.of(7, 8) }).expect("F0 0B 19 09 15 00 01 'm' 16 00 02 07 08");
  });

  test(`[${id}] an AUTH that a ${what} makes larger than the client's Maximum Packet Size is answered with 0x95, before the CONNACK and after it`, () => {
    for (const broker of [connecting(30), authenticated("", 30)]) broker.reply("F0 1D 18", inbound).expect("E0 01 95").told("closed peer 0x95");
    for (const broker of [connecting(31), authenticated("", 31)]) broker.reply("F0 1D 18", inbound).expectNothing().told("AUTH 0x18");
  });
}
