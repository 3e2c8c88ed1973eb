import { MqttError } from "../error.js";
import { PropertyId } from "../codec/property.js";
import { PublishFlag } from "../codec/publish.js";
import { ReasonCode } from "../codec/reason-code.js";
import type { ReceivedPacket } from "../codec/received-packet.js";
import { VARIABLE_BYTE_INTEGER_MAXIMUM } from "../codec/variable-byte-integer.js";
import type { Publication } from "../session/publication.js";

/** The longest packet there is: a fixed header of five bytes and what its Remaining Length can say. */
const LONGEST = VARIABLE_BYTE_INTEGER_MAXIMUM + 5;

/** What the server announced in its CONNACK (MQTT 5.0, 3.2.2.3), with the standard's values for what it left out. */
export class Limits {
  receiveMaximum = 0xffff;
  maximumPacketSize = LONGEST;
  topicAliasMaximum = 0;
  maximumQoS = 2;
  retainAvailable = true;

  /** Reads the limits from a CONNACK that was found good. */
  read(connack: ReceivedPacket): void {
    this.receiveMaximum = connack.numberProperty(PropertyId.receiveMaximum, 0xffff);
    const longest = connack.numberProperty(PropertyId.maximumPacketSize, LONGEST);
    this.maximumPacketSize = longest < LONGEST ? longest : LONGEST;
    // MQTT 3.1.1 leaves out the properties of a publication, and with them an alias.
    this.topicAliasMaximum = connack.version === 4 ? 0xffff : connack.numberProperty(PropertyId.topicAliasMaximum, 0);
    this.maximumQoS = connack.numberProperty(PropertyId.maximumQoS, 2);
    this.retainAvailable = connack.numberProperty(PropertyId.retainAvailable, 1) !== 0;
  }

  /** Refuses a publication that the server would not take, before a byte is written. @throws MqttError (configuration) naming the limit. */
  checkPublication(publication: Publication, packetLength: number): void {
    if (publication.flags >> 1 > this.maximumQoS)
      throw new MqttError("configuration", `the broker's Maximum QoS is ${this.maximumQoS}: publish with qos ${this.maximumQoS} or less`, ReasonCode.QOS_NOT_SUPPORTED);
    if (publication.flags & PublishFlag.RETAIN && !this.retainAvailable)
      throw new MqttError("configuration", "the broker keeps no retained messages (Retain Available 0): publish without retain", ReasonCode.RETAIN_NOT_SUPPORTED);
    if (publication.topicAlias > this.topicAliasMaximum)
      throw new MqttError("configuration", `the broker's Topic Alias Maximum is ${this.topicAliasMaximum}: leave topicAlias out or keep within it`, ReasonCode.TOPIC_ALIAS_INVALID);
    this.checkPacketSize(packetLength);
  }

  /** @throws MqttError (configuration) when a packet is longer than the server accepts. */
  checkPacketSize(length: number): void {
    if (length > this.maximumPacketSize)
      throw new MqttError("configuration", `the packet has ${length} bytes, the broker's Maximum Packet Size is ${this.maximumPacketSize}`, ReasonCode.PACKET_TOO_LARGE);
  }
}
