import { checkNames, configurationError, MqttError } from "../protocol/error.js";
import { checkTopicFilter, filterMatches } from "../protocol/codec/topic.js";
import type { Receiver } from "../protocol/connection/receiver.js";
import { toBytes } from "./bytes.js";
import type { MessageHandler, SubscribeOptions, UnsubscribeOptions } from "./options.js";

/** What has become of a subscription. An even one is a request to be sent, the next one: it was sent; 2 is in those that are to end. */
export const SubscriptionState = { WANTED: 0, REQUESTED: 1, UNWANTED: 2, DROPPING: 3, GRANTED: 5 } as const;

/** One topic filter with its handler. */
export class Subscription {
  state: number = SubscriptionState.WANTED;
  /** Packet Identifier of the request that is not yet answered. */
  identifier = 0;
  readonly filter: string;
  readonly options: SubscribeOptions;
  readonly handler: MessageHandler;
  /** What topics are compared with, without $share and the share name: its bytes when it has wildcards or is rare, otherwise {@link topic}. */
  private readonly pattern: Uint8Array | undefined;
  /** A usual filter without wildcards, as the Topic Name of a PUBLISH: with its two bytes of length. */
  readonly topic: DataView | undefined;
  /** The Subscription Identifier that was asked for. */
  private readonly own?: number;
  /** Properties of the UNSUBSCRIBE. */
  farewell?: UnsubscribeOptions["properties"];
  /** Settles the call that waits for the broker's answer. */
  resolve: ((code: number | Promise<never>) => void) | undefined;

  /** @throws MqttError (configuration) naming what is wrong. */
  constructor(filter: string, options: SubscribeOptions, handler: MessageHandler | undefined) {
    const shared = checkTopicFilter(filter);
    if (typeof handler !== "function") throw configurationError("handler", "a function, the last argument");
    checkNames("the option", options, "qos noLocal retainAsPublished retainHandling pieces properties");
    this.filter = filter;
    this.options = options;
    this.handler = handler;
    const bytes = toBytes("topic filter", shared ? filter.slice(filter.indexOf("/", 7) + 1) : filter);
    const own = options.properties?.subscriptionIdentifier;
    if (own !== undefined) this.own = own;
    // With an identifier each message needs a closer look as well; eight bytes from 7F F0 on, of which two may be the length, are no number to Receiver.stands.
    if (own !== undefined || /[+#\x7f]/.test(filter) || bytes.length >= 0x7ff0) this.pattern = bytes;
    else {
      const length = bytes.length;
      const topic = new Uint8Array(length + 2);
      topic[0] = length >> 8;
      topic[1] = length;
      topic.set(bytes, 2);
      this.topic = new DataView(topic.buffer);
    }
  }

  /** Whether a message is for this subscription. */
  matches(packet: Receiver): boolean {
    if (this.topic !== undefined) return packet.topicIs(this.topic);
    // The broker says whom it is for (MQTT 5.0, 3.3.4-3), unless it does not know of identifiers.
    const named = this.own === undefined ? undefined : packet.names(this.own);
    if (named !== undefined) return named;
    return this.pattern !== undefined && packet.checkTopic() === 0 && filterMatches(this.pattern, packet.topicBytes, packet.topicStart, packet.topicEnd);
  }

  /** What it was asked for is over. @returns whether a call waited for it. */
  settle(outcome: number | MqttError): boolean {
    const resolve = this.resolve;
    this.identifier = 0;
    this.resolve = undefined;
    resolve?.(outcome instanceof MqttError ? Promise.reject(outcome) : outcome);
    return resolve !== undefined;
  }
}
