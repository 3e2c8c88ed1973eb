/** What the server announced in its CONNACK (MQTT 5.0, 3.2.2.3), held against what is about to be sent. */
import { MqttError } from "../error.js";
import type { Properties, SubscribeProperties } from "../codec/property.js";
import { PublishFlag } from "../codec/publish.js";
import { ReasonCode } from "../codec/reason-code.js";
import { reasonText } from "../codec/reason-text.js";
import type { Subscription } from "../codec/subscribe.js";
import { VARIABLE_BYTE_INTEGER_MAXIMUM } from "../codec/variable-byte-integer.js";
import type { Publication } from "../session/publication.js";

const WILDCARD = /[+#]/;
const SHARED = /^\$share\//;

/** @throws MqttError (configuration) when a value is above what the server announced, if it did; `reasonCode` says what that would be. */
function checkLimit(value: number, limit: number | undefined, reasonCode: number): void {
  if (limit !== undefined && value > limit)
    throw new MqttError("configuration", `${reasonText(reasonCode)}: the broker's limit is ${limit}, this has ${value}`, reasonCode);
}

/** The longest packet that the server accepts, or that there is: five bytes of fixed header and what Remaining Length can say. */
export function maximumPacketSize(announced: Properties): number {
  return Math.min(announced.maximumPacketSize ?? Infinity, VARIABLE_BYTE_INTEGER_MAXIMUM + 5);
}

/** @throws MqttError (configuration) when a packet is longer than the server accepts. */
export function checkPacketSize(announced: Properties, length: number): void {
  checkLimit(length, maximumPacketSize(announced), ReasonCode.PACKET_TOO_LARGE);
}

/**
 * Refuses a publication that the server would not take, before a byte is written.
 * @param announced the properties of its CONNACK.
 * @throws MqttError (configuration) naming the limit.
 */
export function checkPublication(announced: Properties, version: 4 | 5, publication: Publication, packetLength: number): void {
  const flags = publication.flags;
  checkLimit(flags >> 1, announced.maximumQoS, ReasonCode.QOS_NOT_SUPPORTED);
  checkLimit(flags & PublishFlag.RETAIN, announced.retainAvailable, ReasonCode.RETAIN_NOT_SUPPORTED);
  // MQTT 3.1.1 leaves out the properties of a publication, and with them an alias.
  if (version === 5) checkLimit(publication.topicAlias, announced.topicAliasMaximum ?? 0, ReasonCode.TOPIC_ALIAS_INVALID);
  checkPacketSize(announced, packetLength);
}

/**
 * Refuses a SUBSCRIBE that the server would not take, before a byte is written.
 * @throws MqttError (configuration) naming the limit.
 */
export function checkSubscriptions(announced: Properties, subscriptions: readonly Subscription[], properties: SubscribeProperties | Properties | undefined): void {
  const some = (filter: RegExp): number => Number(subscriptions.some((subscription) => filter.test(subscription.filter)));
  checkLimit(some(WILDCARD), announced.wildcardSubscriptionAvailable, ReasonCode.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED);
  checkLimit(some(SHARED), announced.sharedSubscriptionAvailable, ReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED);
  checkLimit(properties?.subscriptionIdentifier === undefined ? 0 : 1, announced.subscriptionIdentifierAvailable, ReasonCode.SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED);
}
