import { checkNames, configurationError, type MqttError } from "../protocol/error.js";
import { checkTopicFilter, filterMatches } from "../protocol/codec/topic.js";
import type { Receiver } from "../protocol/connection/receiver.js";
import { toBytes } from "./bytes.js";
import type { MessageHandler, SubscribeOptions } from "./options.js";

/** What has become of a subscription. */
export const SubscriptionState = { WANTED: 0, REQUESTED: 1, GRANTED: 2, UNWANTED: 3, DROPPING: 4 } as const;

/** One topic filter with its handler. */
export class Subscription {
  state: number = SubscriptionState.WANTED;
  /** Packet Identifier of the request that is not yet answered. */
  identifier = 0;
  readonly filter: string;
  readonly options: SubscribeOptions;
  readonly handler: MessageHandler;
  /** What topics are compared with, without $share and the share name: its bytes when it has wildcards, otherwise {@link exact}. */
  private readonly pattern: Uint8Array | undefined;
  /** A view of a filter without wildcards. */
  readonly exact: DataView | undefined;
  private resolve: ((code: number) => void) | undefined;
  private reject: ((error: MqttError) => void) | undefined;

  /** @throws MqttError (configuration) naming what is wrong. */
  constructor(filter: string, options: SubscribeOptions, handler: MessageHandler) {
    const shared = checkTopicFilter(filter);
    if (typeof handler !== "function") throw configurationError("handler", "a function: subscribe(filter, options, handler)");
    checkNames("the option", options, "qos noLocal retainAsPublished retainHandling pieces properties");
    this.filter = filter;
    this.options = options;
    this.handler = handler;
    const bytes = toBytes("topic filter", shared ? filter.slice(filter.indexOf("/", 7) + 1) : filter);
    if (filter.includes("+") || filter.includes("#")) this.pattern = bytes;
    else this.exact = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Whether a message is for this subscription, if it has wildcards. */
  matches(packet: Receiver): boolean {
    return this.pattern !== undefined && packet.checkTopic() === 0 && filterMatches(this.pattern, packet.topicBytes, packet.topicStart, packet.topicEnd);
  }

  /** A call waits for the broker's answer. */
  call(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  /** The pending call is over. @returns false when there is none. */
  settle(code: number, error?: MqttError): boolean {
    const { resolve, reject } = this;
    this.resolve = this.reject = undefined;
    if (error !== undefined) reject?.(error);
    else resolve?.(code);
    return reject !== undefined;
  }
}
