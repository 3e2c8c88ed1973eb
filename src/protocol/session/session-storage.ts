import type { MqttError } from "../error.js";
import type { SubscribeProperties } from "../codec/property.js";
import type { Subscription } from "../codec/subscribe.js";
import type { Publication, PublicationPayload } from "./publication.js";
import type { Session } from "./session.js";

/** Who is told of a publication's end. */
export type PublicationOwner = Pick<Publication, "settled">;

/** A publication with its payload. */
export interface PublicationInHand {
  readonly publication: Publication;
  readonly payload: PublicationPayload;
}

/** What a SUBSCRIBE says of a topic filter. */
export interface SubscriptionTerms extends Omit<Subscription, "filter"> {
  readonly properties?: SubscribeProperties | undefined;
}

/** What keeps over restarts which subscriptions the server's half of the session holds. Nothing is thrown: what cannot be kept is uncertain. */
export interface SubscriptionStorage {
  /** A CONNECT is about to be sent. Until its answer is noted the server may have begun a new session. */
  connecting(): void;
  /** The server has accepted; without having `resumed` the session it holds no subscription. */
  connected(resumed: boolean): void;
  /**
   * A SUBSCRIBE is about to be sent, or without `terms` an UNSUBSCRIBE.
   * @returns the QoS that was granted, where the SUBSCRIBE would neither change nor bring anything; otherwise -1.
   */
  asking(filter: string, terms: SubscriptionTerms | undefined, version: 4 | 5): number;
  /** The server holds it on these terms, with a QoS of 0 to 2; without `terms` it holds it no more. */
  answered(filter: string, terms: SubscriptionTerms | undefined, version: 4 | 5, qos: number): void;
  /** Filters that the server holds or may hold, but for these. */
  others(wanted: readonly Pick<Subscription, "filter">[]): string[];
}

/**
 * What keeps a session over restarts (MQTT 5.0, 4.1): on flash, or in memory that outlives a sleep. What a call was asked to note is safe
 * when it returns. Without one, a session lives as long as its object.
 */
export interface SessionStorage {
  /**
   * Brings a session back, before its first connection: fills its tables, and says with {@link Session.established} whether it had
   * {@link begun}.
   * @param identity says whose session it is: that of another server or client is forgotten.
   * @param owner is told of the end of publications that were accepted before the restart.
   * @throws MqttError (configuration) while another client has the session, (resource) when it cannot be read.
   * @returns in their order those that have not been sent: what the table has no room for, and what comes behind a QoS 2 one of them.
   */
  restore(session: Session, identity: string, owner: PublicationOwner): PublicationInHand[];
  /** Which subscriptions the server holds; without it they are made anew at each start. */
  readonly subscriptions?: SubscriptionStorage;
  /** The client has ended: another may have the session. */
  close?(): void;
  /** A server has accepted a connection with this session: it may have the other half from now on. Said at each connection. Throws nothing. */
  begun(): void;
  /** @throws MqttError (configuration) for a publication that {@link keep} would not take. */
  check?(publication: Publication): void;
  /**
   * Keeps a publication of QoS 1 or 2 until it is done.
   * @returns what stands for it: with its identifier, and itself the one who notes what becomes of it.
   * @throws MqttError (resource) when there is no room for it.
   */
  keep(publication: Publication, payload: PublicationPayload, identifier: number): Publication;
  /** A QoS 2 publication that is not kept is about to be sent: after a restart its identifier must not be used at once. */
  used(identifier: number): void;
  /**
   * The PUBREC for a received QoS 2 publication is about to be sent; the session knows its identifier in any case.
   * @returns MqttError (resource) when it cannot be kept: it is delivered twice only if the power is cut before its PUBREL comes. One with a
   * `cause` is thrown once the PUBREC is out: the memory has failed; that it is full is no failure.
   */
  received(identifier: number): MqttError | undefined;
  /** The identifier of a received QoS 2 publication concerns nobody any more. Unknown ones are ignored. */
  forgotten(identifier: number): void;
}
