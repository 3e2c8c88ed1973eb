import { MqttError } from "../error.js";
import { PacketType } from "../codec/packet-type.js";
import { checkReasonCode, ReasonCode } from "../codec/reason-code.js";
import { Incoming } from "../session/incoming.js";
import type { Session } from "../session/session.js";
import { Take, type ConnectionHandler } from "./handler.js";
import { Outbound } from "./outbound.js";
import { ConnectionState } from "./publishing.js";
import type { Receiver } from "./receiver.js";
import { ACKNOWLEDGEMENT_LENGTH } from "./sender.js";
import { resolveAlias } from "./topic-aliases.js";

/** Layer of a {@link Connection}: received messages: aliases, Receive Maximum, repeats, acknowledging in order (MQTT 5.0, 4.3, 4.6). */
export abstract class Inbound extends Outbound {
  /** Nothing more is looked at: the handler has not yet taken the piece in hand, or an answer must go out first. */
  held: boolean | undefined;
  /** What is held is a message that there is no room for in the session's table. */
  protected crowded: boolean | undefined;
  /** MQTT 3.1.1: the server has more under way than the session's table can hold. No further message is taken at QoS 1 and 2. */
  protected overrun: boolean | undefined;
  /** The message in hand is a repeat, or not taken: it is not delivered. */
  private repeat: boolean | undefined;
  /** A PUBCOMP that could not be sent: identifier and, above it, Reason Code. */
  pubcomp: number | undefined;
  private epoch: number | undefined;
  /** The topics that Topic Aliases stand for, as many as were announced. */
  private receivedAliases: (Uint8Array | undefined)[] | undefined;

  /** @param aliasMaximum the Topic Alias Maximum announced in the CONNECT. */
  protected startInbound(aliasMaximum: number, resumed: boolean): void {
    const table = this.session.incoming;
    if (aliasMaximum > 0) this.receivedAliases = new Array<Uint8Array | undefined>(aliasMaximum).fill(undefined);
    if (resumed) table.resume();
    else table.clear();
    if (table.epoch !== undefined) this.epoch = table.epoch;
  }

  // eslint-disable-next-line @typescript-eslint/no-useless-constructor -- in XS the one that is not written makes 200 bytes of garbage
  constructor(session: Session, handler: ConnectionHandler) {
    super(session, handler);
  }

  /** Whether the transport has to keep what it receives: the handler holds a message, or an answer must go out first. */
  get paused(): boolean {
    return this.held === true;
  }

  /** Takes a PUBLISH or a further piece of one. @returns 0, or the Reason Code for what is wrong with it. */
  protected delivered(packet: Receiver): number {
    // A message at QoS 0 without properties needs no further look.
    if (packet.identifier > 0 || packet.propertiesEnd > 0 || packet.left >= 0 || packet.topicEnd === packet.topicStart) {
      const wrong = packet.offset === 0 ? this.opened(packet) : 0;
      if (wrong !== 0 || this.held) return wrong;
      if (this.repeat) {
        if (!packet.more) {
          this.repeat = false;
          this.flushInbound();
        }
        return 0;
      }
    }
    const take = this.handler.onPublish(packet);
    if (!packet.topicChecked || packet.fault !== 0) {
      if (packet.checkTopic() !== 0) return packet.fault;
    }
    if (packet.identifier > 0 || take !== Take.TAKEN) this.taken(packet, take);
    return 0;
  }

  /** The first piece: aliases, repeats, Receive Maximum. */
  private opened(packet: Receiver): number {
    const identifier = packet.identifier;
    if ((packet.propertiesEnd > packet.propertiesStart || packet.topicEnd === packet.topicStart) && resolveAlias(packet, this.receivedAliases ?? []) !== 0) return packet.fault;
    const table = this.session.incoming;
    if (identifier === 0 || table.count === 0) return 0;
    const index = table.find(identifier);
    if (index < 0) {
      const old = packet.version === 4;
      const overrun = this.overrun;
      if (table.count < table.size && !overrun) return 0;
      // Nothing is ever repeated of a session that ends with its connection; in MQTT 5.0 the server must keep to what was announced.
      if (!(old && this.session.established) && table.makeRoom(old)) return 0;
      if (!old) return ReasonCode.RECEIVE_MAXIMUM_EXCEEDED;
      // MQTT 3.1.1 has no Receive Maximum: the server has to wait, as long as only this side can make room.
      if (table.owed && !overrun) {
        packet.putBack();
        this.crowded = this.held = true;
        return 0;
      }
      // Only PUBRELs can, which come behind this: it is not taken, nor what follows, for the next connection brings it again in order.
      this.overrun = this.repeat = true;
      if (!overrun) this.ping(this.now);
      return packet.checkTopic();
    }
    const entry = table.entry(index);
    // At QoS 1 some servers repeat a message that the application still has; its one answer is on its way.
    if (entry & Incoming.QOS_2 ? packet.qos !== 2 : packet.qos !== 1 || !packet.duplicate) return ReasonCode.PROTOCOL_ERROR;
    // Delivered once, but answered again (MQTT 5.0, 4.3.3-10).
    if (packet.qos === 2) table.repeated(index);
    this.repeat = true;
    return packet.checkTopic();
  }

  /** The handler has looked at the piece in hand. `take` as in {@link ConnectionHandler.onPublish}. */
  protected taken(packet: Receiver, take: number): void {
    const identifier = packet.identifier;
    const table = this.session.incoming;
    if (take >= 0x80) checkReasonCode(PacketType.PUBACK, take);
    const held = take === Take.HELD;
    if (held || this.held) this.held = held;
    if (held || identifier === 0 || packet.more) return;
    const reasonCode = take >= 0x80 && this.version === 5 ? take : 0;
    const qos2 = (packet.first & 4) !== 0;
    // The usual case: nothing waits, the answer goes out at once.
    if (!qos2 && take !== Take.LATER && table.count === 0 && this.sendAcknowledgement(PacketType.PUBACK, identifier, reasonCode)) return;
    this.session.received.add(identifier | (qos2 ? Incoming.QOS_2 : 0) | (take === Take.LATER ? Incoming.PENDING : Incoming.DUE) | (reasonCode << Incoming.REASON_CODE));
    this.flushInbound();
  }

  /**
   * Acknowledges a message that was taken with {@link Take.LATER}, in its turn; `reasonCode` of 0x80 or above refuses it. After the end of
   * the connection this counts at QoS 2 only, where the message will not be delivered again: on the connection in use it goes out when the
   * server repeats the message, as it has to.
   * @throws MqttError (configuration) for a Reason Code that PUBACK and PUBREC of a client may not carry.
   */
  acknowledge(identifier: number, reasonCode: number, now: number): void {
    checkReasonCode(PacketType.PUBACK, reasonCode);
    const table = this.session.incoming;
    const index = this.epoch === table.epoch ? table.find(identifier) : -1;
    const entry = table.entry(index);
    if ((entry & Incoming.STATE) !== Incoming.PENDING || (this.state === ConnectionState.CLOSED && !(entry & Incoming.QOS_2))) return;
    const refused = this.version === 5 ? reasonCode : 0;
    if (!(entry & Incoming.OLD)) table.setState(index, Incoming.DUE, refused);
    // The server repeats it, and is answered then; one that was refused comes to the handler again.
    else if (refused >= 0x80) table.remove(index);
    else table.setState(index, Incoming.PUBREL | Incoming.OLD, 0);
    const inUse = this.handler.connection;
    if (inUse?.state === ConnectionState.CONNECTED) inUse.flushAt(now);
  }

  /** Sends the acknowledgements that are due. */
  flushAt(now: number): void {
    this.now = now;
    // What made no packet due may have made room.
    if (this.crowded) this.crowded = this.held = false;
    this.flushInbound();
    this.receive(0, now);
  }

  /** Takes what was received, see {@link Connection.receive}. */
  abstract receive(count: number, now: number): void;

  /** Asks for a PINGRESP. */
  abstract ping(now: number): boolean;

  /** What was not taken comes again with the next connection, for which there is room now. */
  protected endOverrun(): void {
    const { incoming } = this.session;
    incoming.forgetOld();
    this.closed(new MqttError("peer", `more messages are in flight than properties.receiveMaximum, ${incoming.size}: allow as many as the broker does`, ReasonCode.RECEIVE_MAXIMUM_EXCEEDED));
  }

  /** Takes a PUBREL. @returns false for one that comes too early; nothing has been done then. */
  protected released(identifier: number): boolean {
    const table = this.session.incoming;
    const index = table.find(identifier);
    if (index >= 0) {
      const entry = table.entry(index);
      // One whose PUBREC has to be repeated, but could not be sent yet, may be released for the first.
      if (!(entry & Incoming.QOS_2) || (entry & Incoming.STATE) === Incoming.PENDING) return false;
    }
    // Due until it is sent, also when storage throws.
    this.due++;
    this.held = true;
    this.pubcomp = identifier;
    if (index < 0) this.pubcomp |= ReasonCode.PACKET_IDENTIFIER_NOT_FOUND << 16;
    else table.remove(index);
    this.sendPubcomp(this.pubcomp);
    if (this.overrun && table.count === 0) this.endOverrun();
    return true;
  }

  /** @returns false when there is no room now. */
  private sendPubcomp(pubcomp: number): boolean {
    if (!this.sendAcknowledgement(PacketType.PUBCOMP, pubcomp & 0xffff, pubcomp >>> 16)) return false;
    this.pubcomp = undefined;
    this.held = false;
    this.due--;
    return true;
  }

  /** Sends what is due, in the order of arrival and as far as the transport takes it. @returns whether all of it is sent. */
  protected flushInbound(): boolean {
    const pubcomp = this.pubcomp;
    if (pubcomp !== undefined && !this.sendPubcomp(pubcomp)) return false;
    const table = this.session.incoming;
    const entries = table.entries;
    if (!entries) return true;
    for (let i = 0; i < table.count; i++) {
      // Mostly many await their PUBREL.
      if (((entries[i] ?? 0) & Incoming.STATE) === Incoming.PUBREL) continue;
      const entry = entries[i] ?? 0;
      if ((entry & Incoming.STATE) === Incoming.PENDING) break;
      const qos2 = (entry & Incoming.QOS_2) !== 0;
      const reasonCode = entry >>> Incoming.REASON_CODE;
      const failure = qos2 && table.storage !== undefined && reasonCode < 0x80 && this.canSend(ACKNOWLEDGEMENT_LENGTH) ? table.storage.received(entry & Incoming.IDENTIFIER) : undefined;
      if (!this.sendAcknowledgement(qos2 ? PacketType.PUBREC : PacketType.PUBACK, entry & Incoming.IDENTIFIER, reasonCode)) return false;
      if (qos2 && reasonCode < 0x80) table.setState(i, Incoming.PUBREL, 0);
      else table.remove(i--);
      // There may be room for what could not be taken.
      if (this.crowded) this.crowded = this.held = false;
      if (failure?.cause !== undefined) throw failure;
    }
    return true;
  }
}
