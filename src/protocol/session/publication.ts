import { checkInteger, configurationError, MqttError } from "../error.js";
import { PacketWriter } from "../codec/packet-writer.js";
import { PacketType } from "../codec/packet-type.js";
import { writeProperties } from "../codec/properties.js";
import type { Properties, PublishProperties } from "../codec/property.js";
import { PublishFlag } from "../codec/publish.js";
import { readVariableByteInteger } from "../codec/variable-byte-integer.js";
import type { PreparedHeader } from "./prepared-header.js";
import type { PublicationOwner } from "./session-storage.js";

/** A payload that comes while it is sent. The same bytes must come again: a QoS 1 or 2 message may be resent (MQTT 5.0, 4.4). */
export interface PayloadSource {
  /** Length of the whole payload in bytes. */
  readonly byteLength: number;
  /** Gives 1 to `count` bytes from `offset` on; they may be overwritten at the next call. */
  read(offset: number, count: number): Uint8Array;
}

/** What a publication carries: bytes, which the session refers to and does not copy, or a source of them. */
export type PublicationPayload = Uint8Array | PayloadSource;

/** A source has given `length` bytes where 1 to `count` were asked for. */
export function wrongSlice(length: number, count: number): MqttError {
  return new MqttError("configuration", `a payload source must give 1 to ${count} bytes, not ${length}`);
}

// Enough for most topics and properties in one try.
const SCRATCH = 256;

/** No bytes. */
export const NOTHING = new Uint8Array(0);

/** Topic, QoS, RETAIN and properties of a PUBLISH, encoded once and used for any number of payloads. */
export class Publication {
  /** Topic Name with its two bytes of length. */
  readonly topic: Uint8Array;
  /** First byte of the PUBLISH: QoS and RETAIN. */
  readonly flags: number;
  /** The properties without their length. */
  readonly properties: Uint8Array;
  /** The Topic Alias that the application chose, or 0. */
  readonly topicAlias: number;
  /** Its header as last sent, when it is sent again and again. */
  header: PreparedHeader | undefined;
  /** Whether it is to be accepted only when it is kept over restarts. */
  durable?: boolean;
  // Of one that is kept, see {@link SessionStorage}:
  /** The Packet Identifier that it is kept with. */
  readonly identifier?: number;
  /** Who is told of its end beside the storage, and alone when it stays there for the next start. */
  readonly owner?: PublicationOwner;

  /**
   * @param encoded the topic as another publication has it in {@link topic}: without properties it is used as it is.
   * @throws MqttError (configuration) naming the wrong value.
   */
  constructor(topic: string, qos: number, retain: boolean, properties?: PublishProperties, encoded?: Uint8Array) {
    const received: Properties | undefined = properties;
    // It belongs to what a server sends (MQTT 5.0, 3.3.4-6).
    if (received?.subscriptionIdentifier !== undefined) throw configurationError("properties.subscriptionIdentifier", "left out: only a server sends it");
    if (encoded && !properties) {
      this.topic = encoded;
      this.properties = NOTHING;
    } else {
      let bytes: Uint8Array;
      let start: number;
      let end = SCRATCH;
      // The caller's own data decide the size, when it was too small.
      do {
        const writer = new PacketWriter((bytes = new Uint8Array(end)));
        writer.topicName("topic", topic);
        start = writer.position;
        writeProperties(writer, properties, PacketType.PUBLISH);
        end = writer.position;
      } while (end > bytes.length);
      this.topic = bytes.slice(0, start);
      const length = readVariableByteInteger(bytes, start, end);
      this.properties = length === 0 ? NOTHING : bytes.slice(end - length, end);
    }
    this.flags = (checkInteger("qos", qos, 0, 2) << 1) | (retain ? PublishFlag.RETAIN : 0);
    this.topicAlias = properties?.topicAlias ?? 0;
  }

  get qos(): number {
    return this.flags >> 1;
  }

  /** Whether it is published again and again, so that its header and a Topic Alias are worth keeping. */
  get reused(): boolean {
    return false;
  }

  /** It is about to be sent for the first time, at QoS 2: when the server loses the session, one that was not sent still may be. */
  sent?(): void;

  /** A PUBREC has come, the PUBREL is about to be sent: from now on only the identifier of a kept one matters. */
  released?(): void;

  /** It was kept, but not accepted after all. */
  abandoned?(): void;

  /** It is done: with a Reason Code below 0x80, or with what the broker refused it for or kept it from being sent. */
  settled?(outcome: number | MqttError, payload: PublicationPayload): void;
}
