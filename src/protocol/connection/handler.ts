import type { MqttError } from "../error.js";
import type { Connect } from "../codec/connect.js";
import type { Properties } from "../codec/property.js";
import type { ReceivedPacket } from "../codec/received-packet.js";
import type { Publication, PublicationPayload } from "../session/publication.js";
import type { Connection } from "./connection.js";
import type { Taker } from "./receiver.js";

/** What a connection needs to know beside its CONNECT. */
export interface ConnectionConfiguration extends Connect {
  /** Milliseconds to wait for CONNACK. */
  readonly connectTimeout: number;
}

/**
 * What a {@link Connection} has from its owner and tells it, while bytes are handed in. The packet in hand is valid during the call only. Methods of
 * the connection may be called from here.
 */
export interface ConnectionHandler {
  /** The connection in use. One that has ended may be told what became of its last messages, and then this one sends the answers. */
  readonly connection: Connection | undefined;
  /** The CONNECT to be sent. */
  readonly configuration: ConnectionConfiguration;
  /** Where packets are put together, for one connection at a time. */
  readonly sendBuffer: Uint8Array;
  /** Topic Aliases given to publications that are used again, at most. Default 0. */
  readonly topicAliases?: number;
  /**
   * Whether acknowledgements are to be told through {@link onSettled} and {@link onPacket}, also those that say nothing but success; of
   * these it is enough otherwise that `Publication.settled` is called.
   */
  readonly hearsAcknowledgements?: boolean;
  /**
   * Beside `hearsAcknowledgements`: an acknowledgement has come that says nothing but success, `head` is one of {@link Success}. It may be
   * taken up here by `succeeded` or `passedSuccess` of the connection. @returns whether it was; if not, it is told as any other packet.
   */
  onSuccess?(head: number, identifier: number): boolean;
  /** Set while nothing waits for room: then {@link onWritable} need not be called for a PUBACK. */
  readonly direct?: object | undefined;
  /** The server accepts the CONNECT, with these properties; the session has not taken note of it yet. The connection may be ended from here. */
  onAccepted?(announced: Properties): void;
  /** Any packet but PUBLISH, after the session has taken note of it. */
  onPacket(packet: ReceivedPacket): void;
  /**
   * A message, or a piece of one: `packet.start` to `packet.end` of `packet.bytes` are of its `packet.byteLength` bytes those from
   * `packet.offset` on. The topic of a first piece has not been looked at yet: ask `topicIs`, or `checkTopic` before it is read.
   * @returns what becomes of it, see {@link Take}.
   */
  onPublish(packet: ReceivedPacket): number;
  /** A {@link Taker} has given this for a whole message. @returns what becomes of it, see {@link Take}. */
  onTaken?(packet: ReceivedPacket, taker: Taker, result: unknown): number;
  /**
   * A publication is done: acknowledged with a Reason Code below 0x80, complete, or at QoS 0 wholly with the transport; or with an error, refused
   * by the server, or by this side, whose payload source failed or whose new limits forbid it.
   */
  onSettled(publication: Publication, payload: PublicationPayload, outcome: number | MqttError): void;
  /**
   * The server has no session for this publication, or refused the connection that it was sent on early. `fate` is one of {@link Fate}. Told
   * from the last one back: each is to go out before those told before.
   */
  onLost(publication: Publication, payload: PublicationPayload, fate: number): void;
  /** There may be room for the next publication. */
  onWritable(): void;
  /** The connection is over and the transport must be closed; nothing more comes. Not called for {@link Connection.disconnect}. */
  onClose(error: MqttError): void;
}

/** What is known of a publication whose exchange cannot go on. */
export const Fate = {
  /** It may have arrived or not. */
  UNKNOWN: 0,
  /** It got as far as PUBREC: the server has it. */
  RELEASED: 1,
  /** The server did not look at it (MQTT 5.0, 3.1.4-6). */
  UNSENT: 2,
} as const;

/** What a handler answers to a piece of a message; or a Reason Code of 0x80 or above, which refuses a QoS 1 or 2 message at its last piece. */
export const Take = {
  /** Taken: the next bytes may come, the last piece is acknowledged with Success. */
  TAKEN: 0,
  /** Not yet taken: nothing more is looked at until `release`. */
  HELD: 1,
  /** Taken, but a QoS 1 or 2 message is acknowledged later, through `acknowledge`. Counts at the last piece. */
  LATER: 2,
} as const;
