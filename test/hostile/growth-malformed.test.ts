/** Malformed packets must not make a device grow: memory after 300 connections that end with one is that after 10, to the byte. */
import { test } from "node:test";
import { bytes } from "../protocol/support/bytes.js";
import { attackConnections, RESUMED, type Device } from "./growth.js";
import { malformed311 } from "./malformed-3-1-1.js";
import { malformedConnack } from "./malformed-connack.js";
import { malformed, type Groups } from "./malformed-packets.js";

/** Packets one after the other, 290 of them evenly chosen where there are more: the rounds after 10 and after 300 see the same. */
function pick(packets: readonly string[]): (round: number) => Uint8Array {
  const length = Math.min(packets.length, 290);
  const period = 290 - (290 % length);
  return (round) => bytes(packets[Math.floor((((round % 290) % period) % length) * (packets.length / length))] ?? "");
}

/** The wrong packets alone. */
const packets = (groups: Groups): string[] => Object.values(groups).flat().filter(({ after = [] }) => after.length === 0).map(({ packet }) => packet);

const attacks: readonly (readonly [what: string, answer: (round: number) => Uint8Array, device?: Device])[] = [
  ["malformed CONNACKs", pick(packets(malformedConnack)), { options: { clean: true } }],
  ["malformed packets", pick(packets(malformed).map((packet) => `${RESUMED} ${packet}`))],
  ["malformed packets in MQTT 3.1.1", pick(packets(malformed311).map((packet) => `20 02 01 00 ${packet}`)), { options: { version: 4 } }],
];

for (const [what, answer, device] of attacks)
  test(`${what}: 300 connections`, () => attackConnections(answer, device));
