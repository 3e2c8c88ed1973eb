import { MqttError } from "../error.js";
import { PropertyId } from "../codec/property.js";
import { PublishFlag } from "../codec/publish.js";
import { ReasonCode } from "../codec/reason-code.js";
import type { ReceivedPacket } from "../codec/received-packet.js";
import { VARIABLE_BYTE_INTEGER_MAXIMUM } from "../codec/variable-byte-integer.js";
import type { Publication } from "../session/publication.js";
import { Sender } from "./sender.js";

/** The longest packet there is: a fixed header of five bytes and what its Remaining Length can say. */
const LONGEST = VARIABLE_BYTE_INTEGER_MAXIMUM + 5;

function refused(limit: string, value: number, advice: string, reasonCode: number): MqttError {
  return new MqttError("configuration", `the broker's ${limit} is ${value}: ${advice}`, reasonCode);
}

/** Layer of a {@link Connection}: what the server announced in its CONNACK (MQTT 5.0, 3.2.2.3), with the standard's values for what it left out. */
export class LimitedSender extends Sender {
  /** How many more QoS 1 and 2 publications the server takes now (MQTT 5.0, 4.9). */
  protected quota = 0xffff;
  protected maximumPacketSize = LONGEST;
  protected topicAliasMaximum = 0;
  private maximumQoS = 2;
  private retainAvailable = 1;

  /** Reads the limits from a CONNACK that was found good. */
  protected readLimits(connack: ReceivedPacket): void {
    this.quota = connack.numberProperty(PropertyId.receiveMaximum, 0xffff);
    this.maximumPacketSize = Math.min(connack.numberProperty(PropertyId.maximumPacketSize, LONGEST), LONGEST);
    // MQTT 3.1.1 leaves out the properties of a publication, and with them an alias.
    this.topicAliasMaximum = this.version === 4 ? 0xffff : connack.numberProperty(PropertyId.topicAliasMaximum, 0);
    this.maximumQoS = connack.numberProperty(PropertyId.maximumQoS, 2);
    this.retainAvailable = connack.numberProperty(PropertyId.retainAvailable, 1);
  }

  /** Refuses a publication that the server would not take, before a byte is written. @throws MqttError (configuration) naming the limit. */
  protected checkPublication(publication: Publication, packetLength: number): void {
    const { maximumQoS, topicAliasMaximum } = this;
    const { flags } = publication;
    if (flags >> 1 > maximumQoS) throw refused("Maximum QoS", maximumQoS, `publish with qos ${maximumQoS} or less`, ReasonCode.QOS_NOT_SUPPORTED);
    if (flags & PublishFlag.RETAIN && this.retainAvailable === 0) throw refused("Retain Available", 0, "publish without retain", ReasonCode.RETAIN_NOT_SUPPORTED);
    if (publication.topicAlias > topicAliasMaximum)
      throw refused("Topic Alias Maximum", topicAliasMaximum, "leave topicAlias out or keep within it", ReasonCode.TOPIC_ALIAS_INVALID);
    this.checkPacketSize(packetLength);
  }

  /** @throws MqttError (configuration) when a packet is longer than the server accepts. */
  protected checkPacketSize(length: number): void {
    if (length > this.maximumPacketSize) throw refused("Maximum Packet Size", this.maximumPacketSize, `this packet has ${length} bytes`, ReasonCode.PACKET_TOO_LARGE);
  }
}
