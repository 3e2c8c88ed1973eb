import { MqttError } from "../protocol/error.js";
import { ReasonCode } from "../protocol/codec/reason-code.js";
import type { Connection } from "../protocol/connection/connection.js";
import { Published } from "../protocol/connection/outbound.js";
import type { Publication, PublicationPayload } from "../protocol/session/publication.js";
import type { OutgoingTable } from "../protocol/session/outgoing.js";
import type { QueuePolicy } from "./options.js";
import { TrackedPublication } from "./publish-call.js";
import { PublishQueue } from "./publish-queue.js";

/** Sends publications at once or queues them, and tells each its end. */
export class Publisher {
  /** The connection to publish over, while there is one. */
  connection: Connection | undefined;
  /** Something was queued that could not be sent from where it came: {@link drain} is due when the stack is low again. */
  due = false;
  /** Why nothing is published any more. */
  #ended: MqttError | undefined;
  /** A publication is being handed to the connection, or an old one told of its end: the queue must stay as it is, but for its end. */
  #busy = false;
  readonly #queue: PublishQueue;
  readonly #size: number;
  readonly #policy: QueuePolicy;
  readonly #report: (error: MqttError) => void;

  /**
   * @param size publications kept while they cannot be sent. @param inFlight further ones that a lost session may give back.
   * @param report takes what goes wrong in callbacks of the application.
   */
  constructor(size: number, inFlight: number, policy: QueuePolicy, report: (error: MqttError) => void) {
    this.#queue = new PublishQueue(size + inFlight);
    this.#size = size;
    this.#policy = policy;
    this.#report = report;
  }

  /**
   * Publishes or queues.
   * @returns false when neither is possible now.
   * @throws MqttError (configuration) for what the broker's limits forbid.
   */
  submit(publication: TrackedPublication, payload: PublicationPayload, now: number): boolean {
    const { connection } = this;
    const queue = this.#queue;
    if (this.#ended !== undefined) return false;
    // Deep in the stack of a received packet nothing is sent: an ESP32-C3 has 6 KiB of it.
    if (connection?.looking && queue.count < this.#size) this.due = true;
    else if (connection !== undefined && !this.#busy && (queue.count === 0 || (publication.qos === 0 && !queue.holdsQoS0))) {
      if (this.#publish(connection, publication, payload, now) !== Published.BLOCKED) return true;
    }
    return this.#enqueue(publication, payload);
  }

  #publish(connection: Connection, publication: TrackedPublication, payload: PublicationPayload, now: number): number {
    let published: number;
    this.#busy = true;
    try {
      published = connection.publish(publication, payload, publication.reused, now);
    } finally {
      this.#busy = false;
    }
    // A payload source may have ended the client.
    if (this.#ended !== undefined) this.settle(publication, payload, 0, this.#ended);
    else if (published === Published.DONE) this.settle(publication, payload, 0, undefined);
    return published;
  }

  #enqueue(publication: TrackedPublication, payload: PublicationPayload): boolean {
    const queue = this.#queue;
    let index = this.#policy === "newest-per-topic" && !this.#busy ? queue.findTopic(publication.topic) : -1;
    let why = "a newer publication to the same topic took its place";
    if (index < 0 && queue.count >= this.#size) {
      if (this.#policy !== "drop-oldest" || queue.count === 0 || this.#busy) return false;
      index = 0;
      why = "the queue was full and this was its oldest publication";
    }
    const old = queue.publication(index);
    const oldPayload = queue.payload(index);
    if (old !== undefined) queue.remove(index);
    queue.add(publication, payload);
    if (old !== undefined && oldPayload !== undefined) {
      // Whoever is told publishes again at once: that must not drop the next one, and so on.
      this.#busy = true;
      this.settle(old, oldPayload, 0, new MqttError("resource", `dropped: ${why}`, ReasonCode.QUOTA_EXCEEDED));
      this.#busy = false;
    }
    return true;
  }

  /** Sends what is queued, in order; an exhausted quota holds back QoS 1 and 2 only. */
  drain(now: number): void {
    const { connection } = this;
    const queue = this.#queue;
    this.due = false;
    let held = false;
    for (let i = 0; connection !== undefined && !this.#busy && i < queue.count; ) {
      const publication = queue.publication(i);
      const payload = queue.payload(i);
      if (publication === undefined || payload === undefined) return;
      if (held && publication.qos > 0) {
        i++;
        continue;
      }
      queue.remove(i);
      try {
        if (this.#publish(connection, publication, payload, now) !== Published.BLOCKED) continue;
      } catch (error) {
        this.settle(publication, payload, 0, error instanceof MqttError ? error : new MqttError("configuration", String(error)));
        continue;
      }
      queue.insert(i++, publication, payload);
      if (publication.qos === 0) return;
      held = true;
    }
  }

  /** A connection begins: what it puts back goes to the front again. */
  beginConnection(connection: Connection): void {
    this.connection = connection;
    this.#queue.beginConnection();
  }

  /** Tells a publication its end. What its owner does wrong then is reported, not thrown into the protocol. */
  settle(publication: Publication, payload: PublicationPayload, reasonCode: number, error: MqttError | undefined): void {
    if (!(publication instanceof TrackedPublication)) return;
    try {
      publication.settled(payload, reasonCode, error);
    } catch (thrown) {
      this.#report(new MqttError("configuration", `a callback of a publication failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`));
    }
  }

  /** The broker lost the session with this publication in flight; `released` when it had got as far as PUBREC. */
  lost(publication: Publication, payload: PublicationPayload, released: boolean): void {
    // The broker has had it, only the end of the handshake is missing.
    if (released) this.settle(publication, payload, 0, undefined);
    // At least once: as a new message. Exactly once cannot be kept any more: the caller must know.
    else if (publication.qos === 1 && publication instanceof TrackedPublication) this.#queue.putBack(publication, payload);
    else this.settle(publication, payload, 0, new MqttError("peer", "the broker lost the session: whether this QoS 2 message arrived is unknown"));
  }

  /** The end: everything queued or in flight is told. */
  end(error: MqttError, table: OutgoingTable): void {
    this.#ended = error;
    this.connection = undefined;
    for (const list of [table, this.#queue]) {
      while (list.count > 0) {
        const publication = list.publication(0);
        const payload = list.payload(0);
        list.remove(0);
        if (publication !== undefined && payload !== undefined) this.settle(publication, payload, 0, error);
      }
    }
  }
}
