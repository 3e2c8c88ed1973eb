import { contentOf, tagOf } from "./contents.js";
import { must } from "./violation.js";
import type { World } from "./world.js";

/** A message for the device, and what became of it. */
export interface Incoming {
  readonly tag: number;
  readonly topic: string;
  readonly qos: number;
  readonly payload: Uint8Array;
  /** In which starts of the device a handler has had it. */
  readonly boots: number[];
  /** Handlers that have not finished with it. */
  pending: number;
  /** Handlers that have finished. */
  finished: number;
  /** The device has written its acknowledgement: the message must not come to a handler again at QoS 2. */
  acknowledged: boolean;
  /** A handler has refused it, or the client for want of room on flash: it may come again as long as the broker has not heard of that. */
  refused: boolean;
}

/** Every message that the broker has taken on for the device. */
export class IncomingLedger {
  readonly all: Incoming[] = [];
  private readonly world: World;
  private readonly last = new Map<string, number>();

  constructor(world: World) {
    this.world = world;
  }

  make(topic: string, qos: number, length: number): Incoming {
    const tag = this.all.length;
    const message = { tag, topic, qos, payload: contentOf(tag, length), boots: [], pending: 0, finished: 0, acknowledged: false, refused: false };
    this.all.push(message);
    this.world.count(`messages to the device at QoS ${qos}`);
    return message;
  }

  /** A handler gets a message. */
  handled(payload: Uint8Array, topic: string, qos: number, boot: number): Incoming {
    const tag = tagOf(payload);
    const message = this.all[tag];
    must(message?.topic === topic && message.qos === qos && message.payload.length === payload.length, () => `a handler gets message ${tag} on ${topic} at QoS ${qos}, which was not sent so`);
    this.world.note(() => `device: a handler gets message ${tag}`);
    if (message.boots.length > 0) {
      must(qos > 0, () => `doubled: message ${tag} at QoS 0`);
      if (qos === 2 && !message.refused) {
        must(!message.acknowledged, () => `doubled: message ${tag} at QoS 2 comes again after its PUBREC`);
        must(!message.boots.includes(boot), () => `doubled: message ${tag} at QoS 2 comes again to one program`);
        // The power went between the handler and the PUBREC: what the first program made of it is gone with it, so is what was known.
        this.world.count("QoS 2 messages that came to a second program, the first having lost its power before the PUBREC");
      } else this.world.count(qos === 1 ? "QoS 1 messages that came again" : "QoS 2 messages that came again after a handler refused them");
    } else {
      const last = this.last.get(topic) ?? -1;
      must(tag > last, () => `order: message ${tag} came after ${last} on ${topic}`);
      this.last.set(topic, tag);
    }
    message.boots.push(boot);
    return message;
  }

  /** The device has written PUBACK or PUBREC for a message. */
  acknowledged(message: Incoming, refused: boolean): void {
    must(message.boots.length > 0, () => `lost: message ${message.tag} is acknowledged, and no handler has had it`);
    must(message.finished > 0 || message.pending === 0, () => `message ${message.tag} is acknowledged before its handler has finished`);
    if (refused) message.refused = true;
    else message.acknowledged = true;
  }
}
