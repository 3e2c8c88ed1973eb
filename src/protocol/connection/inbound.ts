import { configurationError } from "../error.js";
import { encodeAcknowledgement } from "../codec/acknowledgement.js";
import { PacketType } from "../codec/packet-type.js";
import { isReasonCode, ReasonCode } from "../codec/reason-code.js";
import type { ReceivedPacket } from "../codec/received-packet.js";
import { IncomingState, type IncomingTable } from "../session/incoming.js";
import { Take, type ConnectionHandler } from "./handler.js";
import type { Sender } from "./sender.js";
import { IncomingAliases } from "./topic-aliases.js";

/** The longest acknowledgement that this side sends: fixed header, identifier and Reason Code. */
const ACKNOWLEDGEMENT_LENGTH = 5;

function checkRefusal(reasonCode: number): void {
  if (!isReasonCode(PacketType.PUBACK, reasonCode)) throw configurationError(`Reason Code ${reasonCode}`, "one that PUBACK and PUBREC may carry");
}

/** Received messages over one connection: aliases, Receive Maximum, repeats, acknowledging in order (MQTT 5.0, 4.3, 4.6). */
export class Inbound {
  /** The handler has not yet taken the piece in hand. */
  held = false;
  #version: 4 | 5 = 5;
  /** The message in hand is a repeat: it is not delivered. */
  #repeat = false;
  /** A PUBCOMP that could not be sent: identifier and, above it, Reason Code; 0 for none. */
  #pubcomp = 0;
  #epoch = 0;
  #aliases = new IncomingAliases(0);
  readonly #sender: Sender;
  readonly #table: IncomingTable;
  readonly #handler: ConnectionHandler;

  constructor(sender: Sender, table: IncomingTable, handler: ConnectionHandler) {
    this.#sender = sender;
    this.#table = table;
    this.#handler = handler;
  }

  /** @param aliasMaximum the Topic Alias Maximum announced in the CONNECT. */
  start(version: 4 | 5, aliasMaximum: number, resumed: boolean): void {
    this.#version = version;
    if (aliasMaximum > 0) this.#aliases = new IncomingAliases(aliasMaximum);
    if (resumed) this.#table.resume();
    else this.#table.clear();
    this.#epoch = this.#table.epoch;
    this.#table.sender = this;
  }

  /** Whether nothing more may be looked at: a piece is with the handler, or an answer could not be sent. */
  get paused(): boolean {
    return this.held || this.#pubcomp !== 0;
  }

  /** Takes a PUBLISH or a further piece of one. @returns 0, or the Reason Code for what is wrong with it. */
  publish(packet: ReceivedPacket, now: number): number {
    if (packet.offset === 0) {
      const wrong = this.#open(packet);
      if (wrong !== 0) return wrong;
    }
    if (this.#repeat) {
      if (!packet.more) this.flush(now);
      return 0;
    }
    const take = this.#handler.onPublish(packet);
    if (take === Take.HELD) this.held = true;
    else this.taken(packet, take, now);
    return 0;
  }

  /** The first piece: aliases, repeats, Receive Maximum. */
  #open(packet: ReceivedPacket): number {
    this.#repeat = false;
    if (this.#version === 5 && (packet.propertiesEnd > packet.propertiesStart || packet.topicEnd === packet.topicStart)) {
      this.#aliases.resolve(packet);
      if (packet.fault !== 0) return packet.fault;
    }
    const table = this.#table;
    if (packet.identifier === 0 || table.count === 0) return 0;
    const index = table.find(packet.identifier);
    if (index < 0) return table.count < table.size ? 0 : ReasonCode.RECEIVE_MAXIMUM_EXCEEDED;
    const qos2 = table.isQoS2(index);
    // At QoS 1 some servers repeat a message that the application still has; its one answer is on its way.
    if (qos2 ? packet.qos !== 2 : packet.qos !== 1 || !packet.duplicate) return ReasonCode.PROTOCOL_ERROR;
    // Delivered once, but answered again (MQTT 5.0, 4.3.3-10).
    if (table.state(index) === IncomingState.PUBREL) table.setState(index, IncomingState.DUE, 0);
    this.#repeat = true;
    return 0;
  }

  /** The handler is done with the piece in hand. `take` as in {@link ConnectionHandler.onPublish}. */
  taken(packet: ReceivedPacket, take: number, now: number): void {
    if (take >= 0x80) checkRefusal(take);
    this.held = false;
    if (packet.more || packet.identifier === 0) return;
    const reasonCode = take >= 0x80 && this.#version === 5 ? take : 0;
    const qos2 = packet.qos === 2;
    const table = this.#table;
    // The usual case: nothing waits, the answer goes out at once.
    if (!qos2 && take !== Take.LATER && table.count === 0 && this.#acknowledge(PacketType.PUBACK, packet.identifier, reasonCode, now)) return;
    table.add(packet.identifier, qos2, take === Take.LATER ? IncomingState.PENDING : IncomingState.DUE, reasonCode);
    this.flush(now);
  }

  /**
   * Acknowledges a message that was taken with {@link Take.LATER}, in its turn. After the end of the connection this counts at QoS 2
   * only, where the message will not be delivered again, and goes out on the connection in use.
   * @throws MqttError (configuration) for a Reason Code that PUBACK and PUBREC may not carry.
   */
  acknowledge(identifier: number, reasonCode: number, now: number): void {
    checkRefusal(reasonCode);
    const table = this.#table;
    const index = this.#epoch === table.epoch ? table.find(identifier) : -1;
    if (index < 0 || table.state(index) !== IncomingState.PENDING || (table.sender !== this && !table.isQoS2(index))) return;
    table.setState(index, IncomingState.DUE, this.#version === 5 ? reasonCode : 0);
    table.sender?.flush(now);
  }

  /** Takes a PUBREL. @returns 0, or the Reason Code for what is wrong with it. */
  released(packet: ReceivedPacket, now: number): number {
    const table = this.#table;
    const index = table.find(packet.identifier);
    let reasonCode = 0;
    if (index < 0) reasonCode = this.#version === 5 ? ReasonCode.PACKET_IDENTIFIER_NOT_FOUND : 0;
    // One whose PUBREC has to be repeated, but could not be sent yet, may be released for the first.
    else if (table.isQoS2(index) && table.state(index) !== IncomingState.PENDING) table.remove(index);
    else return ReasonCode.PROTOCOL_ERROR;
    this.#pubcomp = packet.identifier | (reasonCode << 16);
    this.flush(now);
    return 0;
  }

  /** Sends what is due, in the order of arrival and as far as the transport takes it. @returns whether all of it is sent. */
  flush(now: number): boolean {
    if (this.#pubcomp !== 0) {
      if (!this.#acknowledge(PacketType.PUBCOMP, this.#pubcomp & 0xffff, this.#pubcomp >>> 16, now)) return false;
      this.#pubcomp = 0;
    }
    const table = this.#table;
    for (let i = 0; i < table.count; i++) {
      const state = table.state(i);
      if (state === IncomingState.PENDING) break;
      if (state !== IncomingState.DUE) continue;
      const qos2 = table.isQoS2(i);
      const reasonCode = table.reasonCode(i);
      if (!this.#acknowledge(qos2 ? PacketType.PUBREC : PacketType.PUBACK, table.identifier(i), reasonCode, now)) return false;
      if (qos2 && reasonCode < 0x80) table.setState(i, IncomingState.PUBREL, 0);
      else table.remove(i--);
    }
    return true;
  }

  #acknowledge(type: number, identifier: number, reasonCode: number, now: number): boolean {
    if (!this.#sender.canSend(ACKNOWLEDGEMENT_LENGTH)) return false;
    this.#sender.send(encodeAcknowledgement(this.#sender.writer, type, this.#version, identifier, reasonCode), now);
    return true;
  }
}
