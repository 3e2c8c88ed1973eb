import { MqttError } from "../error.js";
import { PublishFlag, writePublishHeader } from "../codec/publish.js";
import { OutgoingState } from "../session/outgoing.js";
import { PreparedHeader } from "../session/prepared-header.js";
import type { Publication, PublicationPayload } from "../session/publication.js";
import type { Session } from "../session/session.js";
import type { ConnectionHandler } from "./handler.js";
import { LimitedSender } from "./limits.js";

/** Room for Packet Identifier, lengths and alias in the estimate of a header. */
const HEADER_MARGIN = 14;

/** What {@link Publishing.publishNow} did. */
export const Published = {
  /** Nothing: there is no room now. */
  BLOCKED: 0,
  /** It is on its way; `onSettled` follows. */
  ACCEPTED: 1,
  /** QoS 0, wholly with the transport: done. */
  DONE: 2,
} as const;

/** Layer of a {@link Connection}: writes publications: identifiers, aliases, payloads that take their time (MQTT 5.0, 3.3, 4.9). */
export class Publishing extends LimitedSender {
  readonly session: Session;
  protected readonly handler: ConnectionHandler;
  /** Why a payload source could not go on, so that the connection has to end. */
  protected failure: MqttError | undefined;
  /** Entries of the session that have to be sent on this connection. */
  protected due = 0;
  /** The publication whose payload is on its way, with its payload and Packet Identifier. */
  private streaming: Publication | undefined;
  private streamingPayload: PublicationPayload | undefined;
  private streamingIdentifier = 0;
  /** Topic Aliases given to publications that are used again: at most `aliasMaximum`, the least recently used makes room. */
  private aliases: (PreparedHeader | undefined)[] | undefined;
  protected aliasMaximum: number;
  aliasUses = 0;
  /** Stands for this connection where a reference would keep it in memory after its end. */
  readonly token = {};

  constructor(session: Session, handler: ConnectionHandler, sendBuffer: Uint8Array, aliasMaximum: number) {
    super(sendBuffer);
    this.session = session;
    this.handler = handler;
    this.aliasMaximum = aliasMaximum;
  }

  /** Whether quota, table and transport allow a publication now. */
  private mayPublish(flags: number): boolean {
    if (this.left > 0) return false;
    return flags <= 1 || (this.due === 0 && this.quota > 0 && this.session.outgoing.hasRoom);
  }

  /**
   * Publishes.
   * @param reuse whether the publication is used again and again, so that its header and a Topic Alias are worth keeping.
   * @throws MqttError (configuration) for what the server does not take, (resource) when the header does not fit the send buffer.
   */
  protected publishNow(publication: Publication, payload: PublicationPayload, reuse: boolean): number {
    const flags = publication.flags;
    if (!this.mayPublish(flags)) return Published.BLOCKED;
    const identifier = flags > 1 ? this.session.outgoing.nextIdentifier() : 0;
    if (reuse && payload instanceof Uint8Array) {
      const header = this.prepare(publication, payload.length);
      if (header.size <= this.room) {
        header.setIdentifier(identifier);
        this.write(header.bytes);
        if (payload.length > 0) this.write(payload);
        if (header.alias > 0) this.useAlias(publication, header);
        if (identifier === 0) return Published.DONE;
        this.took(publication, payload, identifier);
        return Published.ACCEPTED;
      }
    }
    const published = this.sendPublish(publication, payload, payload.byteLength, identifier, flags);
    if (published !== Published.BLOCKED && identifier !== 0) this.took(publication, payload, identifier);
    return published;
  }

  /**
   * Sends a publication at QoS 1 or 2 whose header fits payload and connection, where there is room: the header as it stands and the
   * caller's own bytes. A hot path: nothing is encoded, copied or allocated, and no call is made that can be left out.
   * @returns false when the header does not fit after all, or there is no room.
   */
  publishPrepared(publication: Publication, header: PreparedHeader, payload: Uint8Array): boolean {
    const transport = this.transport;
    const table = this.session.outgoing;
    if (transport === undefined || header.payloadLength !== payload.length || header.connection !== this.token) return false;
    if (header.size > this.room || this.left > 0 || this.quota === 0 || this.due > 0) return false;
    const entry = table.take();
    if (entry === undefined) return false;
    const identifier = table.nextIdentifier();
    const bytes = header.bytes;
    const at = header.identifierAt;
    bytes[at] = identifier >> 8;
    bytes[at + 1] = identifier;
    this.quota--;
    entry.identifier = identifier;
    entry.state = (publication.flags < 4 ? OutgoingState.PUBACK : OutgoingState.PUBREC) | OutgoingState.COUNTED;
    entry.publication = publication;
    entry.payload = payload;
    transport.write(bytes);
    const room = transport.write(payload);
    this.room = room === undefined ? this.room - header.size : room;
    if (header.alias > 0) header.lastUse = ++this.aliasUses;
    return true;
  }

  /** Makes the header of a publication that is used again fit this connection and a payload of that length. */
  private prepare(publication: Publication, length: number): PreparedHeader {
    const header = (publication.header ??= new PreparedHeader());
    if (header.payloadLength === length && header.connection === this.token) return header;
    if (header.connection !== this.token) {
      header.forgetAlias();
      header.connection = this.token;
    }
    if (header.alias === 0 && publication.topicAlias === 0) header.alias = this.nextAlias();
    header.write(publication, this.version, length);
    try {
      this.checkPublication(publication, header.bytes.length + length);
    } catch (error) {
      // So that the next one is checked too.
      header.payloadLength = -1;
      throw error;
    }
    return header;
  }

  /** The alias to be given next, or 0 for none. */
  private nextAlias(): number {
    const aliases = (this.aliases ??= []);
    const { length } = aliases;
    if (length < this.aliasMaximum) return length + 1;
    let oldest = 0;
    for (let i = 1; i < length; i++) if ((aliases[i]?.lastUse ?? 0) < (aliases[oldest]?.lastUse ?? 0)) oldest = i;
    return this.aliasMaximum === 0 ? 0 : oldest + 1;
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
    while (aliases.length < alias) aliases.push(undefined);
    aliases[alias - 1]?.forgetAlias();
    aliases[alias - 1] = header;
    if (header !== undefined) header.alias = alias;
  }

  /**
   * Begins a publication whose payload the caller brings: `data` now, the rest through {@link push}.
   * @param identifier of the caller's choice, or 0.
   * @throws MqttError (configuration) also for an identifier that is in use.
   */
  begin(publication: Publication, data: Uint8Array, length: number, identifier: number, duplicate: boolean, now: number): number {
    const { flags } = publication;
    const { outgoing } = this.session;
    this.now = now;
    if (!this.mayPublish(flags)) return Published.BLOCKED;
    const id = flags <= 1 ? 0 : identifier === 0 ? outgoing.nextIdentifier() : outgoing.checkFree(identifier);
    const published = this.sendPublish(publication, data, length, id, duplicate ? flags | PublishFlag.DUP : flags);
    if (published !== Published.BLOCKED && id !== 0) this.took(publication, undefined, id);
    return published;
  }

  /** Whether the payload on its way comes through {@link push}. */
  get pushing(): boolean {
    return this.left > 0 && this.streaming === undefined;
  }

  /** Sends the next bytes of a publication that {@link begin} began. @returns false when the transport does not take them all now. */
  push(data: Uint8Array, now: number): boolean {
    this.now = now;
    if (data.length > this.room) return false;
    if (data.length > 0) this.pushBytes(data, this.left);
    return true;
  }

  /** Writes the header into the send buffer, the payload behind it when it fits, and sends. */
  protected sendPublish(publication: Publication, payload: PublicationPayload, length: number, identifier: number, flags: number): number {
    const bytes = this.sendBuffer;
    const { topic, properties, topicAlias } = publication;
    const header = writePublishHeader(bytes, flags, topic, identifier, this.version === 5 ? properties : undefined, 0, length);
    if (header < 0) {
      const needed = topic.length + properties.length + HEADER_MARGIN;
      throw new MqttError("resource", `topic and properties need a send buffer of ${needed} bytes, it has ${bytes.length}: set sendBuffer to ${needed} or more`);
    }
    this.checkPublication(publication, header + length);
    const size = payload instanceof Uint8Array ? header + payload.length : Infinity;
    const whole = size <= this.capacity && size <= bytes.length;
    // A payload that is brought in parts goes out with its first part, or not at all.
    const pushed = size < header + length;
    if ((whole || pushed ? size : header) > this.room) return Published.BLOCKED;
    if (topicAlias !== 0 && this.version === 5) this.assignAlias(topicAlias, undefined);
    if (whole && payload instanceof Uint8Array) bytes.set(payload, header);
    this.send(whole ? size : header);
    if (pushed && payload instanceof Uint8Array) {
      this.stream(whole ? header + length - size : length, undefined);
      if (!whole) this.pushBytes(payload, length);
    } else if (!whole && length > 0) {
      this.streaming = publication;
      this.streamingPayload = payload;
      this.streamingIdentifier = identifier;
      this.stream(length, payload);
      if (!this.pumpSafely()) return Published.ACCEPTED;
    }
    return identifier === 0 ? Published.DONE : Published.ACCEPTED;
  }

  private took(publication: Publication, payload: PublicationPayload | undefined, identifier: number): void {
    this.quota--;
    this.session.outgoing.add(identifier, (publication.flags < 4 ? OutgoingState.PUBACK : OutgoingState.PUBREC) | OutgoingState.COUNTED, 0, publication, payload);
  }

  /** Sends more of the payload on its way. A source that fails cannot be mended half-way: its packet and so the connection are lost. */
  private pumpSafely(): boolean {
    try {
      if (!this.pump()) return false;
    } catch (error) {
      this.failure = error instanceof MqttError ? error : new MqttError("configuration", `a payload source failed: ${String(error)}`);
      return false;
    }
    this.streaming = this.streamingPayload = undefined;
    return true;
  }

  /**
   * The connection has ended. A payload that was half-way goes out again if it is the session's; at QoS 0 it is lost, and one whose
   * source failed must not be resent for ever.
   */
  protected endPublishing(error: MqttError): void {
    const table = this.session.outgoing;
    const publication = this.streaming;
    const payload = this.streamingPayload;
    this.streaming = this.streamingPayload = undefined;
    if (publication === undefined || payload === undefined) return;
    if (publication.flags > 1) {
      const index = table.find(this.streamingIdentifier);
      if (this.failure === undefined || index < 0) return;
      table.remove(index);
    }
    this.handler.onSettled(publication, payload, error.reasonCode, undefined, error);
  }

  /** Sends more of the payload on its way, as far as the transport takes it. @returns whether none is left. */
  protected proceed(): boolean {
    if (this.left === 0) return true;
    const publication = this.streaming;
    const payload = this.streamingPayload;
    if (!this.pumpSafely()) return false;
    if (publication !== undefined && payload !== undefined && publication.flags <= 1) this.handler.onSettled(publication, payload, 0, undefined, undefined);
    return this.left === 0;
  }
}
