import { MqttError } from "../../src/protocol/error.js";
import type { Publication, PublicationPayload } from "../../src/protocol/session/publication.js";
import type { Session } from "../../src/protocol/session/session.js";
import type { PublicationInHand, PublicationOwner, SessionStorage, SubscriptionStorage } from "../../src/protocol/session/session-storage.js";
import type { SessionStore } from "../../src/storage/session-store.js";
import type { Outgoing, OutgoingLedger } from "./outgoing-ledger.js";

/** All the bytes of a payload, which a source gives in parts. */
function whole(payload: PublicationPayload): Uint8Array {
  if (!("read" in payload)) return payload;
  const bytes = new Uint8Array(payload.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const part = payload.read(at, bytes.length - at);
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Tells the ledger what the client's storage gives back, and what it is about to forget. */
export class WatchedStorage implements SessionStorage {
  /** Tags of the messages that a restart has brought back. */
  readonly restored = new Set<number>();
  private readonly inner: SessionStore;
  private readonly ledger: OutgoingLedger;
  private readonly alive: () => boolean;

  constructor(inner: SessionStore, ledger: OutgoingLedger, alive: () => boolean) {
    this.inner = inner;
    this.ledger = ledger;
    this.alive = alive;
  }

  restore(session: Session, identity: string, owner: PublicationOwner): PublicationInHand[] {
    const unsent = this.inner.restore(session, identity, owner);
    for (let i = 0; i < session.outgoing.count; i++) {
      const { publication, payload } = session.outgoing.at(i);
      if (publication !== undefined && payload !== undefined) this.cameBack(publication, payload);
    }
    for (const { publication, payload } of unsent) this.cameBack(publication, payload);
    return unsent;
  }

  get subscriptions(): SubscriptionStorage {
    return this.inner.subscriptions;
  }

  close(): void {
    this.inner.close();
  }

  private cameBack(publication: Publication, payload: PublicationPayload): void {
    // Of one that the broker has only the identifier is left.
    if (payload.byteLength === 0) return;
    const message = this.ledger.find(whole(payload));
    this.restored.add(message.tag);
    this.watch(publication, message, true);
  }

  /** Notes when the end of a kept publication begins, and of an orphan also what end it was. */
  private watch(publication: Publication, message: Outgoing, orphan: boolean): void {
    const abandoned = publication.abandoned?.bind(publication);
    const settled = publication.settled?.bind(publication);
    publication.abandoned = () => {
      message.ending = true;
      message.failed = true;
      abandoned?.();
    };
    publication.settled = (outcome, payload) => {
      message.ending = true;
      settled?.(outcome, payload);
      if (!this.alive()) return;
      message.ending = false;
      if (orphan) this.ledger.orphanEnded(message, outcome instanceof MqttError);
      else {
        // A promise tells the caller later, perhaps too late.
        message.kept = false;
        message.failed ||= outcome instanceof MqttError;
      }
    };
  }

  keep(publication: Publication, payload: PublicationPayload, identifier: number): Publication {
    const kept = this.inner.keep(publication, payload, identifier);
    this.watch(kept, this.ledger.find(whole(payload)), false);
    return kept;
  }

  begun(): void {
    this.inner.begun();
  }

  used(identifier: number): void {
    this.inner.used(identifier);
  }

  received(identifier: number): MqttError | undefined {
    return this.inner.received(identifier);
  }

  forgotten(identifier: number): void {
    this.inner.forgotten(identifier);
  }
}
