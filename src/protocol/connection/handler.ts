import type { MqttError } from "../error.js";
import type { ReceivedPacket } from "../codec/received-packet.js";
import type { Publication, PublicationPayload } from "../session/publication.js";

/**
 * What a {@link Connection} tells its owner, while bytes are handed in. The packet in hand is valid during the call only. Methods of
 * the connection may be called from here.
 */
export interface ConnectionHandler {
  /** Any packet but PUBLISH, after the session has taken note of it. */
  onPacket(packet: ReceivedPacket): void;
  /**
   * A message, or a piece of one: `packet.start` to `packet.end` of `packet.bytes` are the `packet.byteLength` bytes from `packet.offset`.
   * @returns what becomes of it, see {@link Take}.
   */
  onPublish(packet: ReceivedPacket): number;
  /**
   * A publication is done: acknowledged, complete, or at QoS 0 wholly with the transport. `reasonCode` of 0x80 or above: refused by the
   * packet, or with `error` by this side, whose payload source failed or whose new limits forbid it.
   */
  onSettled(publication: Publication, payload: PublicationPayload, reasonCode: number, packet: ReceivedPacket | undefined, error: MqttError | undefined): void;
  /** The server has lost the session: this publication's fate is open unless `released` (it got as far as PUBREC). */
  onLost(publication: Publication, payload: PublicationPayload, released: boolean): void;
  /** There may be room for the next publication. */
  onWritable(): void;
  /** The connection is over and the transport must be closed; nothing more comes. Not called for {@link Connection.disconnect}. */
  onClose(error: MqttError): void;
}

/** What a handler answers to a piece of a message; or a Reason Code of 0x80 or above, which refuses a QoS 1 or 2 message at its last piece. */
export const Take = {
  /** Taken: the next bytes may come, the last piece is acknowledged with Success. */
  TAKEN: 0,
  /** Not yet taken: nothing more is looked at until `release`. */
  HELD: 1,
  /** Taken, but a QoS 1 or 2 message is acknowledged later, through `acknowledge`. Counts at the last piece. */
  LATER: 2,
} as const;
