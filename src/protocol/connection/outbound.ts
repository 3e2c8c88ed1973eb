import { MqttError } from "../error.js";
import { encodeAcknowledgement } from "../codec/acknowledgement.js";
import { PacketType } from "../codec/packet-type.js";
import { PublishFlag, writePublishHeader } from "../codec/publish.js";
import { ReasonCode } from "../codec/reason-code.js";
import type { ReceivedPacket } from "../codec/received-packet.js";
import type { OutgoingTable } from "../session/outgoing.js";
import { OutgoingState } from "../session/outgoing.js";
import type { Publication, PublicationPayload } from "../session/publication.js";
import type { ConnectionHandler } from "./handler.js";
import { Limits } from "./limits.js";
import type { Sender } from "./sender.js";
import { OutgoingAliases } from "./topic-aliases.js";

const NO_TOPIC = new Uint8Array(2);

/** The longest acknowledgement that this side sends: identifier and Reason Code. */
const ACKNOWLEDGEMENT_LENGTH = 5;

/** What {@link Outbound.publish} did. */
export const Published = {
  /** Nothing: there is no room now. */
  BLOCKED: 0,
  /** It is on its way; `onSettled` follows. */
  ACCEPTED: 1,
  /** QoS 0, wholly with the transport: done. */
  DONE: 2,
} as const;

/** Publications on their way out, over one connection: quota, identifiers, resending, acknowledgements (MQTT 5.0, 4.3, 4.4, 4.9). */
export class Outbound {
  readonly limits = new Limits();
  /** Why a payload source could not go on: the connection has to end. */
  failure: MqttError | undefined;
  /** How many more QoS 1 and 2 publications the server takes now (MQTT 5.0, 4.9). */
  #quota = 0;
  /** Entries of the session that have to be sent on this connection. */
  #due = 0;
  #aliases = new OutgoingAliases(0);
  /** The publication whose payload is on its way. */
  #streaming: Publication | undefined;
  #streamingPayload: PublicationPayload | undefined;
  #version: 4 | 5 = 5;
  readonly #sender: Sender;
  readonly #table: OutgoingTable;
  readonly #handler: ConnectionHandler;
  readonly #aliasMaximum: number;

  constructor(sender: Sender, table: OutgoingTable, handler: ConnectionHandler, aliasMaximum: number) {
    this.#sender = sender;
    this.#table = table;
    this.#handler = handler;
    this.#aliasMaximum = aliasMaximum;
  }

  /** The server accepted the connection: its limits hold, what a resumed session has in flight is due again. */
  start(connack: ReceivedPacket, version: 4 | 5): void {
    this.#version = version;
    this.limits.read(connack);
    this.#quota = this.limits.receiveMaximum;
    const maximum = this.limits.topicAliasMaximum;
    this.#aliases = new OutgoingAliases(maximum < this.#aliasMaximum ? maximum : this.#aliasMaximum);
    const table = this.#table;
    for (let i = 0; i < table.count; i++) {
      const state = table.state(i);
      table.setState(i, state >= OutgoingState.PUBREL ? OutgoingState.PUBREL : state | OutgoingState.RESEND);
    }
    this.#due = table.count;
  }

  /** The server has no session: nothing of ours may be resent (MQTT 5.0, 3.2.2-5). */
  discard(): void {
    const table = this.#table;
    while (table.count > 0) {
      const publication = table.publication(0);
      const payload = table.payload(0);
      const released = table.state(0) === OutgoingState.PUBREL || table.state(0) === OutgoingState.PUBCOMP;
      table.remove(0);
      if (publication !== undefined && payload !== undefined) this.#handler.onLost(publication, payload, released);
    }
  }

  /** Requests die with their connection; publications stay with the session. */
  dropRequests(): void {
    const table = this.#table;
    for (let i = table.count; i-- > 0; ) {
      const state = table.state(i);
      if (state === OutgoingState.SUBACK || state === OutgoingState.UNSUBACK) table.remove(i);
      else if (state >= OutgoingState.RESEND) table.setState(i, state - OutgoingState.RESEND);
    }
  }

  /**
   * Publishes.
   * @param reuse whether the publication is used again and again, so that a Topic Alias is worth its bytes.
   * @throws MqttError (configuration) for what the server does not take, (resource) when the header does not fit the send buffer.
   */
  publish(publication: Publication, payload: PublicationPayload, reuse: boolean, now: number): number {
    if (!this.#mayPublish(publication)) return Published.BLOCKED;
    const identifier = publication.flags > 1 ? this.#table.nextIdentifier() : 0;
    const published = this.#send(publication, payload, payload.byteLength, identifier, publication.flags, reuse, now);
    if (published !== Published.BLOCKED && identifier !== 0) this.#took(publication, payload, identifier);
    return published;
  }

  /**
   * Begins a publication whose payload the caller brings: `data` now, the rest through {@link push}.
   * @param identifier of the caller's choice, or 0.
   * @throws MqttError (configuration) also for an identifier that is in use.
   */
  begin(publication: Publication, data: Uint8Array, length: number, identifier: number, duplicate: boolean, now: number): number {
    if (!this.#mayPublish(publication)) return Published.BLOCKED;
    const id = publication.flags <= 1 ? 0 : identifier === 0 ? this.#table.nextIdentifier() : this.#table.checkFree(identifier);
    const published = this.#send(publication, data, length, id, publication.flags | (duplicate ? PublishFlag.DUP : 0), false, now);
    if (published !== Published.BLOCKED && id !== 0) this.#took(publication, undefined, id);
    return published;
  }

  /** Whether the payload on its way comes through {@link push}. */
  get pushing(): boolean {
    return this.#sender.left > 0 && this.#streaming === undefined;
  }

  /** Sends the next bytes of a publication that {@link begin} began. @returns false when the transport does not take them all now. */
  push(data: Uint8Array, now: number): boolean {
    if (data.length > this.#sender.writable) return false;
    if (data.length > 0) this.#sender.push(data, this.#sender.left, now);
    return true;
  }

  /** Whether quota, table and transport allow a publication now. */
  #mayPublish(publication: Publication): boolean {
    if (this.#sender.left > 0) return false;
    return publication.flags <= 1 || (this.#due === 0 && this.#quota > 0 && this.#table.hasRoom);
  }

  /** Writes the header into the send buffer, the payload behind it when it fits, and sends. */
  #send(
    publication: Publication, payload: PublicationPayload, length: number, identifier: number, flags: number, reuse: boolean, now: number,
  ): number {
    const sender = this.#sender;
    const version5 = this.#version === 5;
    let alias = 0;
    let known = 0;
    if (version5 && reuse && publication.topicAlias === 0) {
      known = this.#aliases.known(publication);
      alias = known === 0 ? this.#aliases.next() : known;
    }
    const topic = known === 0 ? publication.topic : NO_TOPIC;
    const header = writePublishHeader(sender.bytes, flags, topic, identifier, version5 ? publication.properties : undefined, alias, length);
    if (header < 0) {
      const needed = publication.topic.length + publication.properties.length + 14;
      throw new MqttError("resource", `topic and properties need a send buffer of ${needed} bytes, it has ${sender.bytes.length}: set sendBuffer to ${needed} or more`);
    }
    this.limits.checkPublication(publication, header + length);
    const whole = payload instanceof Uint8Array && header + payload.length <= sender.bytes.length;
    // A payload that is brought in parts goes out with its first part, or not at all.
    const pushed = payload instanceof Uint8Array && payload.length < length;
    const first = whole ? header + payload.length : header;
    if ((pushed ? header + payload.length : first) > sender.writable) return Published.BLOCKED;
    if (alias !== known) this.#aliases.assign(publication, alias);
    else if (publication.topicAlias !== 0 && version5) this.#aliases.assign(undefined, publication.topicAlias);
    if (whole) sender.bytes.set(payload, header);
    sender.send(first, now);
    if (pushed) {
      sender.stream(whole ? length - payload.length : length, undefined);
      if (!whole) sender.push(payload, length, now);
    } else if (!whole && length > 0) {
      this.#streaming = publication;
      this.#streamingPayload = payload;
      sender.stream(length, payload);
      if (!this.#pump(now)) return Published.ACCEPTED;
    }
    return identifier === 0 ? Published.DONE : Published.ACCEPTED;
  }

  #took(publication: Publication, payload: PublicationPayload | undefined, identifier: number): void {
    this.#quota--;
    this.#table.add(identifier, publication.flags < 4 ? OutgoingState.PUBACK : OutgoingState.PUBREC, 0, publication, payload);
  }

  /** Sends more of the payload on its way. A source that fails cannot be mended half-way: its packet and so the connection are lost. */
  #pump(now: number): boolean {
    try {
      if (!this.#sender.pump(now)) return false;
    } catch (error) {
      this.failure = error instanceof MqttError ? error : new MqttError("configuration", `a payload source failed: ${String(error)}`);
      return false;
    }
    this.#streaming = this.#streamingPayload = undefined;
    return true;
  }

  /** Takes the publication whose source failed out of the session, so that it is not resent for ever. */
  dropFailed(): void {
    const table = this.#table;
    const publication = this.#streaming;
    const payload = this.#streamingPayload;
    for (let i = table.count; i-- > 0; ) if (table.publication(i) === publication && table.payload(i) === payload) table.remove(i);
    this.#streaming = this.#streamingPayload = undefined;
    if (publication !== undefined && payload !== undefined)
      this.#handler.onSettled(publication, payload, ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR, undefined);
  }

  /** Sends what is due, as far as the transport takes it. @returns whether all of it is sent. */
  flush(now: number): boolean {
    const sender = this.#sender;
    if (sender.left > 0) {
      const publication = this.#streaming;
      const payload = this.#streamingPayload;
      if (!this.#pump(now)) return false;
      if (publication !== undefined && payload !== undefined && publication.flags <= 1) this.#handler.onSettled(publication, payload, 0, undefined);
    }
    const table = this.#table;
    let held = false;
    for (let i = 0; this.#due > 0 && i < table.count; i++) {
      const state = table.state(i);
      if (state === OutgoingState.PUBREL) {
        if (!this.#sendPubrel(table.identifier(i), table.extra(i), now)) return false;
        table.setState(i, OutgoingState.PUBCOMP);
      } else if (state > OutgoingState.RESEND) {
        // An exhausted quota holds back PUBLISH only (MQTT 5.0, 3.3.4-8).
        held ||= this.#quota === 0;
        if (held) continue;
        if (!this.#resend(i, state, now)) return false;
      } else continue;
      this.#due--;
    }
    return sender.left === 0;
  }

  #resend(index: number, state: number, now: number): boolean {
    const publication = this.#table.publication(index);
    const payload = this.#table.payload(index);
    if (publication === undefined || payload === undefined || this.#sender.left > 0) return false;
    const flags = publication.flags | PublishFlag.DUP;
    if (this.#send(publication, payload, payload.byteLength, this.#table.identifier(index), flags, false, now) === Published.BLOCKED) return false;
    this.#quota--;
    this.#table.setState(index, state - OutgoingState.RESEND);
    return true;
  }

  #sendPubrel(identifier: number, reasonCode: number, now: number): boolean {
    if (!this.#sender.canSend(ACKNOWLEDGEMENT_LENGTH)) return false;
    this.#sender.send(encodeAcknowledgement(this.#sender.writer, PacketType.PUBREL, this.#version, identifier, reasonCode), now);
    return true;
  }

  /** Takes PUBACK, PUBREC and PUBCOMP. @returns false for one that has no business here. */
  acknowledged(packet: ReceivedPacket, now: number): boolean {
    const index = this.#table.find(packet.identifier);
    const raw = index < 0 ? 0 : this.#table.state(index);
    const state = raw & ~OutgoingState.RESEND;
    if (packet.type !== PacketType.PUBREC) {
      if (state !== (packet.type === PacketType.PUBACK ? OutgoingState.PUBACK : OutgoingState.PUBCOMP)) return false;
      // Packet Identifier not found in a PUBCOMP: the server had finished before (MQTT 5.0, 3.7.2.1).
      this.#settle(index, packet.type === PacketType.PUBACK ? packet.reasonCode : 0, packet);
      return true;
    }
    if (state === 0) {
      // Unknown here: release it there (MQTT 5.0, 4.3.3), as an exchange without a publication.
      if (!this.#table.hasRoomForRequest) return true;
      this.#table.add(packet.identifier, OutgoingState.PUBREL, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND);
      this.#due++;
      this.flush(now);
      return true;
    }
    if (state !== OutgoingState.PUBREC && state !== OutgoingState.PUBREL && state !== OutgoingState.PUBCOMP) return false;
    if (packet.reasonCode >= 0x80) {
      if (state !== OutgoingState.PUBREC) return false;
      this.#settle(index, packet.reasonCode, packet);
    } else {
      if (raw < OutgoingState.PUBREL || raw === OutgoingState.PUBCOMP) this.#due++;
      if (state === OutgoingState.PUBREC) this.#table.moveToEnd(index, OutgoingState.PUBREL);
      else this.#table.setState(index, OutgoingState.PUBREL);
      this.flush(now);
    }
    return true;
  }

  /** Takes SUBACK and UNSUBACK. @returns false for one that nothing was asked for, or with another number of Reason Codes. */
  answered(packet: ReceivedPacket): boolean {
    const table = this.#table;
    const index = table.find(packet.identifier);
    const subscribed = packet.type === PacketType.SUBACK;
    if (index < 0 || table.state(index) !== (subscribed ? OutgoingState.SUBACK : OutgoingState.UNSUBACK)) return false;
    // UNSUBACK has no codes in MQTT 3.1.1.
    if ((subscribed || this.#version === 5) && packet.byteLength !== table.extra(index)) return false;
    table.remove(index);
    return true;
  }

  #settle(index: number, reasonCode: number, packet: ReceivedPacket): void {
    const publication = this.#table.publication(index);
    const payload = this.#table.payload(index);
    if (this.#table.state(index) > OutgoingState.RESEND) this.#due--;
    this.#table.remove(index);
    if (this.#quota < this.limits.receiveMaximum) this.#quota++;
    if (publication !== undefined && payload !== undefined) this.#handler.onSettled(publication, payload, reasonCode, packet);
  }
}
