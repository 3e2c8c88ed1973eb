/** Builds that are broken on purpose: what the simulation is worth shows in its finding them. */
import { PublishCall } from "../../src/client/publish-call.js";
import { Publisher } from "../../src/client/publisher.js";
import { Connection } from "../../src/protocol/connection/connection.js";
import { Outbound } from "../../src/protocol/connection/outbound.js";
import { IncomingTable } from "../../src/protocol/session/incoming.js";
import { OutgoingTable } from "../../src/protocol/session/outgoing.js";
import { keptPublication } from "../../src/storage/kept-publication.js";
import { Medium } from "../../src/storage/medium.js";
import { SessionStore } from "../../src/storage/session-store.js";
import { TelemetryLog } from "../../src/storage/telemetry-log.js";

/** Replaces a method. @returns what brings it back. */
function patch<T extends object, K extends keyof T>(prototype: T, name: K, make: (original: T[K]) => T[K]): () => void {
  const original = prototype[name];
  prototype[name] = make(original);
  return () => {
    prototype[name] = original;
  };
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
  "repeats are delivered": () => patch(IncomingTable.prototype, "find", () => () => -1),
  "PINGREQ is never sent": () => patch(Connection.prototype, "nextDeadline", () => () => Infinity),
  "what a lost session gives back goes behind what waits": () =>
    patch(Publisher.prototype, "onLost", (onLost) => function (this: Publisher, publication, payload, fate) {
      this["returned"] = this["queue"]?.length ?? 0;
      onLost.call(this, publication, payload, fate);
    }),
  "a call is not settled": () =>
    patch(PublishCall.prototype, "settled", (settled) => function (this: PublishCall, payload, reasonCode, error) {
      if (reasonCode === 0) settled.call(this, payload, reasonCode, error);
    }),
  "readings that were not acknowledged do not come again": () => patch(TelemetryLog.prototype, "rewind", () => () => undefined),
  "readings are done when they are not": () =>
    patch(TelemetryLog.prototype, "done", (done) => function (this: TelemetryLog, number) {
      done.call(this, number + 1);
    }),
};
