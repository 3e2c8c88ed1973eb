/** A case is a pure function of a seed and a number. */
import { checkConnection, type OutputCheck } from "./connection-target.js";
import { checkDecoder } from "./decoder-target.js";
import type { Differential } from "./peer-differential.js";
import { Random } from "./random.js";
import { settingsOf } from "./settings.js";
import { connectionTraffic, loosePackets } from "./traffic.js";

/** What cases are for: the decoder and the receiver over it, or a whole connection with its session. */
export const TARGETS = ["decoder", "connection"] as const;
export type Target = (typeof TARGETS)[number];

/** Oracles that are there on Node only. */
export interface Peer {
  readonly differential: Differential;
  readonly checkOutput: OutputCheck;
}

/** What chance is used for in a case, so that a use of more of it changes nothing else. */
const Stream = { TRAFFIC: 1, SETTINGS: 2, BEHAVIOUR: 3, CHUNKS: 4 } as const;

/** One case, before it runs. */
export interface Case {
  readonly seed: number;
  readonly index: number;
  readonly target: Target;
  readonly version: 4 | 5;
  /** What the server sends over each connection. */
  readonly wires: readonly Uint8Array[];
}

export function makeCase(seed: number, index: number, target: Target): Case {
  const random = Random.ofCase(seed, index, Stream.TRAFFIC);
  const version = random.oneIn(3) ? 4 : 5;
  const wires = target === "decoder" ? [loosePackets(random, version)] : [connectionTraffic(random, version)];
  if (target === "connection" && random.oneIn(4)) wires.push(connectionTraffic(random, version));
  return { seed, index, target, version, wires };
}

/** Runs a case. @returns what was violated. */
export function runCase({ seed, index, target, version, wires }: Case, peer: Peer | undefined): string | undefined {
  const random = (stream: number): Random => Random.ofCase(seed, index, stream);
  try {
    if (target === "decoder") return checkDecoder(wires[0] ?? new Uint8Array(0), version, random(Stream.CHUNKS), peer?.differential);
    const settings = settingsOf(random(Stream.SETTINGS), version);
    return checkConnection(wires, settings, () => random(Stream.BEHAVIOUR), random(Stream.CHUNKS), peer?.checkOutput);
  } catch (error) {
    return `throws ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
}
