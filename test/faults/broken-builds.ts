/** Builds that are broken on purpose: what the simulation is worth shows in its finding them. */
import { PublishFlag } from "../../src/protocol/codec/publish.js";
import { PublishCall } from "../../src/client/publish-call.js";
import { Publisher } from "../../src/client/publisher.js";
import { Connection } from "../../src/protocol/connection/connection.js";
import { Outbound } from "../../src/protocol/connection/outbound.js";
import { Publishing } from "../../src/protocol/connection/publishing.js";
import { IncomingTable } from "../../src/protocol/session/incoming.js";
import { OutgoingState, OutgoingTable, type Exchange } from "../../src/protocol/session/outgoing.js";
import { keptPublication } from "../../src/storage/kept-publication.js";
import { KeptSubscriptions } from "../../src/storage/kept-subscriptions.js";
import { Medium } from "../../src/storage/medium.js";
import { SessionStore } from "../../src/storage/session-store.js";
import { TelemetryLog } from "../../src/storage/telemetry-log.js";
import { simulate } from "./simulation.js";

/** Replaces a method. @returns what brings it back. */
function patch<T extends object, K extends keyof T>(prototype: T, name: K, make: (original: T[K]) => T[K]): () => void {
  const original = prototype[name];
  prototype[name] = make(original);
  return () => {
    prototype[name] = original;
  };
}

type Method<T> = (this: T, ...parameters: unknown[]) => unknown;

/** Replaces a method that only the class itself may call. @returns what brings it back. */
function patchInner<T extends object>(prototype: T, name: string, make: (original: Method<T>) => Method<T>): () => void {
  const original: unknown = Reflect.get(prototype, name);
  if (typeof original !== "function") throw new Error(`there is no method ${name} to break`);
  Reflect.set(prototype, name, make(original as Method<T>));
  return () => void Reflect.set(prototype, name, original);
}

/** Has something done to what a session has in flight when its next connection begins. */
function atTheNextConnection(meddle: (inFlight: Exchange[]) => void): () => void {
  return patchInner(Outbound.prototype, "startOutbound", (start) => function (this: Outbound, resumed) {
    start.call(this, resumed);
    const { outgoing } = this["session"];
    const list = outgoing.list ?? [];
    const inFlight = list.slice(0, outgoing.count);
    meddle(inFlight);
    inFlight.forEach((exchange, i) => (list[i] = exchange));
    this["due"] = inFlight.filter(({ state }) => state === OutgoingState.PUBREL || (state & OutgoingState.RESEND) !== 0).length;
  });
}

/** Changes the quota whenever an exchange has ended that counted. */
function atTheEndOfAnExchange(by: number): () => void {
  return patchInner(Outbound.prototype, "settle", (settle) => function (this: Outbound, ...parameters) {
    this["quota"] += by;
    return settle.call(this, ...parameters);
  });
}

/** Does something later, when its caller has gone on. */
function later(action: () => void): void {
  // Without power it comes to nothing.
  Promise.resolve().then(action).catch(() => undefined);
}

/** By what is wrong with it, how to make it so. */
export const brokenBuilds: Readonly<Record<string, () => () => void>> = {
  "a publication is accepted before its record is written": () =>
    patch(SessionStore.prototype, "keep", (keep) => function (this: SessionStore, publication, payload, identifier) {
      later(() => void keep.call(this, publication, payload, identifier));
      return keptPublication(this, identifier, publication, publication.flags, publication.topic, publication.properties);
    }),
  "PUBREC is sent before its record is written": () =>
    patch(SessionStore.prototype, "received", (received) => function (this: SessionStore, identifier) {
      later(() => received.call(this, identifier));
    }),
  "the CRC of data is forgotten": () =>
    patch(Medium.prototype, "readRecord", (readRecord) => function (this: Medium, offset, id, name) {
      readRecord.call(this, offset, id, name);
      return this.id === id && this.name === name;
    }),
  "an id is reused while it is in use": () =>
    patch(OutgoingTable.prototype, "nextIdentifier", (next) => function (this: OutgoingTable) {
      return 1 + (next.call(this) % 4);
    }),
  "it is not noted that a QoS 2 publication was sent": () => patch(SessionStore.prototype, "sent", () => () => undefined),
  "the quota is never used up": () =>
    patch(Outbound.prototype, "mayPublish", (mayPublish) => function (this: Outbound, flags) {
      this["quota"] = 0xffff;
      return mayPublish.call(this, flags);
    }),
  "the quota is not given back": () => atTheEndOfAnExchange(-1),
  "the quota is given back twice": () => atTheEndOfAnExchange(1),
  "nothing is sent again on the next connection": () =>
    atTheNextConnection((inFlight) => {
      for (const exchange of inFlight) exchange.state &= ~OutgoingState.RESEND;
    }),
  "PUBREL is not sent again on the next connection": () =>
    atTheNextConnection((inFlight) => {
      for (const exchange of inFlight) if (exchange.state === OutgoingState.PUBREL) exchange.state = OutgoingState.PUBCOMP;
    }),
  "what is sent again is in the wrong order": () => atTheNextConnection((inFlight) => void inFlight.reverse()),
  "DUP is not set": () =>
    patchInner(Publishing.prototype, "sendPublish", (send) => function (this: Publishing, publication, payload, length, identifier, flags) {
      return send.call(this, publication, payload, length, identifier, Number(flags) & ~PublishFlag.DUP);
    }),
  "ids begin anew after a restart": () => patch(OutgoingTable.prototype, "startAt", () => () => undefined),
  "ids of received QoS 2 messages are forgotten at a power cut": () => patch(SessionStore.prototype, "received", () => () => undefined),
  "repeats are delivered": () => patch(IncomingTable.prototype, "find", () => () => -1),
  "PINGREQ is never sent": () =>
    patch(Connection.prototype, "ping", () => function (this: Connection, now) {
      this["asked"] ??= now;
      this.sentAt(now);
      return true;
    }),
  "what a lost session gives back goes behind what waits": () =>
    patch(Publisher.prototype, "onLost", (onLost) => function (this: Publisher, publication, payload, fate) {
      const waiting = this["queue"]?.splice(0) ?? [];
      onLost.call(this, publication, payload, fate);
      this["queue"] = [...waiting, ...(this["queue"] ?? [])];
    }),
  "a call is not settled": () =>
    patch(PublishCall.prototype, "settled", (settled) => function (this: PublishCall, outcome) {
      if (outcome === 0) settled.call(this, outcome);
    }),
  "subscriptions are not forgotten with their session": () =>
    patch(KeptSubscriptions.prototype, "connected", (connected) => function (this: KeptSubscriptions) {
      connected.call(this, true);
    }),
  "readings that were not acknowledged do not come again": () => patch(TelemetryLog.prototype, "rewind", () => () => undefined),
  "readings are done when they are not": () =>
    patch(TelemetryLog.prototype, "done", (done) => function (this: TelemetryLog, number) {
      done.call(this, number + 1);
    }),
};

/** Seeds within which a broken build has to be found. */
export const ENOUGH = 2000;

/** Where a broken build is found. */
export interface Find {
  readonly seed: number;
  readonly violation: string;
}

/** Runs seeds from 1 on a broken build, until one finds it. @param breakIt one of {@link brokenBuilds}. @returns undefined when {@link ENOUGH} did not. */
export async function find(breakIt: () => () => void): Promise<Find | undefined> {
  const mend = breakIt();
  try {
    for (let seed = 1; seed <= ENOUGH; seed++) {
      const { violation } = await simulate(seed);
      if (violation !== undefined) return { seed, violation };
    }
  } finally {
    mend();
  }
  return undefined;
}
