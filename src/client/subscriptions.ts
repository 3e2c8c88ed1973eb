import { checkNames, configurationError, MqttError } from "../protocol/error.js";
import { reasonText } from "../protocol/codec/reason-text.js";
import { ReasonCode } from "../protocol/codec/reason-code.js";
import type { ReceivedPacket } from "../protocol/codec/received-packet.js";
import { checkTopicFilter, filterMatches } from "../protocol/codec/topic.js";
import type { Connection } from "../protocol/connection/connection.js";
import { Take } from "../protocol/connection/handler.js";
import { toBytes } from "./bytes.js";
import type { MessageHandler, SubscribeOptions } from "./options.js";

/** What has become of a subscription. */
const State = { WANTED: 0, REQUESTED: 1, GRANTED: 2, UNWANTED: 3, DROPPING: 4 } as const;

/** One topic filter with its handler. */
class Subscription {
  state: number = State.WANTED;
  /** Packet Identifier of the request that is not yet answered. */
  identifier = 0;
  resolve: ((code: number) => void) | undefined;
  reject: ((error: MqttError) => void) | undefined;
  readonly filter: string;
  readonly options: SubscribeOptions;
  readonly handler: MessageHandler;
  /** The part that topics are compared with: without $share and the share name. */
  readonly pattern: Uint8Array;

  constructor(filter: string, options: SubscribeOptions, handler: MessageHandler) {
    const shared = checkTopicFilter(filter);
    if (typeof handler !== "function") throw configurationError("handler", "a function: subscribe(filter, options, handler)");
    checkNames("the option", options, "qos noLocal retainAsPublished retainHandling pieces properties");
    this.filter = filter;
    this.options = options;
    this.handler = handler;
    this.pattern = toBytes("topic filter", shared ? filter.slice(filter.indexOf("/", 7) + 1) : filter);
  }

  /** The pending call is over. */
  settle(code: number, error?: MqttError): void {
    const { resolve, reject } = this;
    this.resolve = this.reject = undefined;
    if (error !== undefined) reject?.(error);
    else resolve?.(code);
  }
}

/** The application's subscriptions: kept over connections, handed their messages. */
export class Subscriptions {
  readonly #list: Subscription[] = [];
  readonly #report: (error: MqttError) => void;
  /** The Reason Code that the message in hand has earned so far: what a piece did wrong holds to the last. */
  #refusal = 0;
  /** Counts messages: a promise may settle when another one is in hand. */
  #message = 0;

  /** @param report takes errors that belong to no call. */
  constructor(report: (error: MqttError) => void) {
    this.#report = report;
  }

  /** Subscribes at the next {@link pump}; a filter that is there already gets the new options and handler. */
  add(filter: string, options: SubscribeOptions, handler: MessageHandler): Promise<number> {
    const subscription = new Subscription(filter, options, handler);
    const index = this.#list.findIndex((other) => other.filter === filter);
    if (index < 0) this.#list.push(subscription);
    else {
      this.#list[index]?.settle(0, new MqttError("configuration", `another call for "${filter}" took the place of this one`));
      this.#list[index] = subscription;
    }
    return this.#call(subscription);
  }

  /** Unsubscribes at the next {@link pump}. @returns undefined when there is no such subscription. */
  remove(filter: string): Promise<number> | undefined {
    const subscription = this.#list.find((other) => other.filter === filter);
    if (subscription === undefined) return undefined;
    subscription.settle(0, new MqttError("configuration", `"${filter}" was unsubscribed before the broker answered`));
    subscription.state = State.UNWANTED;
    return this.#call(subscription);
  }

  #call(subscription: Subscription): Promise<number> {
    return new Promise((resolve, reject) => {
      subscription.resolve = resolve;
      subscription.reject = reject;
    });
  }

  /** The connection stands. Without the old session the broker knows nothing of ours. */
  started(resumed: boolean): void {
    for (let i = this.#list.length; i-- > 0; ) {
      const subscription = this.#list[i];
      if (resumed || subscription === undefined) continue;
      if (subscription.state === State.UNWANTED) {
        this.#list.splice(i, 1);
        subscription.settle(ReasonCode.NO_SUBSCRIPTION_EXISTED);
      } else subscription.state = State.WANTED;
    }
  }

  /** The connection is gone, unanswered requests with it. */
  ended(): void {
    for (const subscription of this.#list) {
      if (subscription.state === State.REQUESTED) subscription.state = State.WANTED;
      else if (subscription.state === State.DROPPING) subscription.state = State.UNWANTED;
    }
  }

  /** The client is closed: nothing pending will be answered. */
  abandon(error: MqttError): void {
    for (const subscription of this.#list) subscription.settle(0, error);
    this.#list.length = 0;
  }

  /** Sends the requests that are due, as many as there is room for. */
  pump(connection: Connection, now: number): void {
    for (let i = 0; i < this.#list.length; i++) {
      const subscription = this.#list[i];
      if (subscription?.state !== State.WANTED && subscription?.state !== State.UNWANTED) continue;
      try {
        subscription.identifier =
          subscription.state === State.WANTED
            ? connection.subscribe([{ ...subscription.options, filter: subscription.filter }], subscription.options.properties, now)
            : connection.unsubscribe([subscription.filter], undefined, now);
      } catch (error) {
        this.#list.splice(i--, 1);
        subscription.settle(0, error instanceof MqttError ? error : new MqttError("configuration", String(error)));
        continue;
      }
      if (subscription.identifier === 0) return;
      subscription.state = subscription.state === State.WANTED ? State.REQUESTED : State.DROPPING;
    }
  }

  /** Takes SUBACK and UNSUBACK. */
  answered(packet: ReceivedPacket): void {
    const index = this.#list.findIndex((other) => other.identifier === packet.identifier);
    const subscription = this.#list[index];
    // A subscription that another has taken the place of.
    if (subscription === undefined) return;
    subscription.identifier = 0;
    const code = packet.byteLength > 0 ? (packet.bytes[packet.start] ?? 0) : 0;
    const dropping = subscription.state === State.DROPPING;
    const refused = code >= 0x80;
    if (dropping ? !refused : refused) this.#list.splice(index, 1);
    else if (subscription.state === State.REQUESTED || dropping) subscription.state = State.GRANTED;
    // Unsubscribed while the answer was on its way.
    else return;
    if (!refused) subscription.settle(code);
    else {
      const error = new MqttError("peer", `the broker refused to ${dropping ? "unsubscribe from" : "subscribe to"} "${subscription.filter}": ${reasonText(code)}`, code);
      if (subscription.reject === undefined) this.#report(error);
      else subscription.settle(code, error);
    }
  }

  /**
   * Hands a message, or a piece of one, to the handlers whose filter matches.
   * @param later called once for a promise that a handler returned, with 0 or the Reason Code for its failure.
   * @returns what becomes of the message, as a connection's handler answers.
   */
  deliver(packet: ReceivedPacket, later: (reasonCode: number, held: boolean) => void): number {
    const whole = packet.offset === 0 && !packet.more;
    if (packet.offset === 0) {
      this.#refusal = 0;
      this.#message++;
    }
    let matched = false;
    let handled = false;
    let promises: Promise<number>[] | undefined;
    for (const subscription of this.#list) {
      if (!filterMatches(subscription.pattern, packet.topicBytes, packet.topicStart, packet.topicEnd)) continue;
      matched = true;
      if (!whole && !subscription.options.pieces) continue;
      handled = true;
      try {
        const result = subscription.handler(packet);
        if (result instanceof Promise) (promises ??= []).push(this.#settled(subscription.filter, result));
      } catch (error) {
        this.#refusal = this.#failed(subscription.filter, error);
      }
    }
    if (matched && !handled && packet.offset === 0) {
      this.#refusal = ReasonCode.QUOTA_EXCEEDED;
      this.#report(new MqttError("resource", `a message of ${packet.byteLength} bytes on ${packet.topic} does not fit the receive buffer: set receiveBuffer larger or subscribe with pieces: true`, this.#refusal));
    }
    const refusal = this.#refusal;
    if (promises === undefined) return refusal;
    // A piece stays until it is done with; a whole message is only acknowledged later.
    const held = packet.more;
    const message = this.#message;
    void Promise.all(promises).then((codes) => {
      const reasonCode = codes.find((code) => code !== 0) ?? refusal;
      if (held && message === this.#message) this.#refusal = reasonCode;
      later(reasonCode, held);
    });
    return held ? Take.HELD : Take.LATER;
  }

  /** Waits for a handler. @returns 0, or the Reason Code for its failure. */
  async #settled(filter: string, handled: Promise<void>): Promise<number> {
    try {
      await handled;
      return 0;
    } catch (error) {
      return this.#failed(filter, error);
    }
  }

  /** Reports a handler's failure. @returns the Reason Code for it. */
  #failed(filter: string, error: unknown): number {
    this.#report(new MqttError("configuration", `a handler of "${filter}" failed: ${error instanceof Error ? error.message : String(error)}`));
    return ReasonCode.UNSPECIFIED_ERROR;
  }
}
