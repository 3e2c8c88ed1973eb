import type { BrokerSession } from "./broker-session.js";
import { contentOf, tagOf } from "./contents.js";
import { must } from "./violation.js";
import type { World } from "./world.js";

/** A message of the device, and what became of it. */
export interface Outgoing {
  readonly tag: number;
  readonly topic: string;
  readonly qos: number;
  readonly durable: boolean;
  readonly payload: Uint8Array;
  /** Which start of the device it is of. */
  readonly boot: number;
  /** The call has returned, and the message was taken. */
  accepted: boolean;
  /** The call has said that nothing was taken. */
  rejected: boolean;
  /** The call has returned just now: that it was refused its caller may still be told. */
  fresh: boolean;
  /** The power went during the call that took it or ended it: it may be kept or not. */
  doubtful: boolean;
  /** The caller knows its end. */
  ended: boolean;
  /** It ended with an error: it may have arrived or not. */
  failed: boolean;
  /** Has to be on flash until it ends. */
  kept: boolean;
  /** Its end is being noted on flash. */
  ending: boolean;
  /** How often it arrived, and over which connection last. */
  arrivals: number;
  link: number;
  /** The broker's session in which it first arrived. */
  session: number;
  refused: boolean;
  /** When a reading was taken, in milliseconds since 1970. */
  time: number;
}

/** Every message of the device: taken, arrived, ended. */
export class OutgoingLedger {
  readonly all: Outgoing[] = [];
  private readonly world: World;
  /** By topic, the last message that arrived for the first time. */
  private readonly last = new Map<string, number>();

  constructor(world: World) {
    this.world = world;
  }

  /** A message is about to be published. */
  offer(topic: string, qos: number, durable: boolean, length: number, boot: number): Outgoing {
    const tag = this.all.length;
    const message = {
      tag, topic, qos, durable, boot, payload: contentOf(tag, length), accepted: false, rejected: false, fresh: false, doubtful: false, ended: false, failed: false, kept: false, ending: false, arrivals: 0, link: -1, session: -1, refused: false, time: 0,
    };
    this.all.push(message);
    return message;
  }

  /** The call has returned. */
  taken(message: Outgoing, accepted: boolean): void {
    this.world.note(() => `device: message ${message.tag} at QoS ${message.qos}${message.durable ? ", durable," : ""} ${accepted ? "accepted" : "rejected"}`);
    if (accepted) {
      message.accepted = true;
      message.kept = message.durable && !message.ended && !message.failed;
      this.world.count(`messages at QoS ${message.qos}${message.durable ? ", durable" : ""}`);
    } else {
      message.rejected = true;
      must(message.arrivals === 0, () => `message ${message.tag} was rejected, and has arrived`);
    }
  }

  /** The caller is told. @param closing it is told because the client was closed: what is kept stays so. */
  ended(message: Outgoing, reasonCode: number, failed: boolean, closing: boolean): void {
    this.world.note(() => `device: message ${message.tag} ended with ${reasonCode}`);
    must(!message.ended, () => `message ${message.tag} was settled twice`);
    message.ended = true;
    message.failed = failed;
    if (!closing) message.kept = false;
    if (failed) {
      this.world.count(message.qos === 2 ? "told: QoS 2 message refused, dropped or of unknown fate" : "told: message refused or dropped");
      return;
    }
    must(reasonCode < 0x80 ? message.qos === 0 || message.arrivals > 0 : message.refused, () => `message ${message.tag} ended with ${reasonCode}, and the broker ${message.refused ? "refused it" : `got it ${message.arrivals} times`}`);
  }

  /** A message that an earlier start left behind has come to its end. */
  orphanEnded(message: Outgoing, failed: boolean): void {
    this.world.note(() => `device: message ${message.tag} of an earlier start ended${failed ? ", refused or of unknown fate" : ""}`);
    must(message.kept, () => `message ${message.tag} ended, which was not kept`);
    message.kept = false;
    message.failed = failed;
    if (failed) this.world.count("told: message of an earlier start refused or of unknown fate");
    else must(message.arrivals > 0, () => `message ${message.tag} ended after a restart, and did not arrive`);
  }

  /** The message that a payload is of. */
  find(payload: Uint8Array): Outgoing {
    const message = this.all[tagOf(payload)];
    must(message?.payload.length === payload.length, () => `a message that nobody published: ${payload.join()}`);
    return message;
  }

  /** A message arrives at the broker, which passes it on. @param link number of the connection. */
  arrived(message: Outgoing, topic: string, qos: number, link: number, session: BrokerSession): void {
    const { tag } = message;
    this.world.note(() => `broker: message ${tag} arrives`);
    must(message.topic === topic && message.qos === qos, () => `message ${tag} came to ${topic} at QoS ${qos}`);
    must(!message.rejected, () => `message ${tag} arrives, though it was rejected`);
    must(message.link !== link, () => `message ${tag} arrived twice over one connection`);
    message.link = link;
    if (message.arrivals++ > 0) {
      // MQTT has no cure for it: the broker lost its session, and its answer that said so was lost too. Session Present stands for another one then.
      if (qos === 2 && !session.known && session.number !== message.session) {
        this.world.count("QoS 2 messages doubled by a broker that lost its session, and nobody could know");
        message.arrivals--;
        return;
      }
      must(qos === 1, () => `doubled: message ${tag} at QoS ${qos} arrived ${message.arrivals} times`);
      this.world.count("QoS 1 messages that arrived again");
      return;
    }
    message.session = session.number;
    const last = this.last.get(topic) ?? -1;
    // A broker that refused it, which the client did not hear, has let others pass.
    must(tag > last || message.refused, () => `order: message ${tag} came after ${last} to ${topic}`);
    this.last.set(topic, Math.max(tag, last));
  }

  /**
   * The device has started on what is on flash: all that it took has to be there, and nothing that has ended.
   * @param restored tags of what it has found.
   * @param torn whether the power went during a write, so that one call may have come through or not.
   */
  restored(restored: ReadonlySet<number>, torn: boolean): void {
    let gone = 0;
    for (const message of this.all) {
      const { tag } = message;
      if (restored.has(tag)) {
        must(message.kept || message.doubtful, () => `message ${tag} came back after its end`);
        message.kept = true;
      } else if (message.kept) {
        // Of a QoS 2 message that the broker has only the identifier is kept.
        if (message.qos === 1 || message.arrivals === 0) {
          must(message.ending, () => `lost: message ${tag} was accepted, and is not on flash`);
          message.failed = message.arrivals === 0;
          gone++;
        }
        message.kept = false;
      }
      message.doubtful = message.ending = false;
    }
    must(gone <= (torn ? 1 : 0), () => `${gone} messages have gone with the power`);
  }

  /** The power is gone: who called will not be told any more. */
  powerLost(): void {
    for (const message of this.all) {
      const { accepted, rejected, ended, durable } = message;
      if (!accepted && !rejected && !ended) message.doubtful ||= durable;
      else if (message.fresh && durable) {
        message.doubtful = true;
        message.accepted = message.kept = false;
      } else if (accepted && !ended && !durable && message.qos > 0 && message.arrivals === 0) this.world.count("told in advance: not durable, lost with the power");
      message.ended = true;
    }
  }

  /** Taken, and its caller not told. */
  get waiting(): number {
    return this.all.reduce((sum, { accepted, ended }) => sum + (accepted && !ended ? 1 : 0), 0);
  }

  /** Kept messages that have not arrived. */
  get undelivered(): number {
    return this.all.reduce((sum, { kept, arrivals, failed }) => sum + (kept && arrivals === 0 && !failed ? 1 : 0), 0);
  }
}
