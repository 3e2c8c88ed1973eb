/** What the server announced in its CONNACK (MQTT 5.0, 3.2.2.3), held against what is about to be sent. */
import { MqttError } from "../error.js";
import type { Properties, SubscribeProperties } from "../codec/property.js";
import { PublishFlag } from "../codec/publish.js";
import { ReasonCode } from "../codec/reason-code.js";
import type { Subscription } from "../codec/subscribe.js";
import { VARIABLE_BYTE_INTEGER_MAXIMUM } from "../codec/variable-byte-integer.js";
import type { Publication } from "../session/publication.js";

function refused(limit: string, value: number, advice: string, reasonCode: number): MqttError {
  return new MqttError("configuration", `the broker's ${limit} is ${value}: ${advice}`, reasonCode);
}

/** The longest packet that the server accepts, or that there is: five bytes of fixed header and what Remaining Length can say. */
export function maximumPacketSize(announced: Properties): number {
  return Math.min(announced.maximumPacketSize ?? Infinity, VARIABLE_BYTE_INTEGER_MAXIMUM + 5);
}

/** @throws MqttError (configuration) when a packet is longer than the server accepts. */
export function checkPacketSize(announced: Properties, length: number): void {
  const maximum = maximumPacketSize(announced);
  if (length > maximum) throw refused("Maximum Packet Size", maximum, `this packet has ${length} bytes`, ReasonCode.PACKET_TOO_LARGE);
}

/**
 * Refuses a publication that the server would not take, before a byte is written.
 * @param announced the properties of its CONNACK.
 * @throws MqttError (configuration) naming the limit.
 */
export function checkPublication(announced: Properties, version: 4 | 5, publication: Publication, packetLength: number): void {
  const flags = publication.flags;
  const qos = announced.maximumQoS ?? 2;
  const alias = announced.topicAliasMaximum ?? 0;
  if (flags >> 1 > qos) throw refused("Maximum QoS", qos, `publish with qos ${qos} or less`, ReasonCode.QOS_NOT_SUPPORTED);
  if (flags & PublishFlag.RETAIN && announced.retainAvailable === 0) throw refused("Retain Available", 0, "publish without retain", ReasonCode.RETAIN_NOT_SUPPORTED);
  // MQTT 3.1.1 leaves out the properties of a publication, and with them an alias.
  if (publication.topicAlias > alias && version === 5)
    throw refused("Topic Alias Maximum", alias, "leave topicAlias out or keep within it", ReasonCode.TOPIC_ALIAS_INVALID);
  checkPacketSize(announced, packetLength);
}

/**
 * Refuses a SUBSCRIBE that the server would not take, before a byte is written.
 * @throws MqttError (configuration) naming the limit.
 */
export function checkSubscriptions(announced: Properties, subscriptions: readonly Subscription[], properties: SubscribeProperties | Properties | undefined): void {
  const filters = subscriptions.map((subscription) => subscription.filter).join();
  if (announced.wildcardSubscriptionAvailable === 0 && (filters.includes("+") || filters.includes("#")))
    throw refused("Wildcard Subscription Available", 0, "subscribe without + and #", ReasonCode.WILDCARD_SUBSCRIPTIONS_NOT_SUPPORTED);
  if (announced.sharedSubscriptionAvailable === 0 && subscriptions.some((subscription) => subscription.filter.startsWith("$share/")))
    throw refused("Shared Subscription Available", 0, "subscribe without $share", ReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED);
  if (announced.subscriptionIdentifierAvailable === 0 && properties?.subscriptionIdentifier !== undefined)
    throw refused("Subscription Identifier Available", 0, "leave subscriptionIdentifier out", ReasonCode.SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED);
}
