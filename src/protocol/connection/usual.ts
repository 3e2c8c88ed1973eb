import { OutgoingState } from "../session/outgoing.js";
import type { Session } from "../session/session.js";
import { Take, type ConnectionHandler } from "./handler.js";
import { Inbound } from "./inbound.js";
import { ConnectionState } from "./publishing.js";
import type { Taker } from "./receiver.js";
import { Success } from "./sender.js";

/** The shortest packet that {@link Usual} takes up as a usual one: an acknowledgement of success. */
const SHORTEST_USUAL = 4;

/** Of the first two bytes of a PUBLISH: its type, that it is no duplicate, not at QoS 2 and has a Remaining Length of one byte. */
const USUAL_MASK = 0xfc80;
const USUAL_PUBLISH = 0x3000;
const USUAL_QOS_1 = 0x3200;

/** Layer of a {@link Connection}: the short way of usual packets, see docs/decisions/0023-usual-packets.md. */
export abstract class Usual extends Inbound {
  /** Whether received packets are being looked at: what is called back stands deep in the stack. Stays set when a callback throws. */
  looking = false;
  /** Since when a PINGRESP is awaited, while one is. */
  asked?: number | undefined;
  /** When something was last received while it was, in milliseconds. */
  lastReceived?: number;
  /** Who is being told of the packet in hand as a usual one. Stays set when it throws. */
  taking: Taker | undefined;

  // eslint-disable-next-line @typescript-eslint/no-useless-constructor -- in XS the one that is not written makes 200 bytes of garbage
  constructor(session: Session, handler: ConnectionHandler) {
    super(session, handler);
  }

  /**
   * Takes up packets as long as they are usual ones that lie whole in the buffer: messages for the taker of the one before, at QoS 0 or 1,
   * no duplicate and without properties; acknowledgements of success in the order of sending. That is nearly all traffic,
   * so it is decided here in one function, by the bytes and without a field that need not be set. All else, and all that is wrong, is left
   * for `Receiver.next`.
   * @returns whether there is more to be looked at, by {@link receiveOther}.
   */
  receiveUsual(): boolean {
    const packet = this.packet;
    if (this.looking || this.held) return false;
    if (packet.left >= 0) {
      // A large message goes on. Behind its last piece all is as ever, whether it comes with that piece or later.
      if (packet.left) return packet.end < packet.filled && this.state !== ConnectionState.CLOSED;
      packet.left = -1;
    }
    if (this.state === ConnectionState.CONNECTED && packet.end !== packet.filled) {
      const words = packet.words ?? packet.inWords;
      packet.fault = packet.propertiesStart = packet.propertiesEnd = 0;
      this.looking = packet.topicChecked = true;
      do {
        const begin = packet.end;
        if (begin + SHORTEST_USUAL > packet.filled) break;
        const head = words.getUint16(begin);
        if ((head & USUAL_MASK) === USUAL_PUBLISH) {
          const taker = packet.taker;
          if (!taker) break;
          const topic = taker.topic;
          const length = topic.byteLength;
          const end = begin + 2 + (head & 0x7f);
          const topicEnd = begin + 2 + length;
          // At QoS 1 the identifier is next; then, in MQTT 5.0, no properties.
          const start = (head < USUAL_QOS_1 ? topicEnd : topicEnd + 2) + packet.propertyLength;
          let identifier = 0;
          if (start > end || end > packet.filled || (words.getUint8(start - 1) && packet.propertyLength)) break;
          // Mostly these sixteen bytes are all of it.
          if (words.getFloat64(topicEnd - 8) !== topic.getFloat64(length - 8) || words.getFloat64(begin + 2) !== topic.getFloat64(0)) break;
          if (length > 16 && !packet.stands(begin + 2, topic)) break;
          if (head >= USUAL_QOS_1) {
            identifier = words.getUint16(topicEnd);
            // Acknowledgements keep the order of arrival.
            if (!identifier || this.session.incoming.count) break;
          }
          packet.first = head >> 8;
          packet.identifier = identifier;
          packet.topicStart = begin + 4;
          packet.topicEnd = topicEnd;
          packet.start = start;
          packet.end = end;
          packet.byteLength = end - start;
          this.taking = taker;
          const result = taker.handler(packet);
          this.taking = undefined;
          if (result) this.taken(packet, this.handler.onTaken?.(packet, taker, result) ?? Take.TAKEN);
          else if (identifier && !this.sendSuccess(Success.PUBACK, identifier)) this.taken(packet, Take.TAKEN);
        } else {
          const identifier = words.getUint16(begin + 2);
          // Before anybody is told, who may throw.
          packet.end = begin + 4;
          if (!(this.handler.hearsAcknowledgements ? this.handler.onSuccess?.(head, identifier) : head === Success.PUBACK ? this.succeeded(identifier, OutgoingState.PUBACK | OutgoingState.COUNTED) : this.passedSuccess(head, identifier))) {
            packet.end = begin;
            break;
          }
        }
        // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- handlers may end the connection, or hold a message
      } while (!this.held && this.state === ConnectionState.CONNECTED);
      this.looking = false;
    }
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- the same
    return !this.held && packet.end < packet.filled && this.state !== ConnectionState.CLOSED;
  }

  /** As {@link receiveUsual}, for the rarer acknowledgements of success. @returns false for anything else; nothing has been done then. */
  passedSuccess(head: number, identifier: number): boolean {
    if (head === Success.PUBREC) return this.recordedFirst(identifier);
    if (head === Success.PUBREL) return identifier > 0 && this.released(identifier);
    return head === Success.PUBCOMP && this.succeeded(identifier, OutgoingState.PUBCOMP | OutgoingState.COUNTED);
  }

  /** A {@link Taker} has thrown: its message is answered with this. */
  refuse(reasonCode: number, now: number): void {
    this.now = now;
    this.taking = undefined;
    this.taken(this.packet, reasonCode);
  }
}
