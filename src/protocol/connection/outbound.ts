import { MqttError } from "../error.js";
import { PacketType } from "../codec/packet-type.js";
import { PublishFlag } from "../codec/publish.js";
import { ReasonCode } from "../codec/reason-code.js";
import { peerError } from "../codec/reason-text.js";
import type { ReceivedPacket } from "../codec/received-packet.js";
import { type Exchange, OutgoingState } from "../session/outgoing.js";
import type { Session } from "../session/session.js";
import { Fate, type ConnectionHandler } from "./handler.js";
import { ConnectionState, Published, Publishing } from "./publishing.js";
import { ACKNOWLEDGEMENT_LENGTH, Success } from "./sender.js";

/** Layer of a {@link Connection}: what the session has on its way out: resending, acknowledgements (MQTT 5.0, 4.3, 4.4). */
export abstract class Outbound extends Publishing {
  // eslint-disable-next-line @typescript-eslint/no-useless-constructor -- in XS the one that is not written makes 200 bytes of garbage
  constructor(session: Session, handler: ConnectionHandler) {
    super(session, handler);
  }

  /** Nothing is due any more of the last connection: requests die with it, publications stay with the session. */
  protected openOutbound(): void {
    const table = this.session.outgoing;
    for (let i = table.count; i-- > 0; ) {
      const entry = table.at(i);
      entry.state &= OutgoingState.STEP;
      if (entry.state === OutgoingState.SUBACK || entry.state === OutgoingState.UNSUBACK) table.remove(i);
    }
  }

  /** The server accepted the connection: its limits hold, what a resumed session has in flight is due again. */
  protected startOutbound(resumed: boolean): void {
    const table = this.session.outgoing;
    this.quota = this.announced.receiveMaximum ?? 0xffff;
    // What is in flight was sent on this connection, before the CONNACK.
    if (this.early) this.quota -= table.count;
    else if (!resumed) this.giveBack(Fate.UNKNOWN);
    else {
      for (let i = 0; i < table.count; i++) {
        const entry = table.at(i);
        const brought = entry.payload === undefined;
        // The caller brought the payload and it is gone: at QoS 2 a PUBREL ends the exchange, wherever the server stands.
        if (entry.state >= OutgoingState.PUBREL || (brought && entry.state === OutgoingState.PUBREC)) entry.state = OutgoingState.PUBREL;
        else if (brought) table.remove(i--);
        else entry.state |= OutgoingState.RESEND;
      }
      this.due = table.count;
    }
  }

  /** The server has no session, or did not look: nothing of ours may be resent (MQTT 5.0, 3.2.2-5). `fate` as in {@link ConnectionHandler.onLost}. */
  protected giveBack(fate: number): void {
    const table = this.session.outgoing;
    while (table.count > 0) {
      const last = table.count - 1;
      const { publication, payload, state } = table.at(last);
      const step = state & OutgoingState.STEP;
      table.remove(last);
      if (publication !== undefined && payload !== undefined)
        this.handler.onLost(publication, payload, step === OutgoingState.PUBREL || step === OutgoingState.PUBCOMP ? Fate.RELEASED : fate);
    }
  }

  /** Sends what is due, PUBREL or PUBLISH again, as far as the transport takes it. @returns whether more can be sent. */
  protected flushOutbound(): boolean {
    const table = this.session.outgoing;
    let held = false;
    for (let i = 0; this.due > 0 && i < table.count; i++) {
      const entry = table.at(i);
      const step = entry.state & OutgoingState.STEP;
      const again = (entry.state & OutgoingState.RESEND) !== 0;
      if (step === OutgoingState.PUBREL || (again && step === OutgoingState.PUBCOMP)) {
        if (!this.sendAcknowledgement(PacketType.PUBREL, entry.identifier, entry.extra)) return false;
        entry.state = OutgoingState.PUBCOMP | (entry.state & OutgoingState.COUNTED);
      } else if (again) {
        // An exhausted quota holds back PUBLISH only (MQTT 5.0, 3.3.4-8).
        held ||= this.quota === 0;
        if (held) continue;
        const sent = this.resend(i, entry);
        if (sent === Published.BLOCKED) return false;
        if (sent === Published.DONE) i--;
      } else continue;
      this.due--;
    }
    return this.left === 0;
  }

  /** @returns one of {@link Published}: DONE for what the server's limits forbid now. */
  private resend(index: number, entry: Exchange): number {
    const { publication, payload } = entry;
    if (publication === undefined || payload === undefined || this.left > 0) return Published.BLOCKED;
    try {
      if (this.sendPublish(publication, payload, payload.byteLength, entry.identifier, publication.flags | PublishFlag.DUP) === Published.BLOCKED) return Published.BLOCKED;
    } catch (error) {
      if (!(error instanceof MqttError)) throw error;
      // The last connection's limits were wider.
      this.session.outgoing.remove(index);
      this.handler.onSettled(publication, payload, error);
      return Published.DONE;
    }
    this.quota--;
    entry.state = (entry.state & OutgoingState.STEP) | OutgoingState.COUNTED;
    return Published.ACCEPTED;
  }

  /**
   * Takes the success of the oldest exchange that this side has begun on this connection. Nearly all are that: answers come in order. On
   * the hot path, after it there may be room for the next one.
   * @param state what the exchange has to wait for.
   * @returns false when it is for another; nothing has been done then.
   */
  succeeded(identifier: number, state: number): boolean {
    const table = this.session.outgoing;
    const entry = table.list?.[0];
    if (!entry || entry.identifier !== identifier || entry.state !== state || this.due) return false;
    // Only of one that is going on.
    const publication = entry.publication;
    const payload = entry.payload;
    if (!publication || !payload) return false;
    if (table.count > 1) table.remove(0);
    else {
      table.count = 0;
      entry.publication = entry.payload = undefined;
    }
    this.quota++;
    publication.settled?.(0, payload);
    if (!this.handler.direct && this.state === ConnectionState.CONNECTED) this.handler.onWritable();
    return true;
  }

  /** Takes a PUBREC of success for the oldest exchange, as {@link succeeded}; there must be room for the PUBREL. */
  protected recordedFirst(identifier: number): boolean {
    const table = this.session.outgoing;
    const entry = table.list?.[0];
    if (!entry || entry.identifier !== identifier || entry.state !== (OutgoingState.PUBREC | OutgoingState.COUNTED) || this.due) return false;
    if (!table.count || !this.canSend(ACKNOWLEDGEMENT_LENGTH)) return false;
    entry.publication?.released?.();
    entry.state = OutgoingState.PUBCOMP | OutgoingState.COUNTED;
    entry.extra = 0;
    table.toEnd(0);
    return this.sendSuccess(Success.PUBREL, identifier);
  }

  /** Takes PUBACK, PUBREC and PUBCOMP; what they make due is sent by {@link flushOutbound}. @returns false for one that has no business here. */
  protected acknowledged(packet: ReceivedPacket): boolean {
    const table = this.session.outgoing;
    const { identifier, reasonCode, type } = packet;
    const index = table.find(identifier);
    const entry = table.list?.[index];
    const step = (entry?.state ?? 0) & OutgoingState.STEP;
    if (entry !== undefined && step === type) {
      if (type !== PacketType.PUBREC || reasonCode >= 0x80) {
        // Packet Identifier not found in a PUBCOMP: the server had finished before (MQTT 5.0, 3.7.2.1).
        this.settle(index, entry, type === PacketType.PUBCOMP ? 0 : reasonCode, packet);
        return true;
      }
      entry.publication?.released?.();
      if ((entry.state & OutgoingState.RESEND) === 0) this.due++;
      entry.state = OutgoingState.PUBREL | (entry.state & OutgoingState.COUNTED);
      // The hot path has not looked for what an earlier exchange left here.
      entry.extra = 0;
      table.toEnd(index);
      return true;
    }
    if (type !== PacketType.PUBREC) return false;
    if (entry === undefined) {
      // Unknown here: release it there (MQTT 5.0, 4.3.3), as an exchange without a publication.
      if (reasonCode >= 0x80 || !table.hasRoomForRequest) return true;
      table.add(identifier, OutgoingState.PUBREL, this.version === 5 ? ReasonCode.PACKET_IDENTIFIER_NOT_FOUND : 0);
      table.free = 0;
      this.due++;
      return true;
    }
    // A repeated one: so is the PUBREL.
    if (reasonCode >= 0x80 || (step !== OutgoingState.PUBREL && step !== OutgoingState.PUBCOMP)) return false;
    if (step === OutgoingState.PUBCOMP && (entry.state & OutgoingState.RESEND) === 0) {
      entry.state |= OutgoingState.RESEND;
      this.due++;
    }
    return true;
  }

  private settle(index: number, entry: Exchange, reasonCode: number, packet: ReceivedPacket): void {
    const publication = entry.publication;
    const payload = entry.payload;
    if ((entry.state & OutgoingState.RESEND) !== 0) this.due--;
    if ((entry.state & OutgoingState.COUNTED) !== 0) this.quota++;
    this.session.outgoing.remove(index);
    if (publication === undefined || payload === undefined) return;
    const properties = packet.propertiesEnd > 0 ? packet.properties : undefined;
    this.handler.onSettled(publication, payload, reasonCode < 0x80 ? reasonCode : peerError("refused the publication", reasonCode, properties));
  }

  /** Takes SUBACK and UNSUBACK. @returns false for one that nothing was asked for, or with another number of Reason Codes. */
  protected answered(packet: ReceivedPacket): boolean {
    const table = this.session.outgoing;
    const index = table.find(packet.identifier);
    const entry = table.list?.[index];
    const type = packet.type;
    if (entry?.state !== type) return false;
    // UNSUBACK has no codes in MQTT 3.1.1.
    if ((type === PacketType.SUBACK || this.version === 5) && packet.byteLength !== entry.extra) return false;
    table.remove(index);
    return true;
  }
}
