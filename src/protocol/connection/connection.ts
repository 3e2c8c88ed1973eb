import { configurationError, MqttError } from "../error.js";
import { encodeConnect, type Connect } from "../codec/connect.js";
import { encodeDisconnect } from "../codec/disconnect.js";
import { packetName, PacketType } from "../codec/packet-type.js";
import { PacketWriter } from "../codec/packet-writer.js";
import { encodePing } from "../codec/ping.js";
import { PropertyId, type DisconnectProperties, type Properties, type SubscribeProperties } from "../codec/property.js";
import { ReasonCode } from "../codec/reason-code.js";
import { reasonText } from "../codec/reason-text.js";
import { encodeSubscribe, type Subscription } from "../codec/subscribe.js";
import { encodeUnsubscribe } from "../codec/unsubscribe.js";
import { OutgoingState } from "../session/outgoing.js";
import type { Publication, PublicationPayload } from "../session/publication.js";
import type { Session } from "../session/session.js";
import { checkAuth, checkAuthenticating, checkConnack, checkDisconnect, isClientsDisconnect, isUnwantedProblem, withoutTexts } from "./checks.js";
import { Fate, type ConnectionHandler } from "./handler.js";
import { Inbound } from "./inbound.js";
import { keepAliveDeadline } from "./keep-alive.js";
import { Published } from "./publishing.js";
import { Receiver } from "./receiver.js";
import type { Transport } from "./sender.js";

export interface ConnectionOptions {
  /** Owned by the caller, used by one connection at a time. */
  readonly receiveBuffer: Uint8Array;
  /** Owned by the caller, used by one connection at a time. */
  readonly sendBuffer: Uint8Array;
  /** Milliseconds to wait for CONNACK. */
  readonly connectTimeout: number;
  /** Milliseconds to wait for PINGRESP. */
  readonly pingTimeout: number;
  /** Topic Aliases given to publications that are used again, at most. */
  readonly topicAliases: number;
}

/** Where a connection stands. */
export const ConnectionState = { IDLE: 0, CONNECTING: 1, CONNECTED: 2, CLOSED: 3 } as const;

/**
 * One network connection to a server: what dies with the socket (MQTT 5.0, 3.1, 4.13). It does no I/O: bytes and the time are handed
 * in, bytes go out through a {@link Transport}, {@link nextDeadline} says when {@link handleTimeout} wants to be called.
 *
 * All times are milliseconds on one clock that never goes back. Nothing that a peer sends makes anything grow or throws.
 *
 * It is one object in layers, a file and a base class each, because an object of its own for each would cost an ESP32 half a kilobyte:
 * the way out, the server's limits, publications, received messages, and here what is said about the connection itself.
 */
export class Connection extends Inbound {
  /** See {@link ConnectionState}. */
  state: number = ConnectionState.IDLE;
  /** Whether received packets are being looked at: what is called back stands deep in the stack. Stays set when a callback throws. */
  looking = false;
  readonly packet: Receiver;
  private readonly connectTimeout: number;
  private readonly pingTimeout: number;
  /** Set once CONNECT is sent. */
  private connect: Connect | undefined;
  /** Whether QoS 1 and 2 publications may be sent before the CONNACK. */
  private early = false;
  private lastReceived = 0;
  /** Keep Alive in milliseconds, 0 for none. */
  private keepAlive = 0;
  /** When PINGRESP was last asked for, or -1 while none is awaited. */
  private asked = -1;
  /** The PINGREQ that is asked for could not be sent yet. */
  private pingUnsent = false;

  constructor(session: Session, handler: ConnectionHandler, options: ConnectionOptions) {
    super(session, handler, options.sendBuffer, options.topicAliases);
    this.connectTimeout = options.connectTimeout;
    this.pingTimeout = options.pingTimeout;
    this.packet = new Receiver(options.receiveBuffer);
  }

  /**
   * The transport is connected: sends the CONNECT.
   * @param early whether QoS 1 and 2 publications may follow before the CONNACK (MQTT 5.0, 3.1.4); only a session with nothing in flight
   * allows it.
   * @throws MqttError (configuration, resource) for options that cannot be encoded; nothing has been sent then.
   */
  open(transport: Transport, writable: number, connect: Connect, now: number, early = false): void {
    const { packet } = this;
    const length = encodeConnect(this.writer(), connect);
    if (length > writable) throw new MqttError("resource", `CONNECT takes ${length} bytes, the socket only ${writable}: shorten will, id or properties`);
    this.now = this.lastReceived = now;
    this.connect = connect;
    this.version = packet.version = connect.version;
    packet.maximumPacketSize = (connect.version === 5 ? connect.properties?.maximumPacketSize : undefined) ?? packet.maximumPacketSize;
    this.openSender(transport, writable);
    this.openOutbound();
    this.state = ConnectionState.CONNECTING;
    this.send(length);
    this.early = early && this.session.outgoing.count === 0;
    if (this.early) this.handler.onWritable();
  }

  private writer(): PacketWriter {
    return new PacketWriter(this.sendBuffer);
  }

  /** Whether a CONNECT was sent, so that the silence or the end that followed is the server's. */
  get greeted(): boolean {
    return this.connect !== undefined;
  }

  /** Whether nothing waits for room. */
  get idle(): boolean {
    return this.left + this.pubcomp + this.session.incoming.count + this.due === 0 && !this.pingUnsent;
  }

  /** Whether a publication of that QoS may be sent now, if there is room. */
  mayPublishAt(qos: number): boolean {
    return this.state === ConnectionState.CONNECTED || (this.early && qos > 0 && this.state === ConnectionState.CONNECTING);
  }

  /** The transport takes that many bytes now. */
  writable(count: number, now: number): void {
    if (this.state === ConnectionState.CLOSED) return;
    this.now = now;
    this.setRoom(count);
    if (this.pingUnsent) {
      this.pingUnsent = false;
      this.asked = -1;
    }
    if (this.early && this.state === ConnectionState.CONNECTING && this.proceed()) this.handler.onWritable();
    this.flush();
    this.receive(0, now);
  }

  /** Sends what is due: a payload on its way, acknowledgements, what is to be resent; then asks for more. */
  private flush(): void {
    if (this.state !== ConnectionState.CONNECTED) return;
    if (this.left + this.pubcomp + this.session.incoming.count + this.due > 0) {
      const all = this.proceed() && this.flushInbound() && this.flushOutbound();
      if (this.failure !== undefined) this.closed(this.failure);
      if (!all && !this.pushing) return;
    }
    // What was told before may have ended the connection.
    if (this.mayPublishAt(0)) this.handler.onWritable();
  }

  /** Where the next bytes from the transport go: a view of 1 to `count` bytes. Only while not {@link paused}. */
  space(count: number): Uint8Array {
    return this.packet.space(count);
  }

  /** `count` bytes have been put into {@link space}; with 0 what was there before is looked at. */
  receive(count: number, now: number): void {
    const { packet } = this;
    this.now = now;
    if (count > 0) {
      this.lastReceived = now;
      packet.filled += count;
    }
    if (this.looking) return;
    this.looking = true;
    // In one function, with few calls below it: handlers are called from here, and an ESP32-C3 has 6 KiB of stack.
    while (packet.begin < packet.filled && !this.held && this.pubcomp === 0 && this.state !== ConnectionState.CLOSED && packet.next()) {
      let wrong = packet.fault;
      if (wrong === 0) {
        if (this.state !== ConnectionState.CONNECTED) wrong = this.beforeConnack(packet);
        else if (packet.first >> 4 === PacketType.PUBLISH) wrong = this.delivered(packet);
        else wrong = this.control(packet);
      }
      if (wrong !== 0) this.violation(wrong, packet.first >> 4);
    }
    this.looking = false;
  }

  /** @returns 0, or the Reason Code: not even DISCONNECT may come before CONNACK (MQTT 5.0, 3.14.0-1). */
  private beforeConnack(packet: Receiver): number {
    const type = packet.first >> 4;
    if (type === PacketType.CONNACK) return this.connack(packet);
    return type === PacketType.AUTH ? this.auth(packet) : ReasonCode.PROTOCOL_ERROR;
  }

  /** The handler has taken the piece that it held; `take` as in {@link ConnectionHandler.onPublish}. Without such a piece nothing happens. */
  release(take: number, now: number): void {
    if (this.state !== ConnectionState.CONNECTED || !this.held) return;
    this.now = now;
    this.taken(this.packet, take);
    this.receive(0, now);
  }

  /** Anything but PUBLISH on a connection that stands. @returns 0, or the Reason Code for what is wrong with it. */
  private control(packet: Receiver): number {
    const type = packet.first >> 4;
    let wrong = 0;
    if (type === PacketType.DISCONNECT) return this.disconnected(packet);
    if (packet.propertiesEnd > 0 && isUnwantedProblem(packet, this.connect)) return ReasonCode.PROTOCOL_ERROR;
    // The frequent ones first.
    if (type < PacketType.SUBACK && type !== PacketType.CONNACK) {
      if (type === PacketType.PUBREL) wrong = this.released(packet);
      else if (!this.acknowledged(packet)) wrong = ReasonCode.PROTOCOL_ERROR;
    } else if (type === PacketType.AUTH) return this.auth(packet);
    else if (type === PacketType.PINGRESP) this.asked = -1;
    else if (type === PacketType.CONNACK || !this.answered(packet)) wrong = ReasonCode.PROTOCOL_ERROR;
    if (wrong !== 0) return wrong;
    if (this.state === ConnectionState.CONNECTED) this.handler.onPacket(packet);
    // An answer makes room.
    this.flush();
    return 0;
  }

  private connack(packet: Receiver): number {
    const { connect, session, early } = this;
    if (connect === undefined) return ReasonCode.PROTOCOL_ERROR;
    if (packet.reasonCode !== 0) {
      // The server must not look at anything behind a CONNECT that it refuses (MQTT 5.0, 3.1.4-6).
      if (early) this.giveBack(Fate.UNSENT);
      this.ended("the broker refused the connection", packet);
      return 0;
    }
    const wrong = checkConnack(packet, connect, session.established);
    if (wrong !== 0) return wrong;
    const expiry = packet.numberProperty(PropertyId.sessionExpiryInterval, connect.properties?.sessionExpiryInterval ?? 0);
    session.established = connect.version === 5 ? expiry > 0 : !connect.cleanStart;
    this.keepAlive = packet.numberProperty(PropertyId.serverKeepAlive, connect.keepAlive) * 1000;
    this.startInbound(connect.properties?.topicAliasMaximum ?? 0, packet.sessionPresent);
    this.startOutbound(packet, early);
    // Whoever was told of a loss may have ended the connection.
    if (this.state === ConnectionState.CLOSED) return 0;
    this.state = ConnectionState.CONNECTED;
    this.handler.onPacket(packet);
    this.flush();
    return 0;
  }

  private auth(packet: Receiver): number {
    const wrong = checkAuth(packet, this.connect, this.state === ConnectionState.CONNECTED);
    if (wrong === 0) this.handler.onPacket(packet);
    return wrong;
  }

  private disconnected(packet: Receiver): number {
    if (isClientsDisconnect(packet)) return ReasonCode.PROTOCOL_ERROR;
    this.ended("the broker disconnected", packet);
    return 0;
  }

  /** The server ends the connection and says why. */
  private ended(what: string, packet: Receiver): void {
    const { reasonCode } = packet;
    const text = packet.property(PropertyId.reasonString);
    this.handler.onPacket(packet);
    this.closed(new MqttError("peer", `${what}: ${reasonText(reasonCode)}${typeof text === "string" ? `: ${text}` : ""}`, reasonCode));
  }

  /** Publishes, see {@link Publishing.publishNow}. @returns one of {@link Published}. */
  publish(publication: Publication, payload: PublicationPayload, reuse: boolean, now: number): number {
    this.now = now;
    if (this.state !== ConnectionState.CONNECTED && !this.mayPublishAt(publication.flags >> 1)) return Published.BLOCKED;
    const published = this.publishNow(publication, payload, reuse && this.state === ConnectionState.CONNECTED);
    if (this.failure !== undefined) this.closed(this.failure);
    return published;
  }

  /**
   * Subscribes.
   * @param id a Packet Identifier of the caller's choice, 0 for the next one.
   * @returns the Packet Identifier that SUBACK will carry, or 0 when there is no room now.
   */
  subscribe(subscriptions: readonly Subscription[], properties: SubscribeProperties | Properties | undefined, now: number, id = 0): number {
    const identifier = this.requestIdentifier(subscriptions.length, now, id);
    if (identifier === 0) return 0;
    return this.request(OutgoingState.SUBACK, identifier, subscriptions.length, encodeSubscribe(this.writer(), this.version, identifier, subscriptions, properties));
  }

  /** Unsubscribes, as {@link subscribe}. @returns the Packet Identifier that UNSUBACK will carry, or 0 when there is no room now. */
  unsubscribe(filters: readonly string[], properties: Pick<Properties, "userProperty"> | undefined, now: number, id = 0): number {
    const identifier = this.requestIdentifier(filters.length, now, id);
    if (identifier === 0) return 0;
    return this.request(OutgoingState.UNSUBACK, identifier, filters.length, encodeUnsubscribe(this.writer(), this.version, identifier, filters, properties));
  }

  private requestIdentifier(count: number, now: number, id: number): number {
    const { outgoing } = this.session;
    this.now = now;
    if (this.state !== ConnectionState.CONNECTED || !this.canSend(0) || !outgoing.hasRoomForRequest) return 0;
    if (count > 255) throw configurationError("the number of topic filters in a packet", "at most 255");
    return id === 0 ? outgoing.nextIdentifier() : outgoing.checkFree(id);
  }

  private request(state: number, identifier: number, count: number, length: number): number {
    this.checkPacketSize(length);
    if (!this.canSend(length)) return 0;
    this.send(length);
    this.session.outgoing.add(identifier, state, count);
    return identifier;
  }

  /** Sends a PINGREQ. @returns false when there is no room now. */
  ping(now: number): boolean {
    this.asked = this.now = now;
    this.pingUnsent = !this.canSend(2);
    if (!this.pingUnsent) this.send(encodePing(this.writer(), PacketType.PINGREQ));
    return !this.pingUnsent;
  }

  /**
   * Sends an AUTH.
   * @returns false when there is no room now.
   * @throws MqttError (configuration) when it does not name the Authentication Method of the CONNECT, or is too long for the server.
   */
  authenticate(reasonCode: number, properties: Properties | undefined, now: number): boolean {
    checkAuthenticating(properties, this.connect);
    this.now = now;
    if (!this.canSend(0)) return false;
    let length = encodeDisconnect(this.writer(), PacketType.AUTH, 5, reasonCode, properties);
    if (length > this.maximumPacketSize) length = encodeDisconnect(this.writer(), PacketType.AUTH, 5, reasonCode, withoutTexts(properties));
    this.checkPacketSize(length);
    if (!this.canSend(length)) return false;
    this.send(length);
    return true;
  }

  /**
   * Ends the connection: sends DISCONNECT, after which nothing more is sent or called back. The owner closes the transport.
   * @returns whether the DISCONNECT was sent; not, when a payload is half-way.
   */
  disconnect(reasonCode: number, properties: DisconnectProperties | undefined, now: number): boolean {
    const expiry = properties?.sessionExpiryInterval ?? 0;
    checkDisconnect(reasonCode, expiry, this.connect);
    const open = this.state === ConnectionState.CONNECTING || this.state === ConnectionState.CONNECTED;
    let sent = false;
    this.now = now;
    if (open && this.left === 0) {
      let length = encodeDisconnect(this.writer(), PacketType.DISCONNECT, this.version, reasonCode, properties);
      // Texts give way to the server's Maximum Packet Size (MQTT 5.0, 3.14.2-3, 3.14.2-4).
      if (length > this.maximumPacketSize)
        length = encodeDisconnect(this.writer(), PacketType.DISCONNECT, this.version, reasonCode, expiry > 0 ? { sessionExpiryInterval: expiry } : undefined);
      sent = this.canSend(length) && length <= this.maximumPacketSize;
      if (sent) this.send(length);
    }
    this.end(new MqttError("transport", "the connection was ended in the middle of this message"));
    return sent;
  }

  /** A publication went out through {@link publishPrepared} at this time. */
  sentAt(time: number): void {
    if (time > this.lastSent) this.lastSent = time;
  }

  /** When {@link handleTimeout} has to be called next, or Infinity. */
  nextDeadline(): number {
    const { lastSent, state } = this;
    if (state === ConnectionState.CONNECTED) return keepAliveDeadline(this.keepAlive, this.asked, this.pingTimeout, lastSent, this.lastReceived);
    return state === ConnectionState.CONNECTING ? lastSent + this.connectTimeout : Infinity;
  }

  /** Does what is due at this time; to be called too often is harmless. */
  handleTimeout(now: number): void {
    if (now < this.nextDeadline()) return;
    // What is not read cannot be seen: while the handler holds a message, PINGRESP may be behind it.
    if (this.asked >= 0 && this.held) this.lastReceived = now;
    else if (this.state === ConnectionState.CONNECTING)
      this.dead(`the broker sent no CONNACK within ${this.connectTimeout} ms: is it an MQTT broker?`, ReasonCode.SERVER_UNAVAILABLE);
    else if (this.asked < 0) this.ping(now);
    else this.dead(`${this.pingUnsent ? "nothing could be sent for the length of Keep Alive" : "the broker did not answer a PINGREQ in time"}: the link is dead`, ReasonCode.KEEP_ALIVE_TIMEOUT);
  }

  private dead(why: string, reasonCode: number): void {
    this.closed(new MqttError("transport", why, reasonCode));
  }

  /** The peer broke the protocol: says so, as far as the version allows (MQTT 5.0, 4.13), and ends. */
  private violation(reasonCode: number, type: number): void {
    const connected = this.state === ConnectionState.CONNECTED;
    if (this.version === 5 && this.canSend(3)) this.send(encodeDisconnect(this.writer(), PacketType.DISCONNECT, 5, reasonCode));
    const fits = reasonCode !== ReasonCode.PACKET_TOO_LARGE || !connected;
    const what = `the broker sent a ${fits ? "wrong " : ""}${packetName(type)}${fits ? "" : " that does not fit receiveBuffer or maximumPacketSize"}`;
    this.closed(new MqttError("peer", `${what}: ${reasonText(reasonCode)}${connected ? "" : "; is it an MQTT broker?"}`, reasonCode));
  }

  /** The connection is over: the transport is gone or never came to be, or this side gives it up. */
  closed(error: MqttError): void {
    if (this.state === ConnectionState.CLOSED) return;
    this.end(error);
    this.handler.onClose(error);
  }

  private end(error: MqttError): void {
    this.state = ConnectionState.CLOSED;
    this.closeSender();
    this.endPublishing(error);
  }
}
