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
  /** Why a payload source could not go on, so that the connection has to end; in `onSettled`, why a publication failed on this side. */
  failure: MqttError | undefined;
  /** How many more QoS 1 and 2 publications the server takes now (MQTT 5.0, 4.9). */
  #quota = 0;
  /** Entries of the session that have to be sent on this connection. */
  #due = 0;
  #aliases = new OutgoingAliases(0);
  /** The publication whose payload is on its way. */
  #streaming: Publication | undefined;
  #streamingPayload: PublicationPayload | undefined;
  #streamingIdentifier = 0;
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
      const released = state >= OutgoingState.PUBREL;
      // The caller brought the payload and it is gone: at QoS 2 a PUBREL ends the exchange, wherever the server stands.
      if (released || (table.payload(i) === undefined && state === OutgoingState.PUBREC)) table.setState(i, OutgoingState.PUBREL);
      else if (table.payload(i) === undefined) table.remove(i--);
      else table.setState(i, state | OutgoingState.RESEND);
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
      const step = table.state(i) & OutgoingState.STEP;
      if (step === OutgoingState.SUBACK || step === OutgoingState.UNSUBACK) table.remove(i);
      else table.setState(i, step);
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
    const { capacity } = sender;
    const room = capacity < sender.bytes.length ? capacity : sender.bytes.length;
    const whole = payload instanceof Uint8Array && header + payload.length <= room;
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
      this.#streamingIdentifier = identifier;
      sender.stream(length, payload);
      if (!this.#pump(now)) return Published.ACCEPTED;
    }
    return identifier === 0 ? Published.DONE : Published.ACCEPTED;
  }

  #took(publication: Publication, payload: PublicationPayload | undefined, identifier: number): void {
    this.#quota--;
    const step = publication.flags < 4 ? OutgoingState.PUBACK : OutgoingState.PUBREC;
    this.#table.add(identifier, step | OutgoingState.COUNTED, 0, publication, payload);
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

  /**
   * The connection has ended. A payload that was half-way goes out again if it is the session's; at QoS 0 it is lost, and one whose
   * source failed must not be resent for ever.
   */
  end(error: MqttError): void {
    const table = this.#table;
    const publication = this.#streaming;
    const payload = this.#streamingPayload;
    this.#streaming = this.#streamingPayload = undefined;
    if (publication === undefined || payload === undefined) return;
    if (publication.flags > 1) {
      const index = table.find(this.#streamingIdentifier);
      if (this.failure === undefined || index < 0) return;
      table.remove(index);
    }
    this.#handler.onSettled(publication, payload, error.reasonCode, undefined, error);
  }

  /** Sends more of the payload on its way, as far as the transport takes it. @returns whether none is left. */
  proceed(now: number): boolean {
    if (this.#sender.left === 0) return true;
    const publication = this.#streaming;
    const payload = this.#streamingPayload;
    if (!this.#pump(now)) return false;
    if (publication !== undefined && payload !== undefined && publication.flags <= 1) this.#handler.onSettled(publication, payload, 0, undefined, undefined);
    return this.#sender.left === 0;
  }

  /** Sends what is due, PUBREL or PUBLISH again, as far as the transport takes it. @returns whether more can be sent. */
  flush(now: number): boolean {
    const table = this.#table;
    let held = false;
    for (let i = 0; this.#due > 0 && i < table.count; i++) {
      const state = table.state(i);
      const step = state & OutgoingState.STEP;
      const again = (state & OutgoingState.RESEND) !== 0;
      if (step === OutgoingState.PUBREL || (again && step === OutgoingState.PUBCOMP)) {
        if (!this.#sendPubrel(table.identifier(i), table.extra(i), now)) return false;
        table.setState(i, OutgoingState.PUBCOMP | (state & OutgoingState.COUNTED));
      } else if (again) {
        // An exhausted quota holds back PUBLISH only (MQTT 5.0, 3.3.4-8).
        held ||= this.#quota === 0;
        if (held) continue;
        const sent = this.#resend(i, step, now);
        if (sent === Published.BLOCKED) return false;
        if (sent === Published.DONE) i--;
      } else continue;
      this.#due--;
    }
    return this.#sender.left === 0;
  }

  /** @returns one of {@link Published}: DONE for what the server's limits forbid now. */
  #resend(index: number, step: number, now: number): number {
    const table = this.#table;
    const publication = table.publication(index);
    const payload = table.payload(index);
    if (publication === undefined || payload === undefined || this.#sender.left > 0) return Published.BLOCKED;
    try {
      const flags = publication.flags | PublishFlag.DUP;
      if (this.#send(publication, payload, payload.byteLength, table.identifier(index), flags, false, now) === Published.BLOCKED) return Published.BLOCKED;
    } catch (error) {
      if (!(error instanceof MqttError)) throw error;
      // The last connection's limits were wider.
      table.remove(index);
      this.#handler.onSettled(publication, payload, error.reasonCode, undefined, error);
      return Published.DONE;
    }
    this.#quota--;
    table.setState(index, step | OutgoingState.COUNTED);
    return Published.ACCEPTED;
  }

  #sendPubrel(identifier: number, reasonCode: number, now: number): boolean {
    if (!this.#sender.canSend(ACKNOWLEDGEMENT_LENGTH)) return false;
    this.#sender.send(encodeAcknowledgement(this.#sender.writer, PacketType.PUBREL, this.#version, identifier, reasonCode), now);
    return true;
  }

  /** Takes PUBACK, PUBREC and PUBCOMP; what they make due is sent by {@link flush}. @returns false for one that has no business here. */
  acknowledged(packet: ReceivedPacket): boolean {
    const table = this.#table;
    const { identifier, reasonCode, type } = packet;
    const index = table.find(identifier);
    const state = index < 0 ? 0 : table.state(index);
    const step = state & OutgoingState.STEP;
    if (type !== PacketType.PUBREC) {
      if (step !== (type === PacketType.PUBACK ? OutgoingState.PUBACK : OutgoingState.PUBCOMP)) return false;
      // Packet Identifier not found in a PUBCOMP: the server had finished before (MQTT 5.0, 3.7.2.1).
      this.#settle(index, type === PacketType.PUBACK ? reasonCode : 0, packet);
    } else if (index < 0) {
      // Unknown here: release it there (MQTT 5.0, 4.3.3), as an exchange without a publication.
      if (reasonCode >= 0x80 || !table.hasRoomForRequest) return true;
      table.add(identifier, OutgoingState.PUBREL, this.#version === 5 ? ReasonCode.PACKET_IDENTIFIER_NOT_FOUND : 0);
      this.#due++;
    } else if (step === OutgoingState.PUBREC) {
      if (reasonCode >= 0x80) this.#settle(index, reasonCode, packet);
      else {
        if ((state & OutgoingState.RESEND) === 0) this.#due++;
        table.moveToEnd(index, OutgoingState.PUBREL | (state & OutgoingState.COUNTED));
      }
    } else {
      // A repeated one: so is the PUBREL.
      if (reasonCode >= 0x80 || (step !== OutgoingState.PUBREL && step !== OutgoingState.PUBCOMP)) return false;
      if (step === OutgoingState.PUBCOMP && (state & OutgoingState.RESEND) === 0) {
        table.setState(index, state | OutgoingState.RESEND);
        this.#due++;
      }
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
    const table = this.#table;
    const publication = table.publication(index);
    const payload = table.payload(index);
    const state = table.state(index);
    if ((state & OutgoingState.RESEND) !== 0) this.#due--;
    if ((state & OutgoingState.COUNTED) !== 0) this.#quota++;
    table.remove(index);
    if (publication !== undefined && payload !== undefined) this.#handler.onSettled(publication, payload, reasonCode, packet, undefined);
  }
}
