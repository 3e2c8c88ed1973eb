import { MqttError } from "../protocol/error.js";
import { ReasonCode } from "../protocol/codec/reason-code.js";
import type { ReceivedPacket } from "../protocol/codec/received-packet.js";
import { Fate } from "../protocol/connection/handler.js";
import { type Connection, ConnectionState } from "../protocol/connection/connection.js";
import { Published } from "../protocol/connection/publishing.js";
import type { Publication, PublicationPayload } from "../protocol/session/publication.js";
import type { Session } from "../protocol/session/session.js";
import type { Configuration } from "./common-options.js";
import { Link } from "./link.js";
import { PublishQueue } from "./publish-queue.js";

/** Layer of a client: sends publications at once or queues them, and tells each its end. */
export abstract class Publisher extends Link {
  /** Why the client has ended. */
  ended: MqttError | undefined;
  /** The connection, while publications may go straight to it: it stands, and nothing waits. */
  direct: Connection | undefined;
  /** When something last went straight to it, in the host's ticks, until the connection is told. */
  directTicks: number | undefined;
  /** Something was queued that could not be sent from where it came: {@link drain} is due when the stack is low again. */
  protected due = false;
  /** A publication is being handed to the connection, or an old one told of its end: the queue must stay as it is, but for its end. */
  private busy = false;
  private readonly queue: PublishQueue;

  constructor(configuration: Configuration, session: Session) {
    super(configuration, session);
    // A lost session may give back what was in flight.
    this.queue = new PublishQueue(configuration.queue + configuration.inFlight);
  }

  protected override get idle(): boolean {
    return this.direct !== undefined && !this.due && this.direct.idle;
  }

  /** Takes what goes wrong in callbacks of the application. */
  abstract report(error: MqttError): void;

  /**
   * Publishes or queues.
   * @returns false when neither is possible now.
   * @throws MqttError (configuration) for what the broker's limits forbid.
   */
  submit(publication: Publication, payload: PublicationPayload): boolean {
    const { connection, queue } = this;
    if (connection !== undefined && !this.busy) {
      // Deep in the stack of a received packet nothing is sent: an ESP32-C3 has 6 KiB of it.
      if (connection.looking && queue.count < this.configuration.queue) this.due = true;
      else if (queue.count === 0 || (publication.qos === 0 && !queue.holdsQoS0)) {
        if (this.hand(connection, publication, payload) !== Published.BLOCKED) return true;
      }
    }
    return this.ended === undefined && this.enqueue(publication, payload);
  }

  /** Hands a publication to the connection. @returns one of {@link Published}. */
  private hand(connection: Connection, publication: Publication, payload: PublicationPayload): number {
        let published: number;
    if (payload instanceof Uint8Array) published = connection.publish(publication, payload, publication.reused, this.now());
    else {
      this.busy = true;
      try {
        published = connection.publish(publication, payload, false, this.now());
      } finally {
        this.busy = false;
      }
    }
    // A payload source may have ended the client.
    if (this.ended !== undefined) this.settle(publication, payload, 0, this.ended);
    else if (published === Published.DONE) this.settle(publication, payload, 0, undefined);
    return published;
  }

  private enqueue(publication: Publication, payload: PublicationPayload): boolean {
    const { queue } = this;
    const { queuePolicy, queue: room } = this.configuration;
    let index = queuePolicy === "newest-per-topic" && !this.busy ? queue.findTopic(publication.topic) : -1;
    let why = "a newer publication to the same topic took its place";
    if (index < 0 && queue.count >= room) {
      if (queuePolicy !== "drop-oldest" || room === 0 || this.busy) return false;
      index = 0;
      why = "the queue was full and this was its oldest publication";
    }
    const old = queue.publication(index);
    const oldPayload = queue.payload(index);
    if (old !== undefined) queue.remove(index);
    queue.insert(queue.count, publication, payload);
    this.direct = undefined;
    if (old !== undefined && oldPayload !== undefined) {
      // Whoever is told publishes again at once: that must not drop the next one, and so on.
      this.busy = true;
      this.settle(old, oldPayload, 0, new MqttError("resource", `dropped: ${why}`, ReasonCode.QUOTA_EXCEEDED));
      this.busy = false;
    }
    return true;
  }

  /** Sends what is queued, in order; an exhausted quota, or a connection that is not accepted yet, holds back some QoS only. */
  protected drain(): void {
    const { connection, queue } = this;
    let held = false;
    this.due = false;
    for (let i = 0; connection !== undefined && !this.busy && i < queue.count; ) {
      const publication = queue.publication(i);
      const payload = queue.payload(i);
      if (publication === undefined || payload === undefined) return;
      const { qos } = publication;
      if ((held && qos > 0) || !connection.mayPublishAt(qos)) {
        i++;
        continue;
      }
      queue.remove(i);
      try {
        if (this.hand(connection, publication, payload) !== Published.BLOCKED) continue;
      } catch (error) {
        this.settle(publication, payload, 0, error instanceof MqttError ? error : new MqttError("configuration", String(error)));
        continue;
      }
      queue.insert(i++, publication, payload);
      if (qos === 0) return;
      held = true;
    }
    if (queue.count === 0 && connection?.state === ConnectionState.CONNECTED) this.direct = this.connection;
  }

  /** A connection begins: what it puts back goes to the front of the queue. */
  protected override openLink(topicAliases: number): void {
    this.queue.forgetReturned();
    super.openLink(topicAliases);
  }

  protected override closeLink(): void {
    this.direct = undefined;
    super.closeLink();
  }

  protected override linkDeadline(): number {
    this.noteDirect();
    return super.linkDeadline();
  }

  protected override linkTimeout(now: number): void {
    this.noteDirect();
    super.linkTimeout(now);
  }

  /** Tells the connection when something last went straight to it: prepared topics leave that for when it matters, the Keep Alive. */
  private noteDirect(): void {
    if (this.directTicks === undefined) return;
    this.direct?.sentAt(this.timeOf(this.directTicks));
    this.directTicks = undefined;
  }

  /** Tells a publication its end. What its owner does wrong then is reported, not thrown into the protocol. */
  protected settle(publication: Publication, payload: PublicationPayload, reasonCode: number, error: MqttError | undefined): void {
    try {
      publication.settled?.(payload, reasonCode, error);
    } catch (thrown) {
      this.report(new MqttError("configuration", `a callback of a publication failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`));
    }
  }

  override onLost(publication: Publication, payload: PublicationPayload, fate: number): void {
    // The broker has had it, only the end of the handshake is missing.
    if (fate === Fate.RELEASED) this.settle(publication, payload, 0, undefined);
    // At least once: as a new message. Exactly once cannot be kept any more: the caller must know.
    else if (publication.qos === 1 || fate === Fate.UNSENT) this.queue.putBack(publication, payload);
    else this.settle(publication, payload, 0, new MqttError("peer", "the broker lost the session: whether this QoS 2 message arrived is unknown"));
  }

  override onSettled(publication: Publication, payload: PublicationPayload, reasonCode: number, packet: ReceivedPacket | undefined, error: MqttError | undefined): void {
    // What is called back for an acknowledgement is guarded where bytes are read, once for all that they bring: see Link.read.
    if (packet !== undefined) publication.settled?.(payload, reasonCode, error);
    else this.settle(publication, payload, reasonCode, error);
  }

  /** The end: everything in flight, then everything queued is told. */
  protected endPublishing(error: MqttError): void {
    const { queue } = this;
    const { outgoing } = this.session;
    while (outgoing.count > 0) {
      const { publication, payload } = outgoing.at(0);
      outgoing.remove(0);
      if (publication !== undefined && payload !== undefined) this.settle(publication, payload, 0, error);
    }
    while (queue.count > 0) {
      const publication = queue.publication(0);
      const payload = queue.payload(0);
      queue.remove(0);
      if (publication !== undefined && payload !== undefined) this.settle(publication, payload, 0, error);
    }
  }
}
