import { MqttError } from "../protocol/error.js";
import { ReasonCode } from "../protocol/codec/reason-code.js";
import { Fate } from "../protocol/connection/handler.js";
import type { Connection } from "../protocol/connection/connection.js";
import { Published } from "../protocol/connection/publishing.js";
import type { Publication, PublicationPayload } from "../protocol/session/publication.js";
import type { OutgoingTable } from "../protocol/session/outgoing.js";
import type { Configuration } from "./common-options.js";
import { TrackedPublication } from "./publish-call.js";
import { PublishQueue } from "./publish-queue.js";

/** What a {@link Publisher} needs of its client. */
export interface PublisherOwner {
  readonly configuration: Configuration;
  /** The connection to publish over, while there is one. */
  readonly connection: Connection | undefined;
  /** Why nothing is published any more. */
  readonly ended: MqttError | undefined;
  /** Milliseconds. */
  now(): number;
  /** Takes what goes wrong in callbacks of the application. */
  report(error: MqttError): void;
}

/** Sends publications at once or queues them, and tells each its end. */
export class Publisher extends PublishQueue {
  /** Something was queued that could not be sent from where it came: {@link drain} is due when the stack is low again. */
  due = false;
  /** A publication is being handed to the connection, or an old one told of its end: the queue must stay as it is, but for its end. */
  private busy = false;
  private readonly owner: PublisherOwner;

  constructor(owner: PublisherOwner) {
    const { queue, inFlight } = owner.configuration;
    // A lost session may give back what was in flight.
    super(queue + inFlight);
    this.owner = owner;
  }

  /**
   * Publishes or queues.
   * @returns false when neither is possible now.
   * @throws MqttError (configuration) for what the broker's limits forbid.
   */
  submit(publication: TrackedPublication, payload: PublicationPayload): boolean {
    const { connection } = this.owner;
    if (connection !== undefined && !this.busy) {
      // Deep in the stack of a received packet nothing is sent: an ESP32-C3 has 6 KiB of it.
      if (connection.looking && this.count < this.owner.configuration.queue) this.due = true;
      else if (this.count === 0 || (publication.qos === 0 && !this.holdsQoS0)) {
        if (this.hand(connection, publication, payload) !== Published.BLOCKED) return true;
      }
    }
    return this.owner.ended === undefined && this.enqueue(publication, payload);
  }

  /** Hands a publication to the connection. @returns one of {@link Published}. */
  private hand(connection: Connection, publication: TrackedPublication, payload: PublicationPayload): number {
    const { owner } = this;
    let published: number;
    if (payload instanceof Uint8Array) published = connection.publish(publication, payload, publication.reused, owner.now());
    else {
      this.busy = true;
      try {
        published = connection.publish(publication, payload, false, owner.now());
      } finally {
        this.busy = false;
      }
    }
    // A payload source may have ended the client.
    if (owner.ended !== undefined) this.settle(publication, payload, 0, owner.ended);
    else if (published === Published.DONE) this.settle(publication, payload, 0, undefined);
    return published;
  }

  private enqueue(publication: TrackedPublication, payload: PublicationPayload): boolean {
    const { queue, queuePolicy } = this.owner.configuration;
    let index = queuePolicy === "newest-per-topic" && !this.busy ? this.findTopic(publication.topic) : -1;
    let why = "a newer publication to the same topic took its place";
    if (index < 0 && this.count >= queue) {
      if (queuePolicy !== "drop-oldest" || queue === 0 || this.busy) return false;
      index = 0;
      why = "the queue was full and this was its oldest publication";
    }
    const old = this.publication(index);
    const oldPayload = this.payload(index);
    if (old !== undefined) this.remove(index);
    this.insert(this.count, publication, payload);
    if (old !== undefined && oldPayload !== undefined) {
      // Whoever is told publishes again at once: that must not drop the next one, and so on.
      this.busy = true;
      this.settle(old, oldPayload, 0, new MqttError("resource", `dropped: ${why}`, ReasonCode.QUOTA_EXCEEDED));
      this.busy = false;
    }
    return true;
  }

  /** Sends what is queued, in order; an exhausted quota, or a connection that is not accepted yet, holds back some QoS only. */
  drain(): void {
    const { connection } = this.owner;
    let held = false;
    this.due = false;
    for (let i = 0; connection !== undefined && !this.busy && i < this.count; ) {
      const publication = this.publication(i);
      const payload = this.payload(i);
      if (publication === undefined || payload === undefined) return;
      const { qos } = publication;
      if ((held && qos > 0) || !connection.mayPublishAt(qos)) {
        i++;
        continue;
      }
      this.remove(i);
      try {
        if (this.hand(connection, publication, payload) !== Published.BLOCKED) continue;
      } catch (error) {
        this.settle(publication, payload, 0, error instanceof MqttError ? error : new MqttError("configuration", String(error)));
        continue;
      }
      this.insert(i++, publication, payload);
      if (qos === 0) return;
      held = true;
    }
  }

  /** Tells a publication its end. What its owner does wrong then is reported, not thrown into the protocol. */
  settle(publication: Publication, payload: PublicationPayload, reasonCode: number, error: MqttError | undefined): void {
    if (!(publication instanceof TrackedPublication)) return;
    try {
      publication.settled(payload, reasonCode, error);
    } catch (thrown) {
      this.owner.report(new MqttError("configuration", `a callback of a publication failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`));
    }
  }

  /** The exchange of a publication cannot go on; `fate` as in {@link ConnectionHandler.onLost}. */
  lost(publication: Publication, payload: PublicationPayload, fate: number): void {
    // The broker has had it, only the end of the handshake is missing.
    if (fate === Fate.RELEASED) this.settle(publication, payload, 0, undefined);
    // At least once: as a new message. Exactly once cannot be kept any more: the caller must know.
    else if ((publication.qos === 1 || fate === Fate.UNSENT) && publication instanceof TrackedPublication) this.putBack(publication, payload);
    else this.settle(publication, payload, 0, new MqttError("peer", "the broker lost the session: whether this QoS 2 message arrived is unknown"));
  }

  /** The end: everything in flight, then everything queued is told. */
  end(error: MqttError, table: OutgoingTable): void {
    this.empty(table, error);
    this.empty(this, error);
  }

  private empty(list: OutgoingTable | PublishQueue, error: MqttError): void {
    while (list.count > 0) {
      const publication = list.publication(0);
      const payload = list.payload(0);
      list.remove(0);
      if (publication !== undefined && payload !== undefined) this.settle(publication, payload, 0, error);
    }
  }
}
