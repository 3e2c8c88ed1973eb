import { ReasonCode } from "../codec/reason-code.js";
import { PropertyId } from "../codec/property.js";
import type { ReceivedPacket } from "../codec/received-packet.js";

/**
 * Notes or resolves the Topic Alias of a received PUBLISH, which may have properties or no topic (MQTT 5.0, 3.3.2.3.4).
 * @param topics a connection's, as many as were announced; each alias in use keeps a copy of its topic.
 * @returns what is wrong with it, as `packet.fault` says.
 */
export function resolveAlias(packet: ReceivedPacket, topics: (Uint8Array | undefined)[]): number {
  const alias = (packet.property(PropertyId.topicAlias) as number | undefined) ?? 0;
  const topic = topics[alias - 1];
  if (packet.checkTopic() !== 0) return packet.fault;
  if (alias > topics.length) packet.fail(ReasonCode.TOPIC_ALIAS_INVALID);
  else if (packet.topicEnd > packet.topicStart) {
    if (alias > 0 && (topic === undefined || !packet.topicEquals(topic))) topics[alias - 1] = packet.bytes.slice(packet.topicStart, packet.topicEnd);
  } else if (topic === undefined) packet.fail(ReasonCode.PROTOCOL_ERROR);
  else {
    packet.aliased = topic;
    packet.topicStart = 0;
    packet.topicEnd = topic.length;
  }
  return packet.fault;
}
