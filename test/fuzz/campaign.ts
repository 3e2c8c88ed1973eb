/** Runs cases one after the other and keeps what they find: on Node, and in XS without the oracles that need Node. */
import { makeCase, runCase, type Case, type Peer, type Target } from "./cases.js";
import { kindOf, minimise } from "./minimise.js";

/** A connection is worth, and takes, several decoders: one case in so many. */
const CONNECTION_SHARE = 6;

/** One of a kind is kept, and the campaign is over when there are so many. */
const MOST_FINDINGS = 10;

export interface Finding {
  /** Minimised. */
  readonly found: Case;
  readonly violation: string;
}

export interface Campaign {
  readonly seed: number;
  /** The number of the first case; default 0. */
  readonly first?: number | undefined;
  /** Without it both in turn. */
  readonly target?: Target | undefined;
  readonly peer?: Peer | undefined;
  /** Called with the number of each case before it runs. @returns whether to run it. */
  readonly more: (index: number) => boolean;
}

export interface Result {
  readonly cases: number;
  readonly findings: readonly Finding[];
}

/** What the case of a number is for, where both are in turn. */
export function targetOf(index: number): Target {
  return index % CONNECTION_SHARE === 0 ? "connection" : "decoder";
}

export function fuzz({ seed, first = 0, target, peer, more }: Campaign): Result {
  const findings = new Map<string, Finding>();
  let index = first;
  for (; more(index) && findings.size < MOST_FINDINGS; index++) {
    const found = makeCase(seed, index, target ?? targetOf(index));
    const violation = runCase(found, peer);
    if (violation === undefined || findings.has(kindOf(violation))) continue;
    const [smallest, how] = minimise(found, violation, (smaller) => runCase(smaller, peer));
    findings.set(kindOf(violation), { found: smallest, violation: how });
  }
  return { cases: index - first, findings: [...findings.values()] };
}

/** The bytes of a case as hexadecimal digits, a word for each connection. */
export function wiresText(wires: readonly Uint8Array[]): string {
  return wires.map((wire) => Array.from(wire, (byte) => (byte < 16 ? "0" : "") + byte.toString(16)).join("")).join(",");
}

/** A finding for people: what was violated, the bytes, and the command that shows it again. */
export function findingText({ found, violation }: Finding): string {
  const { seed, index, target, version, wires } = found;
  const bytes = wiresText(wires);
  return `${target}, MQTT ${version === 5 ? "5.0" : "3.1.1"}: ${violation}\n  bytes: ${bytes || "none"}\n` +
    `  again: npm run fuzz -- --target ${target} --seed ${seed} --case ${index} --wires ${bytes || ","}\n`;
}
