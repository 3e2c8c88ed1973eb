import { MqttError, tooSmall } from "../error.js";
import type { Properties } from "../codec/property.js";
import { writePublishHeader } from "../codec/publish.js";
import { OutgoingState } from "../session/outgoing.js";
import { PreparedHeader } from "../session/prepared-header.js";
import { type Publication, type PublicationPayload, wrongSlice } from "../session/publication.js";
import type { Session } from "../session/session.js";
import type { ConnectionHandler } from "./handler.js";
import { checkPublication } from "./limits.js";
import { GONE, NOWHERE, Sender } from "./sender.js";

/** What {@link Publishing.publish} did. */
export const Published = {
  /** Nothing: there is no room now. */
  BLOCKED: 0,
  /** It is on its way; `onSettled` follows. */
  ACCEPTED: 1,
  /** QoS 0, wholly with the transport: done. */
  DONE: 2,
} as const;

/** First byte, Remaining Length, Packet Identifier and Property Length. */
const SHORT_HEADER = 5;

const NOTHING: Properties = {};

/** A publication whose payload takes its time. */
interface Streamed {
  readonly publication: Publication;
  readonly payload: PublicationPayload;
  readonly identifier: number;
}

/** Where a connection stands. */
export const ConnectionState = { IDLE: 0, CONNECTING: 1, CONNECTED: 2, CLOSED: 3 } as const;

/** Layer of a {@link Connection}: writes publications: identifiers, aliases, payloads that take their time (MQTT 5.0, 3.3, 4.9). */
export abstract class Publishing extends Sender {
  /** See {@link ConnectionState}. */
  state: number = ConnectionState.IDLE;
  readonly session: Session;
  /** Whether QoS 1 and 2 publications may be sent before the CONNACK. */
  protected early: boolean | undefined;
  /** The properties of the CONNACK, none before it and in MQTT 3.1.1. To {@link PreparedHeader} they stand for the connection: a reference to that would keep it. */
  announced = NOTHING;
  /** How many more QoS 1 and 2 publications the server takes now (MQTT 5.0, 4.9). */
  protected quota = 0xffff;
  /** Why a payload source could not go on, so that the connection has to end. */
  protected failure: MqttError | undefined;
  /** Entries of the session that have to be sent on this connection; a PUBCOMP and a PINGREQ that could not be sent count too. */
  due = 0;
  /** The publication whose payload is on its way, with its payload and Packet Identifier; none where the caller brings the payload. */
  protected streaming: Streamed | undefined;
  /** Topic Aliases given to publications that are used again: at most {@link aliasMaximum}, the least recently used makes room. */
  private aliases: (PreparedHeader | undefined)[] | undefined;
  /** Counts uses of aliases, from the first one given. */
  declare aliasUses: number;

  constructor(session: Session, handler: ConnectionHandler) {
    super(handler);
    this.session = session;
  }

  private get aliasMaximum(): number {
    return Math.min(this.announced.topicAliasMaximum ?? 0, this.handler.topicAliases ?? 0);
  }

  /** The connection is over: the transport is gone or never came to be, or this side gives it up. */
  abstract closed(error: MqttError): void;

  /** Whether a publication of that QoS may be sent now, if there is room. */
  mayPublishAt(qos: number): boolean {
    return this.state === ConnectionState.CONNECTED || (this.early === true && qos > 0 && this.state === ConnectionState.CONNECTING);
  }

  /** Whether connection, quota and table allow a publication now, and nothing is on its way. */
  mayPublish(flags: number): boolean {
    return this.left === 0 && this.mayPublishAt(flags >> 1) && (flags <= 1 || (this.due === 0 && this.quota > 0 && this.session.outgoing.hasRoom));
  }

  /**
   * Publishes.
   * @param reuse whether the publication is used again and again, so that its header and a Topic Alias are worth keeping.
   * @returns one of {@link Published}.
   * @throws MqttError (configuration) for what the server does not take, (resource) when the header does not fit the send buffer.
   */
  publish(publication: Publication, payload: PublicationPayload, reuse: boolean, now: number): number {
    const flags = publication.flags;
    this.now = now;
    if (!this.mayPublish(flags)) return Published.BLOCKED;
    const identifier = flags > 1 ? (publication.identifier ?? this.session.outgoing.nextIdentifier()) : 0;
    if (flags >= 4 && publication.identifier === undefined) this.session.storage?.used(identifier);
    if (reuse && this.state === ConnectionState.CONNECTED && payload instanceof Uint8Array) {
      const header = this.prepare(publication, payload.length);
      const buffer = this.handler.sendBuffer;
      // Each of two frames or records takes room of its own.
      if (header.size <= this.room && !(this.framed && header.size > buffer.length)) {
        header.setIdentifier(identifier);
        if (this.framed) {
          buffer.set(header.bytes);
          buffer.set(payload, header.bytes.length);
          this.send(header.size);
        } else {
          this.write(header.bytes);
          if (payload.length > 0) this.write(payload);
        }
        if (header.alias > 0) this.useAlias(publication, header);
        return this.took(Published.DONE, publication, payload, identifier);
      }
    }
    const published = this.took(this.sendPublish(publication, payload, payload.byteLength, identifier, flags), publication, payload, identifier);
    if (this.failure !== undefined) this.closed(this.failure);
    return published;
  }

  /**
   * Sends a publication at QoS 1 or 2 whose header fits payload and connection, where there is room: the header as it stands and the
   * caller's own bytes. A hot path: nothing is encoded, copied or allocated, and no call is made that can be left out.
   * @returns false when the header does not fit after all, or there is no room.
   */
  publishPrepared(publication: Publication, header: PreparedHeader, payload: Uint8Array): boolean {
    if (header.payloadLength !== payload.length || header.connection !== this.announced || header.size > this.room) return false;
    // In one test each: who asks for more keeps a value for each test.
    if (this.left || this.due || !this.quota) return false;
    const entry = this.session.outgoing.take();
    if (!entry) return false;
    const identifier = entry.identifier;
    const bytes = header.bytes;
    const at = header.identifierAt;
    bytes[at] = identifier >> 8;
    bytes[at + 1] = identifier;
    this.quota--;
    entry.state = publication.flags < 4 ? OutgoingState.PUBACK | OutgoingState.COUNTED : OutgoingState.PUBREC | OutgoingState.COUNTED;
    entry.publication = publication;
    entry.payload = payload;
    this.transport.write(bytes);
    this.room = this.transport.write(payload) ?? this.room - header.size;
    if (header.alias) header.lastUse = ++this.aliasUses;
    return true;
  }

  /** Makes the header of a publication that is used again fit this connection and a payload of that length. */
  private prepare(publication: Publication, length: number): PreparedHeader {
    const header = (publication.header ??= new PreparedHeader());
    if (header.payloadLength === length && header.connection === this.announced) return header;
    if (header.connection !== this.announced) {
      header.forgetAlias();
      header.connection = this.announced;
    }
    if (header.alias === 0 && publication.topicAlias === 0 && this.aliasMaximum > 0) header.alias = this.nextAlias();
    header.write(publication, this.version, length);
    const prepared = header.payloadLength;
    // So that the next one is checked too, should this one be refused.
    header.payloadLength = -1;
    checkPublication(this.announced, this.version, publication, header.bytes.length + length);
    header.payloadLength = prepared;
    return header;
  }

  /** The alias to be given next. */
  private nextAlias(): number {
    const aliases = (this.aliases ??= []);
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- absent before
    this.aliasUses ??= 0;
    const length = aliases.length;
    if (length < this.aliasMaximum) return length + 1;
    let oldest = 0;
    for (let i = 1; i < length; i++) if ((aliases[i]?.lastUse ?? 0) < (aliases[oldest]?.lastUse ?? 0)) oldest = i;
    return oldest + 1;
  }

  /** A header with an alias was sent. */
  private useAlias(publication: Publication, header: PreparedHeader): void {
    header.lastUse = ++this.aliasUses;
    if (header.known) return;
    this.assignAlias(header.alias, header);
    header.known = true;
    // From now on without the topic.
    header.write(publication, this.version, header.payloadLength);
  }

  /** The server knows an alias by another topic now. One of the application's own choice may leave a gap, or lie beyond those given here. */
  private assignAlias(alias: number, header: PreparedHeader | undefined): void {
    const aliases = (this.aliases ??= []);
    if (alias > this.aliasMaximum) return;
    aliases[alias - 1]?.forgetAlias();
    aliases[alias - 1] = header;
  }

  /** Whether the payload on its way comes through {@link push} of pushing.ts. */
  get pushing(): boolean {
    return this.left > 0 && this.streaming === undefined;
  }

  /** Sends the next bytes of a payload. @throws MqttError (configuration) for no bytes or more than `count`. */
  pushBytes(slice: Uint8Array, count: number): void {
    const length = slice.length;
    if (length === 0 || length > count) throw wrongSlice(length, count);
    this.left -= length;
    this.write(slice);
  }

  /** Writes the header into the send buffer, the payload behind it when it fits, and sends. @returns one of {@link Published}. */
  sendPublish(publication: Publication, payload: PublicationPayload, length: number, identifier: number, flags: number): number {
    const bytes = this.handler.sendBuffer;
    const topic = publication.topic;
    const properties = publication.properties;
    // Most are short and say no more than topic and payload, to a server that has no limits: these are put together here.
    if (properties.length === 0 && publication.identifier === undefined && payload instanceof Uint8Array && payload.length === length) {
      const end = topic.length + length + SHORT_HEADER;
      const announced = this.announced;
      if (end < 0x80 && end <= this.room && end <= bytes.length && announced.maximumQoS === undefined && announced.retainAvailable === undefined && announced.maximumPacketSize === undefined) {
        let position = topic.length + 2;
        bytes[0] = 0x30 | flags;
        bytes.set(topic, 2);
        if (identifier > 0) {
          bytes[position++] = identifier >> 8;
          bytes[position++] = identifier;
        }
        if (this.packet.version === 5) bytes[position++] = 0;
        bytes[1] = position + length - 2;
        bytes.set(payload, position);
        this.send(position + length);
        return Published.DONE;
      }
    }
    const header = writePublishHeader(bytes, flags, topic, identifier, this.version === 5 ? properties : undefined, 0, length);
    if (header > bytes.length) throw tooSmall("topic with properties", header);
    checkPublication(this.announced, this.version, publication, header + length);
    const data = payload instanceof Uint8Array ? payload : undefined;
    const size = data === undefined ? Infinity : header + data.length;
    const whole = size <= (this.capacity ?? Infinity) && size <= bytes.length;
    // A payload that is brought in parts goes out with its first part, or not at all.
    const pushed = size < header + length;
    if ((whole || pushed ? size : header) > this.room) return Published.BLOCKED;
    // Not where it is resent, with DUP.
    if (publication.identifier !== undefined && flags >= 4 && flags < 8) publication.sent?.();
    if (publication.topicAlias > 0 && this.version === 5) this.assignAlias(publication.topicAlias, undefined);
    if (whole && data !== undefined) bytes.set(data, header);
    this.send(whole ? size : header);
    this.left = whole ? header + length - size : length;
    if (whole) return Published.DONE;
    if (pushed && data !== undefined) this.pushBytes(data, length);
    else if (length > 0) {
      this.streaming = { publication, payload, identifier };
      if (!this.pump()) return Published.ACCEPTED;
    }
    return Published.DONE;
  }

  /** Notes in the session what was sent at QoS 1 or 2. @returns one of {@link Published}. */
  took(published: number, publication: Publication, payload: PublicationPayload | undefined, identifier: number): number {
    if (published === Published.BLOCKED || identifier === 0) return published;
    this.quota--;
    this.session.outgoing.add(identifier, (publication.flags < 4 ? OutgoingState.PUBACK : OutgoingState.PUBREC) | OutgoingState.COUNTED, 0, publication, payload);
    return Published.ACCEPTED;
  }

  /**
   * Sends more of the payload on its way, as far as the transport takes it. A source that fails cannot be mended half-way: its packet and
   * so the connection are lost. @returns whether it is complete.
   */
  protected pump(): boolean {
    const streaming = this.streaming;
    let room = this.room;
    if (!streaming || !room) return false;
    const payload = streaming.payload;
    const sourced = "read" in payload;
    const byteLength = payload.byteLength;
    let left = this.left;
    this.lastSent = this.now;
    try {
      // A hot path: `pushBytes` is written out.
      do {
        const count = left < room ? left : room;
        const slice = sourced ? payload.read(byteLength - left, count) : payload.subarray(byteLength - left, byteLength - left + count);
        const length = slice.length;
        if (!length || length > count) throw wrongSlice(length, count);
        left -= length;
        // Not one that was looked up before: the source may have ended the connection.
        room = this.transport.write(slice) ?? room - length;
      } while (left && room);
    } catch (error) {
      this.failure = error instanceof MqttError ? error : new MqttError("configuration", `a payload source failed: ${String(error)}`);
      return false;
    }
    if (!this.streaming) return false;
    this.room = room;
    this.left = left;
    if (left) return false;
    this.streaming = undefined;
    return true;
  }

  /** Sends more of the payload on its way. @returns whether none is left. */
  protected proceed(): boolean {
    const streaming = this.streaming;
    if (this.left === 0) return true;
    if (!this.pump()) return false;
    this.tellStreamed(streaming, undefined);
    return this.left === 0;
  }

  /** A publication whose payload was on its way has ended; the session has it, unless it is at QoS 0. */
  protected tellStreamed(streaming: Streamed | undefined, error: MqttError | undefined): void {
    if (streaming === undefined) return;
    if (streaming.publication.flags > 1) {
      const table = this.session.outgoing;
      const index = table.find(streaming.identifier);
      // It goes out again, but not for ever if its source failed.
      if (this.failure === undefined || index < 0) return;
      table.remove(index);
    }
    this.handler.onSettled(streaming.publication, streaming.payload, error ?? 0);
  }

  /** The connection has ended: a payload that was half-way goes out again if it is the session's; at QoS 0 it is lost. */
  protected endPublishing(error: MqttError): void {
    const streaming = this.streaming;
    this.streaming = undefined;
    if (this.transport !== NOWHERE) this.transport = GONE;
    this.room = this.left = 0;
    this.tellStreamed(streaming, error);
  }
}
