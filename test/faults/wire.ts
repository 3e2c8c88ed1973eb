import type { BrokerSession } from "./broker-session.js";
import { Type, typeNames, type ClientPacket } from "./client-packets.js";
import type { Incoming, IncomingLedger } from "./incoming-ledger.js";
import type { Link, Note } from "./link.js";
import type { OutgoingLedger } from "./outgoing-ledger.js";
import { must } from "./violation.js";
import type { World } from "./world.js";

/** How long a link may be silent beyond its Keep Alive: the wait for PINGRESP. */
const PATIENCE = 12_000;

/** An exchange that the client has begun, as far as it knows. */
interface Exchange {
  readonly tag: number;
  link: Link;
  /** PUBREC was read, and PUBREL written for it. */
  received: boolean;
  released: boolean;
  /** What ends it was read, but maybe not looked at before the connection ended. */
  over: boolean;
}

/** What the client knows of a connection. */
interface Knowledge {
  version: number;
  connected: boolean;
  /** Milliseconds. */
  keepAlive: number;
  /** Messages read on it, in their order, that are not answered: at QoS 1 and at QoS 2. */
  readonly unanswered: readonly [number[], number[]];
  readonly requests: Set<number>;
  /** When a handler last held up what comes. */
  heldAt: number;
}

/** Watches what the client writes against what it has read: what the broker cannot see, or only when nothing is lost on the way. */
export class Wire {
  private readonly world: World;
  private readonly outgoing: OutgoingLedger;
  private readonly incoming: IncomingLedger;
  /** Which start of the device it is. */
  boot = 0;
  /** A connection ended in the middle of a packet, which is then sent again without having been seen here. */
  halfWritten = false;
  /** The last CONNACK spoke of a session that the client cannot know, whose first CONNACK was lost: it has to close (MQTT 5.0, 3.2.2-4). */
  stranger = false;
  /** By Packet Identifier. */
  private readonly exchanges = new Map<number, Exchange>();
  /** Messages under way when a CONNECT went out that begins clean: whether the broker got that is not known before its answer. */
  private readonly dismissed = new Set<number>();
  private readonly received = new Map<number, Incoming>();
  /** The session that the client last read to be new, and when. */
  private learnt: BrokerSession | undefined;
  private learntAt = 0;
  private readonly links = new WeakMap<Link, Knowledge>();

  constructor(world: World, outgoing: OutgoingLedger, incoming: IncomingLedger) {
    this.world = world;
    this.outgoing = outgoing;
    this.incoming = incoming;
  }

  /** The client reads that a session is a new one. */
  private learn(session: BrokerSession): void {
    session.known = true;
    this.learnt = session;
    this.learntAt = this.world.clock.now;
  }

  /** The power is gone, and with it what is not on flash: also that a session was lost, where it was being noted. */
  powerLost(): void {
    if (this.learnt !== undefined && this.learntAt === this.world.clock.now) this.learnt.known = false;
    for (const [identifier, { tag }] of this.exchanges) if (this.outgoing.all[tag]?.durable !== true) this.exchanges.delete(identifier);
  }

  private knowledge(link: Link): Knowledge {
    let knowledge = this.links.get(link);
    if (knowledge === undefined) this.links.set(link, (knowledge = { version: 0, connected: false, keepAlive: 0, unanswered: [[], []], requests: new Set(), heldAt: -Infinity }));
    return knowledge;
  }

  /** The client has read a packet. @param established whether it knows of a session. */
  read(note: Note, link: Link, established: boolean): void {
    const { identifier, reasonCode, type } = note;
    const known = this.knowledge(link);
    this.world.note(() => `device: reads ${typeNames[type] ?? ""} ${identifier}${reasonCode > 0 ? ` with ${reasonCode}` : ""}`);
    switch (type) {
      case Type.CONNACK:
        if (reasonCode > 0) {
          // What went out early was not looked at: it is sent as new.
          for (const exchange of this.exchanges.values()) exchange.over ||= exchange.link === link;
          break;
        }
        known.connected = link.greeted = true;
        this.stranger = note.present === true && note.session?.known !== true;
        // Before, there is nothing to be kept alive.
        link.lastWritten = this.world.clock.now;
        if (note.keepAlive) known.keepAlive = note.keepAlive * 1000;
        // In MQTT 3.1.1 it may be one that the client does not know, which goes on with it as with a new one.
        if (!note.present || (known.version === 4 && !established)) {
          this.dismissed.clear();
          if (note.session !== undefined) this.learn(note.session);
          // What went out early, before this answer, belongs to the session that begins.
          for (const [other, exchange] of this.exchanges) if (exchange.link !== link) this.exchanges.delete(other);
          this.received.clear();
        }
        break;
      case Type.PUBLISH:
        if (note.message === undefined || note.message.qos === 0) break;
        this.received.set(identifier, note.message);
        known.unanswered[note.message.qos === 1 ? 0 : 1].push(identifier);
        break;
      case Type.PUBREL: {
        // One that the broker released for the first PUBREC needs no second one.
        const unanswered = known.unanswered[1];
        if (unanswered.includes(identifier)) unanswered.splice(unanswered.indexOf(identifier), 1);
        break;
      }
      case Type.PUBACK: case Type.PUBCOMP: case Type.PUBREC: {
        const exchange = this.exchanges.get(identifier);
        if (exchange === undefined) break;
        if (type !== Type.PUBREC || reasonCode >= 0x80) exchange.over = true;
        else exchange.received = true;
        break;
      }
      case Type.SUBACK: case Type.UNSUBACK: known.requests.delete(identifier); break;
    }
  }

  /** The client has written a packet. */
  wrote(packet: ClientPacket, link: Link): void {
    const { identifier, reasonCode, type } = packet;
    const known = this.knowledge(link);
    this.world.note(() => `device: writes ${typeNames[type] ?? ""}${identifier > 0 ? ` ${identifier}` : ""}${reasonCode > 0 ? ` with ${reasonCode}` : ""}${packet.duplicate ? ", again" : ""}`);
    if (type === Type.CONNECT) {
      known.version = packet.version;
      known.keepAlive = packet.keepAlive * 1000;
      if (packet.cleanStart) {
        for (const { tag } of this.exchanges.values()) this.dismissed.add(tag);
        this.exchanges.clear();
      }
      return;
    }
    must(known.connected || type === Type.DISCONNECT || (type === Type.PUBLISH && packet.qos > 0), () => `${typeNames[type] ?? ""} before CONNACK`);
    switch (type) {
      case Type.PUBLISH: if (identifier > 0) this.published(packet, link); break;
      case Type.PUBREL: {
        const exchange = this.exchanges.get(identifier);
        must(exchange?.received ?? (known.version === 4 || reasonCode === 0x92 || this.boot > 0), () => `PUBREL ${identifier} without a PUBREC`);
        if (exchange !== undefined) exchange.released = true;
        break;
      }
      case Type.PUBACK: case Type.PUBREC: this.acknowledged(packet, known); break;
      case Type.SUBSCRIBE: case Type.UNSUBSCRIBE:
        must(this.exchanges.get(identifier)?.over !== false && !known.requests.has(identifier), () => `id reused: ${identifier} for a subscription`);
        known.requests.add(identifier);
        break;
    }
  }

  private published({ duplicate, identifier, payload }: ClientPacket, link: Link): void {
    const { tag, boot } = this.outgoing.find(payload);
    const exchange = this.exchanges.get(identifier);
    if (exchange === undefined || (exchange.over && exchange.tag !== tag)) {
      // After a restart nobody can know whether it was sent.
      must(!duplicate || boot < this.boot || this.halfWritten || this.dismissed.has(tag), () => `message ${tag} is sent for the first time as if it were not`);
      this.exchanges.set(identifier, { tag, link, received: false, released: false, over: false });
    } else {
      must(exchange.tag === tag, () => `id reused: ${identifier} is that of message ${exchange.tag}, which is under way, and of ${tag}`);
      must((duplicate || exchange.over || boot < this.boot) && exchange.link !== link, () => `message ${tag} is sent again ${duplicate ? "over one connection" : "without saying so"}`);
      must(!exchange.released || boot < this.boot, () => `message ${tag} is sent again after its PUBREL`);
      exchange.link = link;
    }
  }

  private acknowledged({ identifier, reasonCode, type }: ClientPacket, known: Knowledge): void {
    const message = this.received.get(identifier);
    const unanswered = known.unanswered[type === Type.PUBACK ? 0 : 1];
    const at = unanswered.indexOf(identifier);
    must(message?.qos === (type === Type.PUBACK ? 1 : 2), () => `${typeNames[type] ?? ""} for ${identifier}, which was not received`);
    // A QoS 2 message of an earlier connection may be answered before it is repeated on this one.
    must(at === 0 || (at < 0 && type === Type.PUBREC), () => `${typeNames[type] ?? ""} for ${identifier} out of turn`);
    if (at >= 0) unanswered.splice(at, 1);
    this.incoming.acknowledged(message, reasonCode >= 0x80);
  }

  /** Looks whether the client keeps the connection alive, and gives up a dead one. @param busy whether a handler holds it up. */
  check(link: Link, busy: boolean): void {
    const known = this.knowledge(link);
    const { connected, keepAlive } = known;
    if (!connected || keepAlive === 0 || link.closedByDevice) return;
    // What is held up is not read.
    if (busy) link.lastRead = known.heldAt = this.world.clock.now;
    const silence = this.world.clock.now - link.lastWritten;
    if (!link.blocked && this.world.clock.now - known.heldAt > keepAlive) must(silence <= keepAlive, () => `nothing was sent for ${silence} ms where Keep Alive is ${keepAlive} ms`);
    else if (!busy) must(silence <= keepAlive + PATIENCE || this.world.clock.now - link.lastRead <= keepAlive + PATIENCE, () => `a dead link was not noticed for ${silence} ms`);
  }
}
