import { ReasonCode } from "../codec/reason-code.js";
import { PropertyId } from "../codec/property.js";
import type { ReceivedPacket } from "../codec/received-packet.js";

/** Topic Aliases of received messages (MQTT 5.0, 3.3.2.3.4): one connection's, as many as were announced. */
export class IncomingAliases {
  private readonly topics: (Uint8Array | undefined)[];

  /** @param maximum the Topic Alias Maximum that was announced; each alias in use keeps a copy of its topic. */
  constructor(maximum: number) {
    this.topics = new Array<Uint8Array | undefined>(maximum).fill(undefined);
  }

  /** Notes or resolves the alias of a PUBLISH; what is wrong with it is in `packet.fault`. */
  resolve(packet: ReceivedPacket): void {
    const alias = Number(packet.property(PropertyId.topicAlias) ?? 0);
    const named = packet.topicEnd > packet.topicStart;
    if (alias === 0) {
      if (!named) packet.fail(ReasonCode.PROTOCOL_ERROR);
    } else if (alias > this.topics.length) packet.fail(ReasonCode.TOPIC_ALIAS_INVALID);
    else if (named) {
      if (!packet.topicEquals(this.topics[alias - 1] ?? NOTHING)) this.topics[alias - 1] = packet.topicBytes.slice(packet.topicStart, packet.topicEnd);
    } else {
      const topic = this.topics[alias - 1];
      if (topic === undefined) packet.fail(ReasonCode.PROTOCOL_ERROR);
      else {
        packet.aliased = topic;
        packet.topicStart = 0;
        packet.topicEnd = topic.length;
      }
    }
  }
}

const NOTHING = new Uint8Array(0);
