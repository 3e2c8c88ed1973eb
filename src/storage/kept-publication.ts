import { MqttError } from "../protocol/error.js";
import type { PreparedHeader } from "../protocol/session/prepared-header.js";
import type { PayloadSource, Publication, PublicationPayload } from "../protocol/session/publication.js";
import type { PublicationOwner } from "../protocol/session/session-storage.js";
import type { Journal } from "./journal.js";

/** Notes what becomes of a publication that is kept, by its Packet Identifier. */
export interface Keeper {
  sent(identifier: number): void;
  released(identifier: number): void;
  done(identifier: number): void;
  used(identifier: number): void;
}

/** Stands in the session for a publication that is kept, and notes what becomes of it. */
class KeptPublication implements Publication {
  readonly topic: Uint8Array;
  readonly flags: number;
  readonly properties: Uint8Array;
  readonly topicAlias = 0;
  readonly identifier: number;
  readonly owner: PublicationOwner;
  header: PreparedHeader | undefined;
  private readonly keeper: Keeper;

  constructor(keeper: Keeper, identifier: number, owner: PublicationOwner, flags: number, topic: Uint8Array, properties: Uint8Array) {
    this.keeper = keeper;
    this.identifier = identifier;
    this.owner = owner;
    this.flags = flags;
    this.topic = topic;
    this.properties = properties;
  }

  get qos(): number {
    return this.flags >> 1;
  }

  get reused(): boolean {
    return false;
  }

  sent(): void {
    this.keeper.sent(this.identifier);
  }

  released(): void {
    this.keeper.released(this.identifier);
  }

  abandoned(): void {
    this.keeper.done(this.identifier);
  }

  settled(outcome: number | MqttError, payload: PublicationPayload): void {
    try {
      // Given up, perhaps after it was sent: the server may still have its identifier.
      if (outcome instanceof MqttError) this.keeper.used(this.identifier);
      this.keeper.done(this.identifier);
    } finally {
      // Also when flash has failed.
      this.owner.settled?.(outcome, payload);
    }
  }
}

/** What stands in the session for a publication that is kept under a Packet Identifier. `topic` and `properties` as there. */
export function keptPublication(keeper: Keeper, identifier: number, owner: PublicationOwner, flags: number, topic: Uint8Array, properties: Uint8Array): Publication {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- of the same shape; the constructor would encode anew
  return new KeptPublication(keeper, identifier, owner, flags, topic, properties);
}

/** A payload that is read from flash while it is sent: it takes no RAM, and may be moved on flash meanwhile. */
export class KeptPayload implements PayloadSource {
  readonly byteLength: number;
  private readonly journal: Journal;
  private readonly id: number;
  private readonly start: number;

  /** @param start where it begins in the data of the record with this id. */
  constructor(journal: Journal, id: number, start: number, byteLength: number) {
    this.journal = journal;
    this.id = id;
    this.start = start;
    this.byteLength = byteLength;
  }

  /** @returns the bytes, until the journal is used again; none once the publication is done. */
  read(offset: number, count: number): Uint8Array {
    return this.journal.read(this.id, this.start + offset, Math.min(count, this.byteLength - offset));
  }
}
