import { MqttError } from "../protocol/error.js";
import { ReasonCode } from "../protocol/codec/reason-code.js";
import { Fate } from "../protocol/connection/handler.js";
import { type Connection, ConnectionState } from "../protocol/connection/connection.js";
import { Published } from "../protocol/connection/publishing.js";
import type { Exchange } from "../protocol/session/outgoing.js";
import type { Publication, PublicationPayload } from "../protocol/session/publication.js";
import type { PublicationInHand, PublicationOwner, SessionStorage } from "../protocol/session/session-storage.js";
import type { Configuration } from "./common-options.js";
import { Link } from "./link.js";
import { messageOf, toMqttError } from "./thrown.js";

/** Layer of a client: sends publications at once or queues them, and tells each its end. What is rarely needed takes no memory before. */
export abstract class Publisher extends Link implements PublicationOwner {
  /** Why the client has ended. */
  ended: MqttError | undefined;
  /** When something last went straight to it, in the host's ticks, until the connection is told. */
  directTicks: number | undefined;
  /** Something waits that could not be sent from where it came: it is to be sent when there is room and the stack is low again. Not while {@link direct}. */
  protected due?: boolean;
  /** One that gave way is being told: whoever is told publishes again at once, which must not drop the next one, and so on. */
  private dropping: boolean | undefined;
  private queue: PublicationInHand[] | undefined;
  /** Requests that wait for their response. */
  protected requests?: { readonly pending: { readonly size: number } };

  constructor(configuration: Configuration) {
    super(configuration);
    const storage = configuration.storage;
    if (storage !== undefined) {
      const session = this.session;
      this.queue = storage.restore(session, `${configuration.id} at ${configuration.host}:${configuration.port}`, this);
      session.storage = session.received.storage = storage;
      // In MQTT 3.1.1 a session that is to stay cannot begin clean.
      if (configuration.version === 4) session.established = true;
      configuration.cleanStart = !session.established;
      delete this.encoded;
    }
  }

  /** What keeps the session over restarts. */
  get storage(): SessionStorage | undefined {
    return this.session.storage;
  }

  /** How many answers of the broker calls may wait for. */
  protected get awaited(): number {
    return this.session.outgoing.count + (this.queue?.length ?? 0) + (this.requests?.pending.size ?? 0);
  }

  /** The end of a publication that a restart has left without a caller: only what went wrong concerns anybody. */
  settled(outcome: number | MqttError): void {
    // At the end of the client they stay where they are kept.
    if (typeof outcome !== "number" && this.ended === undefined) this.report(outcome);
  }

  /** Takes what goes wrong in callbacks of the application. */
  abstract report(error: MqttError): void;

  protected override callbackFailed(what: string, thrown: unknown): void {
    this.report(new MqttError(thrown instanceof MqttError ? thrown.kind : "configuration", `${what} failed: ${messageOf(thrown)}`));
  }

  /**
   * Publishes or queues; one that is to be durable is kept before that.
   * @returns false when neither is possible now.
   * @throws MqttError (configuration) for what the broker's limits forbid, (resource) for what cannot be kept.
   */
  submit(publication: Publication, payload: PublicationPayload): boolean {
    const session = this.session;
    let accepted = false;
    if (!publication.durable || session.storage === undefined) return this.offer(publication, payload);
    if (this.ended !== undefined) return false;
    const kept = session.storage.keep(publication, payload, session.outgoing.nextIdentifier());
    try {
      accepted = this.offer(kept, payload);
    } finally {
      // Whoever offered it is told by what this returns or throws.
      if (!accepted) kept.abandoned?.();
    }
    return accepted;
  }

  private offer(publication: Publication, payload: PublicationPayload): boolean {
    const { connection, queue } = this;
    const count = queue?.length ?? 0;
    if (connection !== undefined) {
      // Deep in the stack of a received packet nothing is sent: an ESP32-C3 has 6 KiB of it.
      if (connection.looking && count < this.configuration.queue) this.due = true;
      // At QoS 0 only what has QoS 0 as well must not be overtaken.
      else if (count === 0 || (publication.qos === 0 && !queue?.some((waiting) => waiting.publication.qos === 0))) {
        if (this.hand(connection, publication, payload) !== Published.BLOCKED) return true;
      }
    }
    return this.ended === undefined && this.enqueue(publication, payload);
  }

  /** Hands a publication to the connection. @returns one of {@link Published}. */
  private hand(connection: Connection, publication: Publication, payload: PublicationPayload): number {
    const published = connection.publish(publication, payload, publication.reused, this.now());
    if (published === Published.DONE) this.onSettled(publication, payload, 0);
    // A payload source may have ended the client, and the session has taken note of the publication since.
    else if (this.ended !== undefined) this.endPublishing(this.ended);
    return published;
  }

  private enqueue(publication: Publication, payload: PublicationPayload): boolean {
    const configuration = this.configuration;
    const queue = (this.queue ??= []);
    const policy = this.dropping ? "reject" : configuration.queuePolicy;
    let index = policy === "newest-per-topic" ? queue.findIndex((waiting) => String(waiting.publication.topic) === String(publication.topic)) : -1;
    if (index < 0 && queue.length >= configuration.queue) {
      if (policy !== "drop-oldest" || configuration.queue === 0) return false;
      index = 0;
    }
    const old = index < 0 ? undefined : queue.splice(index, 1)[0];
    queue.push({ publication, payload });
    this.direct = undefined;
    if (old !== undefined) {
      this.dropping = true;
      this.onSettled(old.publication, old.payload, new MqttError("resource", `dropped for a newer publication: queuePolicy is ${policy}`, ReasonCode.QUOTA_EXCEEDED));
      this.dropping = false;
    }
    return true;
  }

  /** Sends what is queued, in order; an exhausted quota, or a connection that is not accepted yet, holds back some QoS only. */
  protected drain(): void {
    const connection = this.connection;
    const queue = this.queue;
    let held = false;
    if (connection === undefined) return;
    for (let i = 0, waiting = queue?.[0]; queue && waiting; waiting = queue[i]) {
      const { publication, payload } = waiting;
      const qos = publication.qos;
      if ((held && qos > 0) || !connection.mayPublishAt(qos)) {
        i++;
        continue;
      }
      queue.splice(i, 1);
      try {
        if (this.hand(connection, publication, payload) !== Published.BLOCKED) continue;
      } catch (error) {
        this.onSettled(publication, payload, toMqttError("configuration", error));
        continue;
      }
      queue.splice(i++, 0, waiting);
      if (qos === 0) return;
      held = true;
    }
    if (!queue?.length && !this.due && connection.state === ConnectionState.CONNECTED && !connection.framed) this.direct = this.connection;
  }

  /** Tells the connection when something last went straight to it: prepared topics leave that for when it matters, the Keep Alive. */
  protected noteDirect(): void {
    if (this.directTicks === undefined) return;
    const now = this.now();
    // Ticks have 32 bits and wrap.
    this.connection?.sentAt(now + ((this.directTicks - now) | 0));
    this.directTicks = undefined;
  }

  /** Tells a publication its end. What its owner does wrong then is reported, not thrown into the protocol. */
  override onSettled(publication: PublicationOwner, payload: PublicationPayload, outcome: number | MqttError): void {
    try {
      publication.settled?.(outcome, payload);
    } catch (thrown) {
      this.callbackFailed("a callback", thrown);
    }
  }

  override onLost(publication: Publication, payload: PublicationPayload, fate: number): void {
    // The broker has had it, only the end of the handshake is missing.
    if (fate === Fate.RELEASED) this.onSettled(publication, payload, 0);
    // At least once: as a new message, before all that waits. Exactly once cannot be kept any more: the caller must know.
    else if (publication.qos === 1 || fate === Fate.UNSENT) (this.queue ??= []).unshift({ publication, payload });
    else this.onSettled(publication, payload, new MqttError("peer", "the broker lost the session, perhaps with this QoS 2 message"));
  }

  /** The end: everything in flight, then everything queued is told. */
  protected endPublishing(error: MqttError): void {
    const outgoing = this.session.outgoing;
    const settle = (waiting: PublicationInHand | Exchange): void => {
      // What is kept stays so for the next start.
      if (waiting.publication && waiting.payload) this.onSettled(waiting.publication.owner ?? waiting.publication, waiting.payload, error);
    };
    while (outgoing.count > 0) {
      settle(outgoing.at(0));
      outgoing.remove(0);
    }
    this.queue?.splice(0).forEach(settle);
  }
}
