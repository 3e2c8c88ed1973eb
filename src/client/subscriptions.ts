import { MqttError } from "../protocol/error.js";
import { reasonText } from "../protocol/codec/reason-text.js";
import { ReasonCode } from "../protocol/codec/reason-code.js";
import type { ReceivedPacket } from "../protocol/codec/received-packet.js";
import { ConnectionState } from "../protocol/connection/connection.js";
import { Take } from "../protocol/connection/handler.js";
import type { Receiver } from "../protocol/connection/receiver.js";
import type { MessageHandler, SubscribeOptions } from "./options.js";
import { Publisher } from "./publisher.js";
import { Subscription, SubscriptionState } from "./subscription.js";

/** Layer of a client: the application's subscriptions: kept over connections, handed their messages. */
export abstract class Subscriber extends Publisher {
  private readonly subscriptions: Subscription[] = [];
  /** Some subscription waits to be asked for, or to be ended. */
  protected requestsDue = false;
  /** The Reason Code that the message in hand has earned so far: what a piece did wrong holds to the last. */
  private refusal = 0;

  /** Subscribes at the next {@link pumpRequests}; a filter that is there already gets the new options and handler. */
  protected addSubscription(filter: string, options: SubscribeOptions, handler: MessageHandler): Promise<number> {
    const subscription = new Subscription(filter, options, handler);
    const index = this.indexOf(filter);
    this.subscriptions[index]?.settle(0, new MqttError("configuration", `another call for "${filter}" took the place of this one`));
    this.subscriptions[index < 0 ? this.subscriptions.length : index] = subscription;
    this.requestsDue = true;
    return subscription.call();
  }

  /** Unsubscribes at the next {@link pumpRequests}. @returns undefined when there is no such subscription. */
  protected removeSubscription(filter: string): Promise<number> | undefined {
    const subscription = this.subscriptions[this.indexOf(filter)];
    if (subscription === undefined) return undefined;
    subscription.settle(0, new MqttError("configuration", `"${filter}" was unsubscribed before the broker answered`));
    subscription.state = SubscriptionState.UNWANTED;
    this.requestsDue = true;
    return subscription.call();
  }

  private indexOf(filter: string): number {
    return this.subscriptions.findIndex((subscription) => subscription.filter === filter);
  }

  /** A connection stands on which the broker knows nothing of ours: the old session is lost. */
  protected forgetGrants(): void {
    this.requestsDue = true;
    const list = this.subscriptions;
    for (let i = list.length; i-- > 0; ) {
      const subscription = list[i];
      if (subscription?.state === SubscriptionState.UNWANTED) {
        list.splice(i, 1);
        subscription.settle(ReasonCode.NO_SUBSCRIPTION_EXISTED);
      } else if (subscription !== undefined) subscription.state = SubscriptionState.WANTED;
    }
  }

  /** The connection is gone, unanswered requests with it. */
  protected forgetRequests(): void {
    this.requestsDue = true;
    for (const subscription of this.subscriptions) {
      if (subscription.state === SubscriptionState.REQUESTED) subscription.state = SubscriptionState.WANTED;
      else if (subscription.state === SubscriptionState.DROPPING) subscription.state = SubscriptionState.UNWANTED;
    }
  }

  /** The client is closed: nothing pending will be answered. */
  protected abandonSubscriptions(error: MqttError): void {
    for (const subscription of this.subscriptions) subscription.settle(0, error);
    this.subscriptions.length = 0;
  }

  /** Sends the requests that are due, as many as there is room for. */
  protected pumpRequests(): void {
    const { connection, subscriptions: list } = this;
    if (!this.requestsDue || connection?.state !== ConnectionState.CONNECTED) return;
    for (let i = 0; i < list.length; i++) {
      const subscription = list[i];
      const wanted = subscription?.state === SubscriptionState.WANTED;
      if (subscription === undefined || (!wanted && subscription.state !== SubscriptionState.UNWANTED)) continue;
      const { filter, options } = subscription;
      const now = this.now();
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
    this.requestsDue = false;
  }

  /** Takes SUBACK and UNSUBACK. */
  protected requestAnswered(packet: ReceivedPacket): void {
    const index = this.subscriptions.findIndex((other) => other.identifier === packet.identifier);
    const subscription = this.subscriptions[index];
    // A subscription that another has taken the place of.
    if (subscription === undefined) return;
    const { filter, state } = subscription;
    const code = packet.byteLength > 0 ? (packet.bytes[packet.start] ?? 0) : 0;
    const dropping = state === SubscriptionState.DROPPING;
    const refused = code >= 0x80;
    subscription.identifier = 0;
    if (dropping !== refused) this.subscriptions.splice(index, 1);
    else if (dropping || state === SubscriptionState.REQUESTED) subscription.state = SubscriptionState.GRANTED;
    // Unsubscribed while the answer was on its way.
    else return;
    if (!refused) subscription.settle(code);
    else {
      const error = new MqttError("peer", `the broker refused to ${dropping ? "unsubscribe from" : "subscribe to"} "${filter}": ${reasonText(code)}`, code);
      if (!subscription.settle(code, error)) this.report(error);
    }
  }

  /** Hands a message, or a piece of one, to the handlers whose filter matches. */
  override onPublish(packet: Receiver): number {
    // Every message passes here: no destructuring, no iterator, as few calls as there are handlers.
    const list = this.subscriptions;
    const count = list.length;
    let matched = false;
    let handled = false;
    let promises: Promise<number>[] | undefined;
    if (packet.left < 0 || packet.offset === 0) this.refusal = 0;
    for (let i = 0; i < count; i++) {
      const subscription = list[i];
      if (subscription === undefined) break;
      const exact = subscription.exact;
      if (exact === undefined ? !subscription.matches(packet) : !packet.topicIs(exact)) continue;
      matched = true;
      if (packet.left >= 0 && !subscription.options.pieces) continue;
      handled = true;
      try {
        const result: unknown = subscription.handler(packet);
        if (result !== undefined && result instanceof Promise) (promises ??= []).push(this.settledCode(subscription.filter, result));
      } catch (error) {
        this.refusal = this.handlerFailed(subscription.filter, error);
      }
    }
    if (matched && !handled && packet.offset === 0) this.tooLarge(packet);
    return promises === undefined ? this.refusal : this.later(promises, packet);
  }

  /** A message comes in pieces, and nobody asked for pieces. */
  private tooLarge(packet: Receiver): void {
    this.refusal = ReasonCode.QUOTA_EXCEEDED;
    this.report(new MqttError("resource", `a message of ${packet.byteLength} bytes on ${packet.topic} does not fit the receive buffer: set receiveBuffer larger or subscribe with pieces: true`, this.refusal));
  }

  /** Waits for the handlers of a message. */
  private later(promises: Promise<number>[], packet: Receiver): number {
    const { refusal, connection } = this;
    const { identifier, more } = packet;
    void Promise.all(promises).then((codes) => {
      const reasonCode = codes.find((code) => code !== 0) ?? refusal;
      // A piece stays until it is done with; a whole message is only acknowledged later.
      if (more) {
        this.refusal = reasonCode;
        connection?.release(reasonCode, this.now());
      } else if (identifier !== 0) connection?.acknowledge(identifier, reasonCode, this.now());
      if (connection === this.connection) this.read();
      this.advance();
    });
    return more ? Take.HELD : Take.LATER;
  }

  /** Waits for a handler. @returns 0, or the Reason Code for its failure. */
  private async settledCode(filter: string, handled: Promise<unknown>): Promise<number> {
    try {
      await handled;
      return 0;
    } catch (error) {
      return this.handlerFailed(filter, error);
    }
  }

  /** Reports a handler's failure. @returns the Reason Code for it. */
  private handlerFailed(filter: string, error: unknown): number {
    this.report(new MqttError("configuration", `a handler of "${filter}" failed: ${error instanceof Error ? error.message : String(error)}`));
    return ReasonCode.UNSPECIFIED_ERROR;
  }
}
