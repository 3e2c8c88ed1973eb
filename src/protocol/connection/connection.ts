import { configurationError, MqttError } from "../error.js";
import { encodeConnect, type Connect } from "../codec/connect.js";
import { decodeFromServer } from "../codec/decode.js";
import { encodeDisconnect } from "../codec/disconnect.js";
import { packetName, PacketType } from "../codec/packet-type.js";
import { encodePing } from "../codec/ping.js";
import { PropertyId, type DisconnectProperties, type Properties, type SubscribeProperties } from "../codec/property.js";
import { ReasonCode } from "../codec/reason-code.js";
import { reasonText } from "../codec/reason-text.js";
import type { ReceivedPacket } from "../codec/received-packet.js";
import { encodeSubscribe, type Subscription } from "../codec/subscribe.js";
import { encodeUnsubscribe } from "../codec/unsubscribe.js";
import { OutgoingState } from "../session/outgoing.js";
import type { Publication, PublicationPayload } from "../session/publication.js";
import type { Session } from "../session/session.js";
import { checkAuth, checkAuthenticating, checkConnack, checkDisconnect, isClientsDisconnect, isUnwantedProblem, withoutTexts } from "./checks.js";
import type { ConnectionHandler } from "./handler.js";
import { Inbound } from "./inbound.js";
import { KeepAlive } from "./keep-alive.js";
import { Outbound, Published } from "./outbound.js";
import { Receiver } from "./receiver.js";
import { Sender, type Transport } from "./sender.js";

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
 */
export class Connection {
  /** See {@link ConnectionState}. */
  state: number = ConnectionState.IDLE;
  readonly sender: Sender;
  readonly outbound: Outbound;
  readonly #receiver: Receiver;
  readonly #inbound: Inbound;
  readonly #keepAlive: KeepAlive;
  readonly #session: Session;
  readonly #handler: ConnectionHandler;
  readonly #connectTimeout: number;
  /** Set once CONNECT is sent. */
  #connect: Connect | undefined;
  /** Whether received packets are being looked at: what is called back stands deep in the stack. */
  looking = false;
  #lastReceived = 0;
  /** The PINGREQ that is asked for could not be sent yet. */
  #pingUnsent = false;

  constructor(session: Session, handler: ConnectionHandler, options: ConnectionOptions) {
    this.#session = session;
    this.#handler = handler;
    this.#connectTimeout = options.connectTimeout;
    this.sender = new Sender(options.sendBuffer);
    this.#receiver = new Receiver(options.receiveBuffer, decodeFromServer);
    this.outbound = new Outbound(this.sender, session.outgoing, handler, options.topicAliases);
    this.#inbound = new Inbound(this.sender, session.incoming, handler);
    this.#keepAlive = new KeepAlive(options.pingTimeout);
  }

  /**
   * The transport is connected: sends the CONNECT.
   * @throws MqttError (configuration, resource) for options that cannot be encoded; nothing has been sent then.
   */
  open(transport: Transport, writable: number, connect: Connect, now: number): void {
    const length = encodeConnect(this.sender.writer, connect);
    if (length > writable) throw new MqttError("resource", `CONNECT takes ${length} bytes, the socket only ${writable}: shorten will, id or properties`);
    this.#connect = connect;
    this.#receiver.packet.version = connect.version;
    if (connect.version === 5) this.#receiver.maximumPacketSize = connect.properties?.maximumPacketSize ?? this.#receiver.maximumPacketSize;
    this.sender.open(transport, writable, now);
    this.outbound.dropRequests();
    this.state = ConnectionState.CONNECTING;
    this.#lastReceived = now;
    this.sender.send(length, now);
  }

  /** Whether a CONNECT was sent, so that the silence or the end that followed is the server's. */
  get greeted(): boolean {
    return this.#connect !== undefined;
  }

  /** The transport takes that many bytes now. */
  writable(count: number, now: number): void {
    if (this.state === ConnectionState.CLOSED) return;
    this.sender.setWritable(count);
    if (this.#pingUnsent) {
      this.#pingUnsent = false;
      this.#keepAlive.asked = -1;
    }
    this.#flush(now);
    this.receive(0, now);
  }

  /** Sends what is due: a payload on its way, acknowledgements, what is to be resent; then asks for more. */
  #flush(now: number): void {
    const { outbound } = this;
    if (this.state !== ConnectionState.CONNECTED) return;
    const all = outbound.proceed(now) && this.#inbound.flush(now) && outbound.flush(now);
    if (outbound.failure !== undefined) this.#close(outbound.failure);
    else if (all || outbound.pushing) this.#askForMore();
  }

  /** What was told before may have ended the connection. */
  #askForMore(): void {
    if (this.state === ConnectionState.CONNECTED) this.#handler.onWritable();
  }

  /** Where the next bytes from the transport go: a view of 1 to `count` bytes. Only while not {@link paused}. */
  space(count: number): Uint8Array {
    return this.#receiver.space(count);
  }

  /** Whether the transport has to keep what it receives: the handler holds a message, or an answer must go out first. */
  get paused(): boolean {
    return this.#inbound.paused;
  }

  /** `count` bytes have been put into {@link space}; with 0 what was there before is looked at. */
  receive(count: number, now: number): void {
    if (count > 0) {
      this.#lastReceived = now;
      this.#receiver.received(count);
    }
    if (this.looking) return;
    const packet = this.#receiver.packet;
    this.looking = true;
    try {
      // In one function, with few calls below it: handlers are called from here, and an ESP32-C3 has 6 KiB of stack.
      while (this.state !== ConnectionState.CLOSED && !this.#inbound.paused && this.#receiver.next()) {
        let wrong = packet.fault;
        const type = packet.type;
        if (wrong === 0) {
          if (this.state !== ConnectionState.CONNECTED) wrong = this.#beforeConnack(packet, type, now);
          else if (type === PacketType.PUBLISH) wrong = this.#inbound.publish(packet, now);
          else if (type === PacketType.CONNACK) wrong = ReasonCode.PROTOCOL_ERROR;
          else wrong = this.#control(packet, type, now);
        }
        if (wrong !== 0) this.#violation(wrong, type);
      }
    } finally {
      this.looking = false;
    }
  }

  /** @returns 0, or the Reason Code: not even DISCONNECT may come before CONNACK (MQTT 5.0, 3.14.0-1). */
  #beforeConnack(packet: ReceivedPacket, type: number, now: number): number {
    if (type === PacketType.CONNACK) return this.#connack(packet, now);
    return type === PacketType.AUTH ? this.#auth(packet) : ReasonCode.PROTOCOL_ERROR;
  }

  /** The handler has taken the piece that it held; `take` as in {@link ConnectionHandler.onPublish}. Without such a piece nothing happens. */
  release(take: number, now: number): void {
    if (this.state !== ConnectionState.CONNECTED || !this.#inbound.held) return;
    this.#inbound.taken(this.#receiver.packet, take, now);
    this.receive(0, now);
  }

  /** Acknowledges a message that was taken with `Take.LATER`; `reasonCode` of 0x80 or above refuses it. */
  acknowledge(identifier: number, reasonCode: number, now: number): void {
    this.#inbound.acknowledge(identifier, reasonCode, now);
  }

  /** Anything but PUBLISH and CONNACK on a connection that stands. @returns 0, or the Reason Code for what is wrong with it. */
  #control(packet: ReceivedPacket, type: number, now: number): number {
    let expected = true;
    if (type === PacketType.DISCONNECT) return this.#disconnected(packet);
    if (isUnwantedProblem(packet, this.#connect)) return ReasonCode.PROTOCOL_ERROR;
    switch (type) {
      case PacketType.PUBREL: {
        const wrong = this.#inbound.released(packet, now);
        if (wrong !== 0) return wrong;
        break;
      }
      case PacketType.SUBACK:
      case PacketType.UNSUBACK:
        expected = this.outbound.answered(packet);
        break;
      case PacketType.PINGRESP:
        this.#keepAlive.asked = -1;
        break;
      case PacketType.AUTH:
        return this.#auth(packet);
      default:
        expected = this.outbound.acknowledged(packet);
    }
    if (!expected) return ReasonCode.PROTOCOL_ERROR;
    if (this.state === ConnectionState.CONNECTED) this.#handler.onPacket(packet);
    // An answer makes room.
    this.#flush(now);
    return 0;
  }

  #connack(packet: ReceivedPacket, now: number): number {
    const connect = this.#connect;
    if (connect === undefined) return ReasonCode.PROTOCOL_ERROR;
    if (packet.reasonCode !== 0) {
      const text = packet.property(PropertyId.reasonString);
      this.#handler.onPacket(packet);
      this.#close(new MqttError("peer", `the broker refused the connection: ${reasonText(packet.reasonCode)}${typeof text === "string" ? `: ${text}` : ""}`, packet.reasonCode));
      return 0;
    }
    const session = this.#session;
    const wrong = checkConnack(packet, connect, session.established);
    if (wrong !== 0) return wrong;
    const expiry = packet.numberProperty(PropertyId.sessionExpiryInterval, connect.properties?.sessionExpiryInterval ?? 0);
    session.established = connect.version === 5 ? expiry > 0 : !connect.cleanStart;
    this.#keepAlive.interval = packet.numberProperty(PropertyId.serverKeepAlive, connect.keepAlive) * 1000;
    this.#inbound.start(connect.version, connect.properties?.topicAliasMaximum ?? 0, packet.sessionPresent);
    if (!packet.sessionPresent) this.outbound.discard();
    // Whoever was told of a loss may have ended the connection.
    if (this.state === ConnectionState.CLOSED) return 0;
    this.outbound.start(packet, connect.version);
    this.state = ConnectionState.CONNECTED;
    this.#handler.onPacket(packet);
    this.#flush(now);
    return 0;
  }

  #auth(packet: ReceivedPacket): number {
    const wrong = checkAuth(packet, this.#connect, this.state === ConnectionState.CONNECTED);
    if (wrong === 0) this.#handler.onPacket(packet);
    return wrong;
  }

  #disconnected(packet: ReceivedPacket): number {
    if (isClientsDisconnect(packet)) return ReasonCode.PROTOCOL_ERROR;
    const text = packet.property(PropertyId.reasonString);
    this.#handler.onPacket(packet);
    this.#close(new MqttError("peer", `the broker disconnected: ${reasonText(packet.reasonCode)}${typeof text === "string" ? `: ${text}` : ""}`, packet.reasonCode));
    return 0;
  }

  /** Publishes, see {@link Outbound.publish}. @returns one of {@link Published}. */
  publish(publication: Publication, payload: PublicationPayload, reuse: boolean, now: number): number {
    if (this.state !== ConnectionState.CONNECTED) return Published.BLOCKED;
    const published = this.outbound.publish(publication, payload, reuse, now);
    if (this.outbound.failure !== undefined) this.#close(this.outbound.failure);
    return published;
  }

  /**
   * Subscribes.
   * @param id a Packet Identifier of the caller's choice, 0 for the next one.
   * @returns the Packet Identifier that SUBACK will carry, or 0 when there is no room now.
   */
  subscribe(subscriptions: readonly Subscription[], properties: SubscribeProperties | Properties | undefined, now: number, id = 0): number {
    return this.#request(OutgoingState.SUBACK, subscriptions.length, now, id, (identifier, version) =>
      encodeSubscribe(this.sender.writer, version, identifier, subscriptions, properties));
  }

  /** Unsubscribes, as {@link subscribe}. @returns the Packet Identifier that UNSUBACK will carry, or 0 when there is no room now. */
  unsubscribe(filters: readonly string[], properties: Pick<Properties, "userProperty"> | undefined, now: number, id = 0): number {
    return this.#request(OutgoingState.UNSUBACK, filters.length, now, id, (identifier, version) =>
      encodeUnsubscribe(this.sender.writer, version, identifier, filters, properties));
  }

  #request(state: number, count: number, now: number, id: number, encode: (identifier: number, version: 4 | 5) => number): number {
    const table = this.#session.outgoing;
    if (this.state !== ConnectionState.CONNECTED || !this.sender.canSend(0) || !table.hasRoomForRequest) return 0;
    if (count > 255) throw configurationError("the number of topic filters in a packet", "at most 255");
    const identifier = id === 0 ? table.nextIdentifier() : table.checkFree(id);
    const length = encode(identifier, this.#receiver.packet.version);
    this.outbound.limits.checkPacketSize(length);
    if (!this.sender.canSend(length)) return 0;
    this.sender.send(length, now);
    table.add(identifier, state, count);
    return identifier;
  }

  /** Sends a PINGREQ. @returns false when there is no room now. */
  ping(now: number): boolean {
    this.#keepAlive.asked = now;
    this.#pingUnsent = !this.sender.canSend(2);
    if (!this.#pingUnsent) this.sender.send(encodePing(this.sender.writer, PacketType.PINGREQ), now);
    return !this.#pingUnsent;
  }

  /**
   * Sends an AUTH.
   * @returns false when there is no room now.
   * @throws MqttError (configuration) when it does not name the Authentication Method of the CONNECT, or is too long for the server.
   */
  authenticate(reasonCode: number, properties: Properties | undefined, now: number): boolean {
    const { limits } = this.outbound;
    checkAuthenticating(properties, this.#connect);
    if (!this.sender.canSend(0)) return false;
    let length = encodeDisconnect(this.sender.writer, PacketType.AUTH, 5, reasonCode, properties);
    if (length > limits.maximumPacketSize) length = encodeDisconnect(this.sender.writer, PacketType.AUTH, 5, reasonCode, withoutTexts(properties));
    limits.checkPacketSize(length);
    if (!this.sender.canSend(length)) return false;
    this.sender.send(length, now);
    return true;
  }

  /**
   * Ends the connection: sends DISCONNECT, after which nothing more is sent or called back. The owner closes the transport.
   * @returns whether the DISCONNECT was sent; not, when a payload is half-way.
   */
  disconnect(reasonCode: number, properties: DisconnectProperties | undefined, now: number): boolean {
    const expiry = properties?.sessionExpiryInterval ?? 0;
    checkDisconnect(reasonCode, expiry, this.#connect);
    const open = this.state === ConnectionState.CONNECTING || this.state === ConnectionState.CONNECTED;
    let sent = false;
    if (open && this.sender.left === 0) {
      const version = this.#receiver.packet.version;
      let length = encodeDisconnect(this.sender.writer, PacketType.DISCONNECT, version, reasonCode, properties);
      // Texts give way to the server's Maximum Packet Size (MQTT 5.0, 3.14.2-3, 3.14.2-4).
      if (length > this.outbound.limits.maximumPacketSize)
        length = encodeDisconnect(this.sender.writer, PacketType.DISCONNECT, version, reasonCode, expiry > 0 ? { sessionExpiryInterval: expiry } : undefined);
      sent = this.sender.canSend(length) && length <= this.outbound.limits.maximumPacketSize;
      if (sent) this.sender.send(length, now);
    }
    this.#end(new MqttError("transport", "the connection was ended in the middle of this message"));
    return sent;
  }

  /** When {@link handleTimeout} has to be called next, or Infinity. */
  nextDeadline(): number {
    if (this.state === ConnectionState.CONNECTING) return this.sender.lastSent + this.#connectTimeout;
    return this.state === ConnectionState.CONNECTED ? this.#keepAlive.deadline(this.sender.lastSent, this.#lastReceived) : Infinity;
  }

  /** Does what is due at this time; to be called too often is harmless. */
  handleTimeout(now: number): void {
    if (now < this.nextDeadline()) return;
    // What is not read cannot be seen: while the handler holds a message, PINGRESP may be behind it.
    if (this.#keepAlive.asked >= 0 && this.#inbound.held) this.#lastReceived = now;
    else if (this.state === ConnectionState.CONNECTING) this.#close(new MqttError("transport", `the broker sent no CONNACK within ${this.#connectTimeout} ms: is it an MQTT broker?`, ReasonCode.SERVER_UNAVAILABLE));
    else if (this.#keepAlive.asked < 0) this.ping(now);
    else {
      const what = this.#pingUnsent ? "nothing could be sent for the length of Keep Alive" : "the broker did not answer a PINGREQ in time";
      this.#close(new MqttError("transport", `${what}: the link is dead`, ReasonCode.KEEP_ALIVE_TIMEOUT));
    }
  }

  /** The transport is gone, or never came to be. */
  closed(error: MqttError): void {
    this.#close(error);
  }

  /** The peer broke the protocol: says so, as far as the version allows (MQTT 5.0, 4.13), and ends. */
  #violation(reasonCode: number, type: number): void {
    const connected = this.state === ConnectionState.CONNECTED;
    if (this.#receiver.packet.version === 5 && this.sender.canSend(3)) this.sender.send(encodeDisconnect(this.sender.writer, PacketType.DISCONNECT, 5, reasonCode), this.sender.lastSent);
    const what =
      reasonCode === ReasonCode.PACKET_TOO_LARGE && connected ? `the broker sent a ${packetName(type)} that does not fit receiveBuffer or maximumPacketSize` : `the broker sent a wrong ${packetName(type)}`;
    this.#close(new MqttError("peer", `${what}: ${reasonText(reasonCode)}${connected ? "" : "; is it an MQTT broker?"}`, reasonCode));
  }

  #close(error: MqttError): void {
    if (this.state === ConnectionState.CLOSED) return;
    this.#end(error);
    this.#handler.onClose(error);
  }

  #end(error: MqttError): void {
    this.state = ConnectionState.CLOSED;
    this.sender.close();
    this.outbound.end(error);
  }
}
