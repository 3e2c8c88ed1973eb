import { MqttError } from "../error.js";
import { PacketType } from "../codec/packet-type.js";
import { PublishFlag } from "../codec/publish.js";
import { ReasonCode } from "../codec/reason-code.js";
import type { ReceivedPacket } from "../codec/received-packet.js";
import { OutgoingState } from "../session/outgoing.js";
import { Fate } from "./handler.js";
import { Published, Publishing } from "./publishing.js";

/** Layer of a {@link Connection}: what the session has on its way out: resending, acknowledgements (MQTT 5.0, 4.3, 4.4). */
export class Outbound extends Publishing {
  /** Nothing is due any more of the last connection: requests die with it, publications stay with the session. */
  protected openOutbound(): void {
    const table = this.session.outgoing;
    for (let i = table.count; i-- > 0; ) {
      const step = table.state(i) & OutgoingState.STEP;
      if (step === OutgoingState.SUBACK || step === OutgoingState.UNSUBACK) table.remove(i);
      else table.setState(i, step);
    }
  }

  /**
   * The server accepted the connection: its limits hold, what a resumed session has in flight is due again.
   * @param early what is in flight was sent on this connection, before the CONNACK.
   */
  protected startOutbound(connack: ReceivedPacket, early: boolean): void {
    this.readLimits(connack);
    if (this.version === 4) this.aliasMaximum = 0;
    else if (this.topicAliasMaximum < this.aliasMaximum) this.aliasMaximum = this.topicAliasMaximum;
    const table = this.session.outgoing;
    if (early) this.quota -= table.count;
    else if (!connack.sessionPresent) this.giveBack(Fate.UNKNOWN);
    else {
      for (let i = 0; i < table.count; i++) {
        const state = table.state(i);
        const brought = table.payload(i) === undefined;
        // The caller brought the payload and it is gone: at QoS 2 a PUBREL ends the exchange, wherever the server stands.
        if (state >= OutgoingState.PUBREL || (brought && state === OutgoingState.PUBREC)) table.setState(i, OutgoingState.PUBREL);
        else if (brought) table.remove(i--);
        else table.setState(i, state | OutgoingState.RESEND);
      }
      this.due = table.count;
    }
  }

  /** The server has no session: nothing of ours may be resent (MQTT 5.0, 3.2.2-5). */
  protected giveBack(fate: number): void {
    const table = this.session.outgoing;
    while (table.count > 0) {
      const publication = table.publication(0);
      const payload = table.payload(0);
      const state = table.state(0) & OutgoingState.STEP;
      table.remove(0);
      if (publication !== undefined && payload !== undefined)
        this.handler.onLost(publication, payload, state === OutgoingState.PUBREL || state === OutgoingState.PUBCOMP ? Fate.RELEASED : fate);
    }
  }

  /** Sends what is due, PUBREL or PUBLISH again, as far as the transport takes it. @returns whether more can be sent. */
  protected flushOutbound(): boolean {
    const table = this.session.outgoing;
    let held = false;
    for (let i = 0; this.due > 0 && i < table.count; i++) {
      const state = table.state(i);
      const step = state & OutgoingState.STEP;
      const again = (state & OutgoingState.RESEND) !== 0;
      if (step === OutgoingState.PUBREL || (again && step === OutgoingState.PUBCOMP)) {
        if (!this.sendAcknowledgement(PacketType.PUBREL, table.identifier(i), table.extra(i))) return false;
        table.setState(i, OutgoingState.PUBCOMP | (state & OutgoingState.COUNTED));
      } else if (again) {
        // An exhausted quota holds back PUBLISH only (MQTT 5.0, 3.3.4-8).
        held ||= this.quota === 0;
        if (held) continue;
        const sent = this.resend(i, step);
        if (sent === Published.BLOCKED) return false;
        if (sent === Published.DONE) i--;
      } else continue;
      this.due--;
    }
    return this.left === 0;
  }

  /** @returns one of {@link Published}: DONE for what the server's limits forbid now. */
  private resend(index: number, step: number): number {
    const table = this.session.outgoing;
    const publication = table.publication(index);
    const payload = table.payload(index);
    if (publication === undefined || payload === undefined || this.left > 0) return Published.BLOCKED;
    try {
      if (this.sendPublish(publication, payload, payload.byteLength, table.identifier(index), publication.flags | PublishFlag.DUP) === Published.BLOCKED) return Published.BLOCKED;
    } catch (error) {
      if (!(error instanceof MqttError)) throw error;
      // The last connection's limits were wider.
      table.remove(index);
      this.handler.onSettled(publication, payload, error.reasonCode, undefined, error);
      return Published.DONE;
    }
    this.quota--;
    table.setState(index, step | OutgoingState.COUNTED);
    return Published.ACCEPTED;
  }

  /** Takes PUBACK, PUBREC and PUBCOMP; what they make due is sent by {@link flushOutbound}. @returns false for one that has no business here. */
  protected acknowledged(packet: ReceivedPacket): boolean {
    const table = this.session.outgoing;
    const identifier = packet.identifier;
    const reasonCode = packet.reasonCode;
    const type = packet.first >> 4;
    const index = table.find(identifier);
    const state = index < 0 ? 0 : table.state(index);
    const step = state & OutgoingState.STEP;
    if (type !== PacketType.PUBREC) {
      if (step !== (type === PacketType.PUBACK ? OutgoingState.PUBACK : OutgoingState.PUBCOMP)) return false;
      // Packet Identifier not found in a PUBCOMP: the server had finished before (MQTT 5.0, 3.7.2.1).
      this.settle(index, state, type === PacketType.PUBACK ? reasonCode : 0, packet);
    } else if (index < 0) {
      // Unknown here: release it there (MQTT 5.0, 4.3.3), as an exchange without a publication.
      if (reasonCode >= 0x80 || !table.hasRoomForRequest) return true;
      table.add(identifier, OutgoingState.PUBREL, this.version === 5 ? ReasonCode.PACKET_IDENTIFIER_NOT_FOUND : 0);
      this.due++;
    } else if (step === OutgoingState.PUBREC) {
      if (reasonCode >= 0x80) this.settle(index, state, reasonCode, packet);
      else {
        if ((state & OutgoingState.RESEND) === 0) this.due++;
        table.moveToEnd(index, OutgoingState.PUBREL | (state & OutgoingState.COUNTED));
      }
    } else {
      // A repeated one: so is the PUBREL.
      if (reasonCode >= 0x80 || (step !== OutgoingState.PUBREL && step !== OutgoingState.PUBCOMP)) return false;
      if (step === OutgoingState.PUBCOMP && (state & OutgoingState.RESEND) === 0) {
        table.setState(index, state | OutgoingState.RESEND);
        this.due++;
      }
    }
    return true;
  }

  /** Takes SUBACK and UNSUBACK. @returns false for one that nothing was asked for, or with another number of Reason Codes. */
  protected answered(packet: ReceivedPacket): boolean {
    const table = this.session.outgoing;
    const index = table.find(packet.identifier);
    const subscribed = packet.type === PacketType.SUBACK;
    if (index < 0 || table.state(index) !== (subscribed ? OutgoingState.SUBACK : OutgoingState.UNSUBACK)) return false;
    // UNSUBACK has no codes in MQTT 3.1.1.
    if ((subscribed || this.version === 5) && packet.byteLength !== table.extra(index)) return false;
    table.remove(index);
    return true;
  }

  private settle(index: number, state: number, reasonCode: number, packet: ReceivedPacket): void {
    const table = this.session.outgoing;
    const publication = table.publication(index);
    const payload = table.payload(index);
    if ((state & OutgoingState.RESEND) !== 0) this.due--;
    if ((state & OutgoingState.COUNTED) !== 0) this.quota++;
    table.remove(index);
    if (publication !== undefined && payload !== undefined) this.handler.onSettled(publication, payload, reasonCode, packet, undefined);
  }
}
