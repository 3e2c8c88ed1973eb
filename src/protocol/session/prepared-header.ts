import { writePublishHeader } from "../codec/publish.js";
import type { Publication } from "./publication.js";

const NO_TOPIC = new Uint8Array(2);

/**
 * The header of a publication that is sent again and again, as it was last sent. Only the Packet Identifier changes from one PUBLISH to
 * the next while payloads keep their length, so that nothing is encoded and nothing allocated.
 */
export class PreparedHeader {
  bytes: Uint8Array = NO_TOPIC;
  /** The payload's length that the bytes are for, or -1 when they have to be written anew. */
  payloadLength = -1;
  /** Bytes of header and payload. */
  size = 0;
  /** Stands for the connection that the bytes are for: each has its own limits and aliases. */
  connection: object | undefined;
  /** Topic Alias on that connection, 0 for none. */
  alias = 0;
  /** The server has been told the alias: it stands for the topic. */
  known = false;
  /** When the alias was last used, in uses of any. */
  lastUse = 0;
  /** Where the Packet Identifier stands. */
  identifierAt = 0;

  /** Writes the bytes anew. */
  write(publication: Publication, version: 4 | 5, payloadLength: number): void {
    const topic = this.known ? NO_TOPIC : publication.topic;
    const identifier = publication.flags > 1 ? 1 : 0;
    const properties = version === 5 ? publication.properties : undefined;
    let bytes = this.bytes;
    let length: number;
    // Written twice where the length is another than before.
    while ((length = writePublishHeader(bytes, publication.flags, topic, identifier, properties, this.alias, payloadLength)) !== bytes.length) bytes = new Uint8Array(length);
    this.bytes = bytes;
    let topicAt = 1;
    while ((bytes[topicAt++] ?? 0) & 0x80);
    this.identifierAt = topicAt + topic.length;
    // Nothing is written for an empty payload: such a one is prepared each time.
    this.payloadLength = payloadLength === 0 ? -1 : payloadLength;
    this.size = length + payloadLength;
  }

  setIdentifier(identifier: number): void {
    if (identifier === 0) return;
    this.bytes[this.identifierAt] = identifier >> 8;
    this.bytes[this.identifierAt + 1] = identifier;
  }

  /** Another topic has got the alias, or another connection has begun. */
  forgetAlias(): void {
    this.alias = 0;
    this.known = false;
    this.payloadLength = -1;
  }
}
