import { BrokerSession, type Delivery } from "./broker-session.js";
import { acknowledgement, answer, connack, disconnect, pingresp, publish } from "./broker-writer.js";
import { Property, Type, type ClientPacket } from "./client-packets.js";
import type { IncomingLedger } from "./incoming-ledger.js";
import type { BrokerEnd, Link, Note } from "./link.js";
import type { Outgoing } from "./outgoing-ledger.js";
import { must } from "./violation.js";
import type { World } from "./world.js";

/** What the broker announces at a connection: none of it has to be as it was at the last. */
export interface Limits {
  readonly receiveMaximum: number;
  readonly maximumPacketSize: number;
  readonly maximumQoS: number;
  readonly topicAliasMaximum: number;
  /** Seconds, or 0 for the client's own. */
  readonly serverKeepAlive: number;
  /** 0: the session ends with the connection. */
  readonly sessionExpiryInterval: number;
}

export const NO_LIMITS: Limits = { receiveMaximum: 0xffff, maximumPacketSize: Infinity, maximumQoS: 2, topicAliasMaximum: 0, serverKeepAlive: 0, sessionExpiryInterval: Infinity };

/** What the simulation decides for the broker. */
export interface BrokerPlan {
  /** Most messages that are taken on for a client. */
  readonly backlog: number;
  /** Messages under way to a client at most where it cannot say so, in MQTT 3.1.1. */
  readonly window: number;
  /** The Reason Code of a CONNACK that refuses, 0 for none. */
  refusal(version: number): number;
  limits(): Limits;
  /** Milliseconds before an answer. */
  hesitation(): number;
  /** Whether a message of the client is refused. */
  refuses(message: Outgoing): boolean;
}

/** Where messages of the device go. */
export interface Arrivals {
  find(payload: Uint8Array): Outgoing;
  arrived(message: Outgoing, topic: string, qos: number, link: number, session: BrokerSession): void;
}

/** A connection from the broker's side. */
interface Conversation {
  readonly link: Link;
  readonly number: number;
  readonly version: number;
  readonly session: BrokerSession;
  readonly limits: Limits;
  /** The client's own limits. */
  readonly receiveMaximum: number;
  readonly maximumPacketSize: number;
  readonly aliases: Map<number, string>;
  /** Identifiers of the client's PUBLISHes on this connection that it has no last answer to. */
  readonly open: Set<number>;
  /** Identifiers of PUBRELs on this connection. */
  readonly released: Set<number>;
  /** The CONNACK is out: nothing may come before it (MQTT 5.0, 3.14.0-1). */
  greeted: boolean;
  /** When the last answer goes out. */
  answeredAt: number;
}

/** Reason Codes of a broker that does not want a message: Quota exceeded. */
const REFUSED = 0x97;

/**
 * A broker for one client, strictly as the standard says (MQTT 5.0, 4.3, 4.4, 4.6, 4.9): whatever the client must not do is a violation.
 * It passes messages on when they come (4.3.3, method A).
 */
export class ModelBroker implements BrokerEnd {
  /** What it speaks: 4 refuses MQTT 5.0. */
  newest: 4 | 5 = 5;
  session: BrokerSession | undefined;
  conversation: Conversation | undefined;
  private readonly world: World;
  private readonly plan: BrokerPlan;
  private readonly arrivals: Arrivals;
  private readonly incoming: IncomingLedger;
  private connections = 0;
  /** When the link of the last CONNECT was made. */
  private since = 0;
  private sessions = 0;

  constructor(world: World, plan: BrokerPlan, arrivals: Arrivals, incoming: IncomingLedger) {
    this.world = world;
    this.plan = plan;
    this.arrivals = arrivals;
    this.incoming = incoming;
  }

  /** It goes away. @param keeps whether it still has its sessions when it is back. */
  stop(keeps: boolean): void {
    this.drop(undefined);
    if (!keeps) this.session = undefined;
  }

  /** Another client comes with the same name. */
  takeOver(): void {
    this.drop(0x8e);
  }

  private drop(reasonCode: number | undefined): void {
    const conversation = this.conversation;
    if (conversation === undefined) return;
    if (reasonCode !== undefined && conversation.version === 5 && conversation.greeted) conversation.link.send(disconnect(reasonCode), { type: Type.DISCONNECT, identifier: 0, reasonCode });
    conversation.link.finish();
    this.over(conversation);
  }

  private over(conversation: Conversation): void {
    this.conversation = undefined;
    if (conversation.limits.sessionExpiryInterval === 0) this.session = undefined;
  }

  lost(link: Link): void {
    if (this.conversation?.link === link) this.over(this.conversation);
  }

  received(packet: ClientPacket, link: Link, early: boolean): void {
    const conversation = this.conversation;
    if (packet.type === Type.CONNECT) this.connect(packet, link);
    else if (conversation?.link === link && !(early && this.refusesEarly(packet, conversation))) this.take(packet, conversation);
  }

  /** What the client sent before it knew the limits may exceed them: it is told so, and comes again (MQTT 5.0, 3.1.4). */
  private refusesEarly(packet: ClientPacket, { limits, open }: Conversation): boolean {
    const reasonCode = packet.size > limits.maximumPacketSize ? 0x95 : packet.qos > limits.maximumQoS ? 0x9b : open.size >= limits.receiveMaximum ? 0x93 : undefined;
    if (reasonCode !== undefined) this.drop(reasonCode);
    return reasonCode !== undefined;
  }

  private connect(packet: ClientPacket, link: Link): void {
    const { version, properties } = packet;
    // What comes over a link that the client had given up before it made another is no CONNECT any more: its socket is closed.
    if (link.since < this.since) return;
    this.since = link.since;
    const tooNew = version > this.newest;
    const reasonCode = tooNew ? (this.world.random.chance(0.5) ? 0x84 : 1) : this.plan.refusal(version);
    this.world.note(() => `broker: CONNECT, version ${version}${packet.cleanStart ? ", clean" : ""}`);
    if (reasonCode !== 0) {
      link.send(connack(tooNew && reasonCode === 1 ? 4 : version, false, reasonCode, new Map()), { type: Type.CONNACK, identifier: 0, reasonCode });
      link.finish();
      return;
    }
    this.takeOver();
    if (packet.cleanStart) this.session = undefined;
    const present = this.session !== undefined;
    const session = (this.session ??= new BrokerSession(this.sessions++, packet.cleanStart && !link.closedByDevice, this.world.random.below(0xffff)));
    // What begins clean in MQTT 3.1.1 ends with the connection (3.1.2.4).
    const limits = version === 5 ? this.plan.limits() : { ...NO_LIMITS, sessionExpiryInterval: packet.cleanStart ? 0 : Infinity };
    const conversation = (this.conversation = {
      link, number: this.connections++, version, session, limits, aliases: new Map<number, string>(), open: new Set<number>(), released: new Set<number>(), greeted: false, answeredAt: 0,
      receiveMaximum: properties.get(Property.RECEIVE_MAXIMUM) ?? this.plan.window, maximumPacketSize: properties.get(Property.MAXIMUM_PACKET_SIZE) ?? Infinity,
    });
    this.world.count(`connections, MQTT ${version === 5 ? "5.0" : "3.1.1"}`);
    this.reply(conversation, connack(version, present, 0, announced(limits)), { type: Type.CONNACK, identifier: 0, reasonCode: 0, present, keepAlive: limits.serverKeepAlive, session });
    this.pump();
  }

  /** Sends, later than what was sent before. */
  private reply(conversation: Conversation, bytes: readonly number[], note: Note): void {
    const { clock } = this.world;
    const at = (conversation.answeredAt = Math.max(conversation.answeredAt, clock.now + this.plan.hesitation()));
    const go = (): void => {
      const { type, identifier, reasonCode } = note;
      if (this.conversation !== conversation) return;
      conversation.greeted = true;
      if (type === Type.PUBACK || type === Type.PUBCOMP || (type === Type.PUBREC && reasonCode >= 0x80)) conversation.open.delete(identifier);
      conversation.link.send(bytes, note);
    };
    if (at === clock.now) go();
    else clock.after(at - clock.now, go);
  }

  private acknowledge(conversation: Conversation, type: number, identifier: number, reasonCode: number): void {
    const code = conversation.version === 5 ? reasonCode : 0;
    this.reply(conversation, acknowledgement(type, conversation.version, identifier, code), { type, identifier, reasonCode: code });
  }

  private take(packet: ClientPacket, conversation: Conversation): void {
    const { session, version } = conversation;
    const { identifier, reasonCode, type } = packet;
    must(packet.size <= conversation.limits.maximumPacketSize, () => `a packet of ${packet.size} bytes where ${conversation.limits.maximumPacketSize} are the most`);
    const delivery = identifier > 0 ? session.find(identifier) : undefined;
    switch (type) {
      case Type.PUBLISH: this.takePublish(packet, conversation); break;
      case Type.PUBACK:
        must(delivery?.message.qos === 1, () => `PUBACK for ${identifier}, which is not under way`);
        session.remove(delivery);
        this.pump();
        break;
      case Type.PUBREC:
        must(delivery?.message.qos === 2 && !(delivery.released && reasonCode >= 0x80), () => `PUBREC for ${identifier}, which is not under way`);
        if (reasonCode >= 0x80) session.remove(delivery);
        else {
          delivery.released = true;
          conversation.released.add(identifier);
          this.acknowledge(conversation, Type.PUBREL, identifier, 0);
        }
        this.pump();
        break;
      case Type.PUBREL: this.acknowledge(conversation, Type.PUBCOMP, identifier, session.unreleased.delete(identifier) ? 0 : 0x92); break;
      case Type.PUBCOMP:
        must(conversation.released.has(identifier), () => `PUBCOMP for ${identifier}, which is not released`);
        // An exchange whose PUBREC came twice has two.
        if (delivery?.released === true) session.remove(delivery);
        this.pump();
        break;
      case Type.SUBSCRIBE:
        for (const [filter, qos] of packet.filters) session.subscriptions.set(filter, qos);
        this.reply(conversation, answer(Type.SUBACK, version, identifier, packet.filters.map(([, qos]) => qos)), { type: Type.SUBACK, identifier, reasonCode: 0 });
        break;
      case Type.UNSUBSCRIBE: {
        const codes = packet.filters.map(([filter]) => (session.subscriptions.delete(filter) ? 0 : 0x11));
        this.reply(conversation, answer(Type.UNSUBACK, version, identifier, codes), { type: Type.UNSUBACK, identifier, reasonCode: 0 });
        break;
      }
      case Type.PINGREQ: this.reply(conversation, pingresp(), { type: Type.PINGRESP, identifier: 0, reasonCode: 0 }); break;
      default: this.drop(undefined);
    }
  }

  private takePublish(packet: ClientPacket, conversation: Conversation): void {
    const { aliases, limits, open, session } = conversation;
    const { duplicate, identifier, qos } = packet;
    const alias = packet.properties.get(Property.TOPIC_ALIAS) ?? 0;
    must(qos <= limits.maximumQoS, () => `QoS ${qos} where ${limits.maximumQoS} is the most`);
    must(alias <= limits.topicAliasMaximum && (alias > 0 || !packet.properties.has(Property.TOPIC_ALIAS)), () => `Topic Alias ${alias} where ${limits.topicAliasMaximum} is the most`);
    if (alias > 0 && packet.topic !== "") aliases.set(alias, packet.topic);
    const topic = packet.topic === "" ? aliases.get(alias) : packet.topic;
    must(topic !== undefined, () => `Topic Alias ${alias} has no topic`);
    const message = this.arrivals.find(packet.payload);
    if (qos === 0) {
      this.arrivals.arrived(message, topic, qos, conversation.number, session);
      return;
    }
    must(!open.has(identifier), () => `id reused: ${identifier} is in use on this connection`);
    open.add(identifier);
    must(open.size <= limits.receiveMaximum, () => `${open.size} messages unacknowledged where Receive Maximum is ${limits.receiveMaximum}`);
    const known = qos === 2 ? session.unreleased.get(identifier) : undefined;
    must(known === undefined || (duplicate && known === message.tag), () => `id reused: ${identifier} is that of message ${known ?? 0}, which is not released, and of ${message.tag}`);
    if (known === undefined && conversation.version === 5 && this.plan.refuses(message)) {
      message.refused = true;
      this.acknowledge(conversation, qos === 1 ? Type.PUBACK : Type.PUBREC, identifier, REFUSED);
      return;
    }
    if (known === undefined) this.arrivals.arrived(message, topic, qos, conversation.number, session);
    if (qos === 2) session.unreleased.set(identifier, message.tag);
    this.acknowledge(conversation, qos === 1 ? Type.PUBACK : Type.PUBREC, identifier, 0);
  }

  /** Somebody publishes to the device. */
  publish(topic: string, length: number): void {
    const { conversation, session } = this;
    const qos = session?.subscriptions.get(topic);
    if (session === undefined || qos === undefined || (qos === 0 && conversation === undefined)) return;
    if (session.deliveries.length >= this.plan.backlog) return;
    const message = this.incoming.make(topic, qos, length);
    this.world.note(() => `broker: message ${message.tag} for the device at QoS ${qos}`);
    if (qos > 0) {
      session.deliveries.push({ message, identifier: 0, released: false, sentOn: -1 });
      this.pump();
    } else if (conversation !== undefined) this.send(conversation, { message, identifier: 0, released: false, sentOn: -1 }, false);
  }

  /** Sends what waits, and on a new connection what was not finished on the last, as far as the client's Receive Maximum allows. */
  private pump(): void {
    const conversation = this.conversation;
    const session = this.session;
    if (conversation === undefined || session === undefined) return;
    let room = conversation.receiveMaximum;
    for (const delivery of session.deliveries) {
      if (room-- <= 0) return;
      if (delivery.sentOn === conversation.number) continue;
      const again = delivery.identifier !== 0;
      if (!again) delivery.identifier = session.nextIdentifier();
      this.send(conversation, delivery, again);
    }
  }

  private send(conversation: Conversation, delivery: Delivery, again: boolean): void {
    const { message, identifier, released } = delivery;
    const { number, version } = conversation;
    delivery.sentOn = number;
    if (released) {
      conversation.released.add(identifier);
      this.acknowledge(conversation, Type.PUBREL, identifier, 0);
    } else this.reply(conversation, publish(version, message.topic, message.qos, again, identifier, message.payload), { type: Type.PUBLISH, identifier, reasonCode: 0, message });
  }
}

function announced(limits: Limits): ReadonlyMap<number, number> {
  const properties = new Map<number, number>();
  const put = (id: number, value: number, usual: number): void => {
    if (value !== usual) properties.set(id, value);
  };
  put(Property.RECEIVE_MAXIMUM, limits.receiveMaximum, 0xffff);
  put(Property.MAXIMUM_PACKET_SIZE, limits.maximumPacketSize, Infinity);
  put(Property.MAXIMUM_QOS, limits.maximumQoS, 2);
  put(Property.TOPIC_ALIAS_MAXIMUM, limits.topicAliasMaximum, 0);
  put(Property.SERVER_KEEP_ALIVE, limits.serverKeepAlive, 0);
  put(Property.SESSION_EXPIRY_INTERVAL, limits.sessionExpiryInterval, Infinity);
  return properties;
}
