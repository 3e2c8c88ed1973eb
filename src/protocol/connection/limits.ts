import { MqttError } from "../error.js";
import type { Properties } from "../codec/property.js";
import { PublishFlag } from "../codec/publish.js";
import { ReasonCode } from "../codec/reason-code.js";
import { VARIABLE_BYTE_INTEGER_MAXIMUM } from "../codec/variable-byte-integer.js";
import type { Publication } from "../session/publication.js";
import { Sender } from "./sender.js";

function refused(limit: string, value: number, advice: string, reasonCode: number): MqttError {
  return new MqttError("configuration", `the broker's ${limit} is ${value}: ${advice}`, reasonCode);
}

const NOTHING: Properties = {};

/** Layer of a {@link Connection}: what the server announced in its CONNACK (MQTT 5.0, 3.2.2.3). */
export class LimitedSender extends Sender {
  /** The properties of the CONNACK, none before it and in MQTT 3.1.1. */
  protected announced = NOTHING;

  /** Refuses a publication that the server would not take, before a byte is written. @throws MqttError (configuration) naming the limit. */
  protected checkPublication(publication: Publication, packetLength: number): void {
    const announced = this.announced;
    const flags = publication.flags;
    const qos = announced.maximumQoS ?? 2;
    if (flags >> 1 > qos) throw refused("Maximum QoS", qos, `publish with qos ${qos} or less`, ReasonCode.QOS_NOT_SUPPORTED);
    if (flags & PublishFlag.RETAIN && announced.retainAvailable === 0) throw refused("Retain Available", 0, "publish without retain", ReasonCode.RETAIN_NOT_SUPPORTED);
    // MQTT 3.1.1 leaves out the properties of a publication, and with them an alias.
    const alias = announced.topicAliasMaximum ?? 0;
    if (publication.topicAlias > alias && this.version === 5)
      throw refused("Topic Alias Maximum", alias, "leave topicAlias out or keep within it", ReasonCode.TOPIC_ALIAS_INVALID);
    this.checkPacketSize(packetLength);
  }

  /** The longest packet that the server accepts, or that there is: five bytes of fixed header and what Remaining Length can say. */
  protected get maximumPacketSize(): number {
    return Math.min(this.announced.maximumPacketSize ?? Infinity, VARIABLE_BYTE_INTEGER_MAXIMUM + 5);
  }

  /** @throws MqttError (configuration) when a packet is longer than the server accepts. */
  protected checkPacketSize(length: number): void {
    const maximum = this.maximumPacketSize;
    if (length > maximum) throw refused("Maximum Packet Size", maximum, `this packet has ${length} bytes`, ReasonCode.PACKET_TOO_LARGE);
  }
}
