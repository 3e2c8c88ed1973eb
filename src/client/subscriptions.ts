import { MqttError } from "../protocol/error.js";
import { reasonText } from "../protocol/codec/reason-text.js";
import { ReasonCode } from "../protocol/codec/reason-code.js";
import type { ReceivedPacket } from "../protocol/codec/received-packet.js";
import type { Connection } from "../protocol/connection/connection.js";
import { Take } from "../protocol/connection/handler.js";
import type { Receiver } from "../protocol/connection/receiver.js";
import type { MessageHandler, SubscribeOptions } from "./options.js";
import { Subscription, SubscriptionState } from "./subscription.js";

/** What {@link Subscriptions} need of their client. */
export interface SubscriptionsOwner {
  /** Milliseconds. */
  now(): number;
  /** Takes errors that belong to no call. */
  report(error: MqttError): void;
  /** A handler's promise has settled: what became of the message that came over `connection`, 0 or a Reason Code; `held` when it still has the piece. */
  handled(connection: Connection, identifier: number, held: boolean, reasonCode: number): void;
}

/** The application's subscriptions: kept over connections, handed their messages. */
export class Subscriptions {
  private readonly list: Subscription[] = [];
  private readonly owner: SubscriptionsOwner;
  /** The Reason Code that the message in hand has earned so far: what a piece did wrong holds to the last. */
  private refusal = 0;

  constructor(owner: SubscriptionsOwner) {
    this.owner = owner;
  }

  /** Subscribes at the next {@link pump}; a filter that is there already gets the new options and handler. */
  add(filter: string, options: SubscribeOptions, handler: MessageHandler): Promise<number> {
    const subscription = new Subscription(filter, options, handler);
    const index = this.indexOf(filter);
    this.list[index]?.settle(0, new MqttError("configuration", `another call for "${filter}" took the place of this one`));
    this.list[index < 0 ? this.list.length : index] = subscription;
    return subscription.call();
  }

  /** Unsubscribes at the next {@link pump}. @returns undefined when there is no such subscription. */
  remove(filter: string): Promise<number> | undefined {
    const subscription = this.list[this.indexOf(filter)];
    if (subscription === undefined) return undefined;
    subscription.settle(0, new MqttError("configuration", `"${filter}" was unsubscribed before the broker answered`));
    subscription.state = SubscriptionState.UNWANTED;
    return subscription.call();
  }

  private indexOf(filter: string): number {
    return this.list.findIndex((subscription) => subscription.filter === filter);
  }

  /** A connection stands on which the broker knows nothing of ours: the old session is lost. */
  sessionLost(): void {
    const { list } = this;
    for (let i = list.length; i-- > 0; ) {
      const subscription = list[i];
      if (subscription?.state === SubscriptionState.UNWANTED) {
        list.splice(i, 1);
        subscription.settle(ReasonCode.NO_SUBSCRIPTION_EXISTED);
      } else if (subscription !== undefined) subscription.state = SubscriptionState.WANTED;
    }
  }

  /** The connection is gone, unanswered requests with it. */
  ended(): void {
    for (const subscription of this.list) {
      if (subscription.state === SubscriptionState.REQUESTED) subscription.state = SubscriptionState.WANTED;
      else if (subscription.state === SubscriptionState.DROPPING) subscription.state = SubscriptionState.UNWANTED;
    }
  }

  /** The client is closed: nothing pending will be answered. */
  abandon(error: MqttError): void {
    for (const subscription of this.list) subscription.settle(0, error);
    this.list.length = 0;
  }

  /** Sends the requests that are due, as many as there is room for. */
  pump(connection: Connection): void {
    const { list } = this;
    for (let i = 0; i < list.length; i++) {
      const subscription = list[i];
      const wanted = subscription?.state === SubscriptionState.WANTED;
      if (subscription === undefined || (!wanted && subscription.state !== SubscriptionState.UNWANTED)) continue;
      const { filter, options } = subscription;
      const now = this.owner.now();
      try {
        subscription.identifier = wanted ? connection.subscribe([{ ...options, filter }], options.properties, now) : connection.unsubscribe([filter], undefined, now);
      } catch (error) {
        list.splice(i--, 1);
        subscription.settle(0, error instanceof MqttError ? error : new MqttError("configuration", String(error)));
        continue;
      }
      if (subscription.identifier === 0) return;
      subscription.state = wanted ? SubscriptionState.REQUESTED : SubscriptionState.DROPPING;
    }
  }

  /** Takes SUBACK and UNSUBACK. */
  answered(packet: ReceivedPacket): void {
    const index = this.list.findIndex((other) => other.identifier === packet.identifier);
    const subscription = this.list[index];
    // A subscription that another has taken the place of.
    if (subscription === undefined) return;
    const { filter, state } = subscription;
    const code = packet.byteLength > 0 ? (packet.bytes[packet.start] ?? 0) : 0;
    const dropping = state === SubscriptionState.DROPPING;
    const refused = code >= 0x80;
    subscription.identifier = 0;
    if (dropping !== refused) this.list.splice(index, 1);
    else if (dropping || state === SubscriptionState.REQUESTED) subscription.state = SubscriptionState.GRANTED;
    // Unsubscribed while the answer was on its way.
    else return;
    if (!refused) subscription.settle(code);
    else {
      const error = new MqttError("peer", `the broker refused to ${dropping ? "unsubscribe from" : "subscribe to"} "${filter}": ${reasonText(code)}`, code);
      if (!subscription.settle(code, error)) this.owner.report(error);
    }
  }

  /**
   * Hands a message, or a piece of one, to the handlers whose filter matches. Looks as plain as it does because every message passes here.
   * @returns what becomes of the message, as a connection's handler answers.
   */
  deliver(packet: Receiver, connection: Connection): number {
    const { list } = this;
    const first = packet.offset === 0;
    const pieces = !first || packet.more;
    let matched = false;
    let handled = false;
    let promises: Promise<number>[] | undefined;
    if (first) this.refusal = 0;
    for (let i = 0; i < list.length; i++) {
      const subscription = list[i];
      if (subscription === undefined || !subscription.matches(packet)) continue;
      matched = true;
      if (pieces && !subscription.options.pieces) continue;
      handled = true;
      try {
        const result: unknown = subscription.handler(packet);
        if (result instanceof Promise) (promises ??= []).push(this.settled(subscription.filter, result));
      } catch (error) {
        this.refusal = this.failed(subscription.filter, error);
      }
    }
    if (matched && !handled && first) {
      this.refusal = ReasonCode.QUOTA_EXCEEDED;
      this.owner.report(new MqttError("resource", `a message of ${packet.byteLength} bytes on ${packet.topic} does not fit the receive buffer: set receiveBuffer larger or subscribe with pieces: true`, this.refusal));
    }
    return promises === undefined ? this.refusal : this.later(promises, packet, connection);
  }

  /** Waits for the handlers of a message. */
  private later(promises: Promise<number>[], packet: Receiver, connection: Connection): number {
    const { refusal } = this;
    const { identifier, more } = packet;
    // A piece stays until it is done with; a whole message is only acknowledged later.
    void Promise.all(promises).then((codes) => {
      const reasonCode = codes.find((code) => code !== 0) ?? refusal;
      if (more) this.refusal = reasonCode;
      this.owner.handled(connection, identifier, more, reasonCode);
    });
    return more ? Take.HELD : Take.LATER;
  }

  /** Waits for a handler. @returns 0, or the Reason Code for its failure. */
  private async settled(filter: string, handled: Promise<unknown>): Promise<number> {
    try {
      await handled;
      return 0;
    } catch (error) {
      return this.failed(filter, error);
    }
  }

  /** Reports a handler's failure. @returns the Reason Code for it. */
  private failed(filter: string, error: unknown): number {
    this.owner.report(new MqttError("configuration", `a handler of "${filter}" failed: ${error instanceof Error ? error.message : String(error)}`));
    return ReasonCode.UNSPECIFIED_ERROR;
  }
}
