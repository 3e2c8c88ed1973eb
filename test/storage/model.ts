/** What a node keeps, as a plain list of facts: what the journal must show after any cut. */
import { Incoming } from "../../src/protocol/session/incoming.js";
import { OutgoingState } from "../../src/protocol/session/outgoing.js";
import { Publication, type PublicationPayload } from "../../src/protocol/session/publication.js";
import { encodeUtf8 } from "../../src/protocol/codec/utf8.js";
import { Session } from "../../src/protocol/session/session.js";
import type { PublicationInHand } from "../../src/protocol/session/session-storage.js";
import type { FlashPartition } from "../../src/storage/flash.js";
import { Journal, type JournalOptions } from "../../src/storage/journal.js";
import { Name, RecordType } from "../../src/storage/layout.js";
import { SessionStore } from "../../src/storage/session-store.js";
import { TelemetryLog } from "../../src/storage/telemetry-log.js";
import { Random } from "./random.js";

/** One call. */
export type Step =
  | { readonly call: "open"; readonly identity: number }
  | { readonly call: "store"; readonly identifier: number; readonly serial: number; readonly length: number }
  | { readonly call: "released" | "done" | "received" | "forgotten"; readonly identifier: number }
  | { readonly call: "append"; readonly length: number }
  | { readonly call: "doneReadings"; readonly number: number };

/** A publication in flight: topic and payload, or that its PUBREL is due. */
export interface InFlight {
  readonly identifier: number;
  readonly content: string;
}

export interface State {
  readonly identity: number;
  readonly outgoing: readonly InFlight[];
  readonly incoming: readonly number[];
  readonly lastReading: number;
  /** Readings that were done, not counting dropped ones. */
  readonly arrived: number;
}

/** A partition that was never used. */
export function nothing(): State {
  return { identity: -1, outgoing: [], incoming: [], lastReading: 0, arrived: 0 };
}

const RELEASED = "released";

const IDENTITIES = [0, 1, 2].map(identityOf);

function identityOf(index: number): string {
  return `kitchen at broker${index}:8883`;
}

function payloadOf(serial: number, length: number): Uint8Array {
  return new Random(serial).bytes(length);
}

function content(topic: string, payload: Uint8Array): string {
  return `${topic} ${payload.join()}`;
}

function contentOf(publication: Publication | undefined, payload: PublicationPayload | undefined): string {
  const bytes = payload instanceof Uint8Array ? payload : payload?.read(0, 1 << 16);
  return content(String.fromCharCode(...(publication?.topic.subarray(2) ?? [])), bytes ?? new Uint8Array(0));
}

/** A reading's time and bytes follow from its number and length. */
function timeOf(number: number): number {
  return 1_800_000_000_000 + number * 60_001;
}

/** The journal with both its users, and the calls of {@link Step}. */
export class Node {
  readonly journal: Journal;
  readonly session: SessionStore;
  readonly log: TelemetryLog;

  constructor(flash: FlashPartition, options: JournalOptions = {}) {
    this.journal = new Journal(flash, options);
    this.session = new SessionStore(this.journal);
    this.log = new TelemetryLog(this.journal);
  }

  perform(step: Step): void {
    const session = this.session;
    switch (step.call) {
      case "open":
        this.open(step.identity);
        session.begun();
        break;
      case "store": {
        const kept = session.keep(new Publication(`t/${step.serial}`, 1 + (step.serial % 2), false), payloadOf(step.serial, step.length), step.identifier);
        if (step.serial % 2 === 1) kept.sent?.();
        break;
      }
      case "append": {
        const number = this.journal.lastReading + 1;
        this.log.append(timeOf(number), payloadOf(number, step.length));
        break;
      }
      case "doneReadings": this.log.done(step.number); break;
      default: {
        const failure = session[step.call](step.identifier);
        if (failure !== undefined) throw failure;
      }
    }
  }

  /** Numbers of the readings that wait, in the order in which they come. @throws when one is not as it was. */
  readings(): number[] {
    const log = this.log;
    const numbers: number[] = [];
    log.rewind();
    while (log.next()) {
      const data = log.read();
      if (log.time !== timeOf(log.number) || data.join() !== payloadOf(log.number, data.length).join()) throw new Error(`reading ${log.number} is of ${log.time}: ${data.join()}`);
      numbers.push(log.number);
    }
    return numbers;
  }

  /** The session's tables, and what has not been sent. */
  private open(identity: number): { session: Session; unsent: readonly PublicationInHand[] } {
    const session = new Session(255, 1000);
    const unsent = this.session.restore(session, identityOf(identity), {});
    this.session.close();
    return { session, unsent };
  }

  /** The session whose identity is on flash, or -1. */
  get identity(): number {
    return IDENTITIES.findIndex((identity) => this.session.isOf(encodeUtf8(identity)));
  }

  /** What a session gets back, in the order in which it was kept or released. */
  tables(): Pick<State, "outgoing" | "incoming"> {
    const identity = this.identity;
    if (identity < 0) return { outgoing: [], incoming: [] };
    const { session, unsent } = this.open(identity);
    const contents = new Map<number, string>();
    for (let i = 0; i < session.outgoing.count; i++) {
      const { identifier, publication, payload, state } = session.outgoing.at(i);
      contents.set(identifier, state === OutgoingState.PUBREL ? RELEASED : contentOf(publication, payload));
    }
    for (const { publication, payload } of unsent) contents.set(publication.identifier ?? 0, contentOf(publication, payload));
    const live = this.journal.live;
    const names = Array.from({ length: live.count }, (_, i) => live.name(i));
    const outgoing = names.filter((name) => name >> Name.TYPE === RecordType.OUTGOING).map((name) => ({ identifier: name & Name.KEY, content: contents.get(name & Name.KEY) ?? "" }));
    return { outgoing, incoming: Array.from({ length: session.incoming.count }, (_, i) => session.incoming.entry(i) & Incoming.IDENTIFIER) };
  }

  /** What is there. @throws when a reading is missing. */
  observe(): State {
    const { doneReading, dropped, lastReading } = this.journal;
    const readings = this.readings();
    if (readings.length !== lastReading - doneReading || readings.some((number, i) => number !== doneReading + 1 + i)) throw new Error(`${readings.join()} in place of ${doneReading + 1} to ${lastReading}`);
    return {
      identity: this.identity,
      ...this.tables(),
      lastReading,
      arrived: doneReading - dropped,
    };
  }
}

/** What follows from a call that returned, or would have without a cut. @param node after it; only for what a full log drops. */
export function follow(state: State, step: Step, node: Node): State {
  const outgoing = "identifier" in step ? state.outgoing.filter(({ identifier }) => identifier !== step.identifier) : state.outgoing;
  switch (step.call) {
    case "open": return step.identity === state.identity ? state : { ...state, identity: step.identity, outgoing: [], incoming: [] };
    case "store": return { ...state, outgoing: [...outgoing, { identifier: step.identifier, content: content(`t/${step.serial}`, payloadOf(step.serial, step.length)) }] };
    case "released": return { ...state, outgoing: [...outgoing, { identifier: step.identifier, content: RELEASED }] };
    case "done": return { ...state, outgoing };
    case "received": return { ...state, incoming: [...state.incoming, step.identifier] };
    case "forgotten": return { ...state, incoming: state.incoming.filter((identifier) => identifier !== step.identifier) };
    case "append": return { ...state, lastReading: state.lastReading + 1 };
    case "doneReadings": return { ...state, arrived: Math.max(node.journal.doneReading, Math.min(step.number, state.lastReading)) - node.journal.dropped };
  }
}

/** Limits of a random workload. */
export interface Load {
  /** Publications in flight at most, and QoS 2 identifiers. */
  readonly inFlight: number;
  /** Bytes of a payload or reading at most. */
  readonly length: number;
  /** Chance that a call is about readings. */
  readonly readings: number;
  /** Publications that stay: their share. */
  readonly staying: number;
}

/** The next call of a workload. */
export function choose(state: State, load: Load, random: Random, serial: number): Step {
  if (state.identity < 0 || random.chance(0.002)) return { call: "open", identity: random.below(3) };
  if (random.chance(load.readings)) {
    return random.chance(0.9) ? { call: "append", length: random.below(load.length) } : { call: "doneReadings", number: Math.max(0, state.lastReading - random.below(6)) };
  }
  if (random.chance(0.2)) {
    const [first] = state.incoming;
    return first !== undefined && (state.incoming.length >= load.inFlight || random.chance(0.5)) ? { call: "forgotten", identifier: first } : { call: "received", identifier: 1 + (serial % 0xffff) };
  }
  const movable = state.outgoing.filter(({ identifier }) => (identifier * 7919) % 1000 >= load.staying * 1000);
  const chosen = movable[random.below(movable.length)];
  if (chosen !== undefined && (state.outgoing.length >= load.inFlight || random.chance(0.5))) return { call: chosen.content !== RELEASED && random.chance(0.3) ? "released" : "done", identifier: chosen.identifier };
  if (state.outgoing.length >= load.inFlight) return { call: "append", length: random.below(load.length) };
  return { call: "store", identifier: 1 + (serial % 0xffff), serial, length: random.below(load.length) };
}
