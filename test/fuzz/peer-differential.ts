/** Holds what the library makes of a packet against what mqtt-packet, the parser of MQTT.js, makes of it. On Node only. */
import { isDeepStrictEqual } from "node:util";
import { parser } from "mqtt-packet";
import { parsedByPeer, type PeerPacket } from "../protocol/support/peer.js";
import { readAsPeer } from "../protocol/support/reading.js";
import type { OutputCheck } from "./connection-target.js";
import { DEFECTS } from "./defects.js";
import type { Judgement } from "./judge.js";

/** Compares one packet. @returns what differs without being a known difference. */
export type Differential = (packet: Uint8Array, version: 4 | 5, judged: Judgement) => string | undefined;

interface KnownDifference {
  readonly name: string;
  readonly applies: (packet: Uint8Array, version: 4 | 5, judged: Judgement) => boolean;
}

const type = (packet: Uint8Array): number => (packet[0] ?? 0) >> 4;

const OLD_ANSWER: KnownDifference = {
  name: "a server's answer in MQTT 3.1.1 to a CONNECT of version 5", applies: (packet, version) => type(packet) === 2 && version === 5 && packet.length === 4,
};

/** Good packets that mqtt-packet refuses. */
const REFUSED: readonly KnownDifference[] = [
  OLD_ANSWER,
  // It wants a Reason Code, although 0x00 may be left out (MQTT 5.0, 3.15.2.1).
  { name: "an AUTH of nothing", applies: (packet) => type(packet) === 15 && packet.length === 2 },
  // It is allowed by the table of all Reason Codes alone (MQTT 5.0, 2.4).
  { name: "a DISCONNECT for a Bad authentication method", applies: (packet, version) => version === 5 && type(packet) === 14 && packet[2] === 0x8c },
];

/** Good packets of which it reads something else. */
const READ_OTHERWISE: readonly KnownDifference[] = [
  OLD_ANSWER,
  // A value of 0 or "" counts as absent to it, so that of two the first is lost.
  { name: "an empty User Property before another of its name", applies: (_packet, _version, judged) => judged.properties.has(38) },
];

function parse(packet: Uint8Array, version: 4 | 5): PeerPacket | undefined {
  try {
    return parsedByPeer(packet, version);
  } catch {
    return undefined;
  }
}

export const differential: Differential = (packet, version, judged) => {
  const { defects } = judged;
  const theirs = parse(packet, version);
  const known = (list: readonly KnownDifference[]): boolean => list.some((difference) => difference.applies(packet, version, judged));
  if (defects.length > 0) {
    const strict = defects.find((defect) => DEFECTS[defect].peer === "refuses");
    return theirs !== undefined && strict !== undefined ? `mqtt-packet takes ${strict}` : undefined;
  }
  if (theirs === undefined) return known(REFUSED) ? undefined : "mqtt-packet refuses it";
  const ours = readAsPeer(packet, version);
  return isDeepStrictEqual(ours, theirs) || known(READ_OTHERWISE) ? undefined : `mqtt-packet reads ${JSON.stringify(theirs)}, not ${JSON.stringify(ours)}`;
};

/** Whether all that a client sent over a connection is what a server's parser takes; its last packet may be cut short. */
export const checkOutput: OutputCheck = (output) => {
  let wrong: string | undefined;
  const parsing = parser();
  parsing.on("error", (error: Error) => (wrong = `mqtt-packet refuses what the client sent: ${error.message}`));
  parsing.parse(Buffer.from(output));
  return wrong;
};
