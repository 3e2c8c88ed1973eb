import { checkInteger, configurationError } from "../error.js";
import type { PacketWriter } from "./packet-writer.js";
import { packetName, PacketType } from "./packet-type.js";
import { writeProperties } from "./properties.js";
import type { Properties, SubscribeProperties } from "./property.js";
import { checkFlags, readString } from "./reading.js";
import { ReasonCode } from "./reason-code.js";
import type { ReceivedPacket } from "./received-packet.js";
import { checkTopicFilter } from "./topic.js";

/** A Topic Filter with its Subscription Options (MQTT 5.0, 3.8.3.1); in MQTT 3.1.1 only `qos` counts. */
export interface Subscription {
  readonly filter: string;
  readonly qos?: 0 | 1 | 2 | undefined;
  readonly noLocal?: boolean | undefined;
  readonly retainAsPublished?: boolean | undefined;
  readonly retainHandling?: 0 | 1 | 2 | undefined;
}

/**
 * Encodes a SUBSCRIBE, or an UNSUBSCRIBE for the same filters without their options (MQTT 5.0, 3.8, 3.10).
 * @returns its length.
 * @throws MqttError (configuration) for a wrong filter or option, (resource) when the buffer is too small.
 */
export function encodeSubscription(
  writer: PacketWriter, type: number, version: 4 | 5, identifier: number, subscriptions: readonly Subscription[], properties: object | undefined,
): number {
  if (subscriptions.length === 0) throw configurationError(packetName(type), "for one topic filter or more");
  writer.begin(type);
  writer.number(identifier, 2);
  if (version === 5) writeProperties(writer, properties, type);
  subscriptions.forEach((subscription) => {
    if (checkTopicFilter(subscription.filter) && subscription.noLocal) throw configurationError("noLocal", "false for a shared subscription");
    writer.string("topic filter", subscription.filter);
    if (type === PacketType.UNSUBSCRIBE) return;
    // Subscription Options: QoS, No Local, Retain As Published, Retain Handling.
    let options = checkInteger("qos", subscription.qos ?? 0, 0, 2);
    if (version === 5)
      options |=
        (subscription.noLocal ? 4 : 0) | (subscription.retainAsPublished ? 8 : 0) | (checkInteger("retainHandling", subscription.retainHandling ?? 0, 0, 2) << 4);
    writer.byte(options);
  });
  return writer.end();
}

/** Encodes a SUBSCRIBE (MQTT 5.0, 3.8): see {@link encodeSubscription}. */
export function encodeSubscribe(
  writer: PacketWriter, version: 4 | 5, identifier: number, subscriptions: readonly Subscription[], properties?: SubscribeProperties | Properties,
): number {
  return encodeSubscription(writer, PacketType.SUBSCRIBE, version, identifier, subscriptions, properties);
}

/** Decodes a SUBSCRIBE, as a server does. */
export function decodeSubscribe(packet: ReceivedPacket): Subscription[] {
  const subscriptions: Subscription[] = [];
  checkFlags(packet, 2);
  packet.readIdentifier();
  if (packet.version === 5) packet.skipProperties(PacketType.SUBSCRIBE);
  do {
    const filter = readString(packet);
    const options = packet.readByte();
    const [qos, retainHandling] = [options & 3, (options >> 4) & 3];
    if (qos === 3 || retainHandling === 3 || options > (packet.version === 5 ? 0x3f : 2)) packet.fail(ReasonCode.MALFORMED_PACKET);
    subscriptions.push({
      filter, qos: qos as 0 | 1 | 2, noLocal: (options & 4) !== 0, retainAsPublished: (options & 8) !== 0, retainHandling: retainHandling as 0 | 1 | 2,
    });
  } while (packet.fault === 0 && packet.start < packet.end);
  return subscriptions;
}
