/** What lasts over connections must not make a device grow: memory after 300 of them is that after 10, to the byte. */
import { test } from "node:test";
import { bytes } from "../protocol/support/bytes.js";
import { attackConnections, CONNACK, each, identifier, RESUMED, type Device } from "./growth.js";

/** Each connection, once its CONNECT has come, gets these bytes and is closed; a round each. */
const connections: readonly (readonly [what: string, answer: (round: number) => Uint8Array, device?: Device])[] = [
  ["a cut behind CONNECT", () => bytes()],
  ["a cut behind the CONNACK, the session lost each time", () => bytes(CONNACK)],
  ["a cut behind the CONNACK, the session resumed each time", () => bytes(RESUMED)],
  ["a cut behind the CONNACK in MQTT 3.1.1", () => bytes("20 02 01 00"), { options: { version: 4 } }],
  ["version 5 refused, then 3.1.1, and so on", (round) => bytes(round % 2 === 0 ? "20 03 00 84 00" : "20 02 00 01"), { options: { version: null } }],
  ["a refusal that lasts", () => bytes("20 03 00 87 00")],
  ["a goodbye with a Reason String and User Properties", () => bytes(RESUMED, "E0 16 8B 14 1F 00 04 'away' 26 00 01 'n' 00 01 'v' 26 00 00 00 00")],
  ["a CONNACK full of User Properties", () => bytes(`20 F8 03 01 00 F4 03 ${"26 00 00 00 00 ".repeat(100)}`)],
  ["a CONNACK with a name as long as will fit, for a client without one", () => bytes(`20 F6 01 00 00 F2 01 12 00 EF '${"n".repeat(239)}'`), { options: { id: "", clean: true } }],
  ["every acknowledgement twice", () => bytes(RESUMED, "40 02 00 01 40 02 00 01")],
  ["QoS 2 messages that are never released", (round) => bytes(RESUMED, each(20, (number) => `34 07 00 01 'a' ${identifier(20 * round + number + 1)} 00 'x'`))],
  ["more messages than Receive Maximum", (round) => bytes(RESUMED, each(25, (number) => `34 07 00 01 'a' ${identifier(25 * round + number + 1)} 00 'x'`))],
  ["PUBRECs for what was never sent", (round) => bytes(RESUMED, each(20, (number) => `50 02 ${identifier(20 * round + number + 100)}`))],
  ["Topic Aliases, always for others", (round) => bytes(RESUMED, each(4, (number) => `30 0A 00 04 '${1000 + round}' 03 23 00 0${number + 1}`)), { options: { properties: { topicAliasMaximum: 4 } } }],
  ["a message in pieces that is cut", () => bytes(RESUMED, `32 E8 07 00 01 'a' 00 07 00 '${"x".repeat(700)}'`), { pieces: true }],
  ["a message that is cut under slow handlers", () => bytes(RESUMED, `32 E8 07 00 01 'a' 00 07 00 '${"x".repeat(700)}'`), { pieces: true, slow: true }],
  ["a huge Remaining Length", () => bytes(RESUMED, "30 FF FF FF 7F 00 01 'a' 00")],
];

for (const [what, answer, device] of connections)
  test(`${what}: 300 connections`, () => attackConnections(answer, device));
