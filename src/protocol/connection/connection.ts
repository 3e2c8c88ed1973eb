import { configurationError, MqttError } from "../error.js";
import { encodeAcknowledgement } from "../codec/acknowledgement.js";
import { encodeConnect } from "../codec/connect.js";
import { packetName, PacketType } from "../codec/packet-type.js";
import { PacketWriter } from "../codec/packet-writer.js";
import type { DisconnectProperties, Properties, SubscribeProperties } from "../codec/property.js";
import { ReasonCode } from "../codec/reason-code.js";
import { peerError, reasonText } from "../codec/reason-text.js";
import { encodeSubscription, type Subscription } from "../codec/subscribe.js";
import type { Session } from "../session/session.js";
import { checkDisconnect, isClientsDisconnect, isExpectedAuth, isRightConnack, isUnwantedProblem } from "./checks.js";
import { Fate, type ConnectionHandler } from "./handler.js";
import { answerDeadline, pingDeadline } from "./keep-alive.js";
import { checkPacketSize, checkSubscriptions, maximumPacketSize } from "./limits.js";
import { ConnectionState } from "./publishing.js";
import { Receiver } from "./receiver.js";
import { ACKNOWLEDGEMENT_LENGTH, GONE, NOWHERE, type Transport } from "./sender.js";
import { Usual } from "./usual.js";

export { ConnectionState };

/**
 * One network connection to a server: what dies with the socket (MQTT 5.0, 3.1, 4.13). It does no I/O: bytes and the time are handed
 * in, bytes go out through a {@link Transport}, {@link nextDeadline} says when {@link handleTimeout} wants to be called.
 *
 * All times are milliseconds on one clock that never goes back. Nothing that a peer sends makes anything grow or throws.
 *
 * It is one object in layers, a file and a base class each, because an object of its own for each would cost an ESP32 half a kilobyte:
 * the way out, the server's limits, publications, received messages, and here what is said about the connection itself.
 */
export class Connection extends Usual {
  readonly packet: Receiver;
  /** The PINGREQ that is asked for could not be sent yet. */
  pingUnsent: boolean | undefined;

  /** @param receiveBuffer owned by the caller, used by one connection at a time. */
  constructor(session: Session, handler: ConnectionHandler, receiveBuffer: Uint8Array) {
    super(session, handler);
    this.packet = new Receiver(receiveBuffer);
  }

  /**
   * The transport is connected: sends the CONNECT.
   * @param early whether QoS 1 and 2 publications may follow before the CONNACK (MQTT 5.0, 3.1.4); only a session with nothing in flight
   * allows it, and no Authentication Method.
   * @param encoded the length of that CONNECT, where it stands in the send buffer already.
   * @throws MqttError (configuration, resource) for options that cannot be encoded; nothing has been sent then.
   */
  open(transport: Transport, writable: number, now: number, early?: boolean, encoded?: number): void {
    const packet = this.packet;
    const connect = this.handler.configuration;
    const length = encoded ?? encodeConnect(new PacketWriter(this.handler.sendBuffer), connect);
    if (length > writable) throw new MqttError("resource", `CONNECT takes ${length} bytes, the socket only ${writable}: shorten will, id or properties`);
    this.now = now;
    packet.version = connect.version;
    const maximum = connect.version === 5 ? connect.properties?.maximumPacketSize : undefined;
    if (maximum !== undefined) packet.maximumPacketSize = maximum;
    this.transport = transport;
    this.room = writable;
    if (writable < this.handler.sendBuffer.length) this.capacity = writable;
    this.openOutbound();
    this.state = ConnectionState.CONNECTING;
    this.send(length);
    // Enhanced authentication lets nothing but AUTH and DISCONNECT pass before the CONNACK (MQTT 5.0, 3.1.2-30).
    if (early && this.session.outgoing.count === 0 && connect.properties?.authenticationMethod === undefined) {
      this.early = true;
      this.handler.onWritable();
    }
  }

  /** Whether a CONNECT was sent, so that the silence or the end that followed is the server's. */
  get greeted(): boolean {
    return this.transport !== NOWHERE;
  }

  /** Whether nothing waits for room. */
  get idle(): boolean {
    return this.left + this.session.incoming.count + this.due === 0;
  }

  /** The transport takes that many bytes now. */
  writable(count: number, now: number): void {
    if (this.state === ConnectionState.CLOSED) return;
    this.now = now;
    this.room = count;
    if (this.capacity !== undefined && count > this.capacity) this.capacity = count;
    if (this.pingUnsent) {
      this.pingUnsent = false;
      this.due--;
      this.asked = undefined;
    }
    if (this.left && this.streams(count, now)) return;
    if (this.state === ConnectionState.CONNECTING && this.early) this.handler.onWritable();
    this.flush();
    this.receive(0, now);
  }

  /**
   * The transport takes that many bytes, while a payload is on its way. On the hot path: nothing else can be sent before it is, and nothing
   * waits to be looked at. @returns whether that is all; otherwise {@link writable} is to be called, with {@link room}.
   */
  streams(count: number, now: number): boolean {
    const streaming = this.streaming;
    this.room = count;
    if (!streaming || this.pingUnsent) return false;
    this.now = now;
    if (this.pump()) {
      this.tellStreamed(streaming, undefined);
      return false;
    }
    if (this.failure !== undefined) this.closed(this.failure);
    return true;
  }

  /** Sends what is due: a payload on its way, acknowledgements, what is to be resent; then asks for more. */
  private flush(): void {
    if (this.state !== ConnectionState.CONNECTED) return;
    if (this.left + this.session.incoming.count + this.due > 0) {
      const all = this.proceed() && this.flushInbound() && this.flushOutbound();
      if (this.failure !== undefined) this.closed(this.failure);
      if (!all && !this.pushing) return;
    }
    // What was told before may have ended the connection.
    if (this.mayPublishAt(0)) this.handler.onWritable();
  }

  /** `count` bytes have been put into {@link Receiver.space}, not while {@link paused}; with 0 what was there before is looked at. */
  receive(count: number, now: number): void {
    this.filled(count, now);
    if (this.receiveUsual()) this.receiveOther();
  }

  /** The first half of {@link receive}: takes note of the bytes. */
  filled(count: number, now: number): void {
    this.now = now;
    if (count === 0) return;
    if (this.asked !== undefined) this.lastReceived = now;
    this.packet.filled += count;
  }

  /** Goes on where {@link receiveUsual} has come upon something that is not usual. */
  receiveOther(): void {
    const packet = this.packet;
    // In one function, with few calls below it: handlers are called from here, and an ESP32-C3 has 6 KiB of stack.
    while (packet.next()) {
      let wrong = packet.fault;
      this.looking = true;
      if (wrong === 0) {
        if (packet.first >> 4 === PacketType.PUBLISH && this.state === ConnectionState.CONNECTED) wrong = this.delivered(packet);
        else if (!this.control(packet)) wrong = ReasonCode.PROTOCOL_ERROR;
      }
      if (wrong !== 0) this.violation(wrong, packet.first >> 4);
      this.looking = false;
      // Before the first message nothing is made for the next.
      if (packet.end === packet.filled || !this.receiveUsual()) return;
    }
  }

  /** The handler has taken the piece that it held; `take` as in {@link ConnectionHandler.onPublish}. Without such a piece nothing happens. */
  release(take: number, now: number): void {
    if (this.state !== ConnectionState.CONNECTED || !this.held || this.crowded || this.pubcomp !== undefined) return;
    this.now = now;
    this.taken(this.packet, take);
    this.receive(0, now);
  }

  /** Takes anything but a PUBLISH on a connection that stands. @returns false for what has no business here. */
  private control(packet: Receiver): boolean {
    const type = packet.first >> 4;
    const connected = this.state === ConnectionState.CONNECTED;
    let right: boolean;
    if (packet.propertiesEnd > 0 && isUnwantedProblem(packet, this.handler.configuration)) return false;
    // The frequent ones first.
    if (connected && type < PacketType.SUBACK) {
      if (type === PacketType.PUBREL) right = this.released(packet.identifier);
      else right = type !== PacketType.CONNACK && this.acknowledged(packet);
    } else if (type === PacketType.AUTH) right = isExpectedAuth(packet, this.handler.configuration, connected);
    // Not even DISCONNECT may come before CONNACK (MQTT 5.0, 3.14.0-1).
    else if (!connected) right = type === PacketType.CONNACK && this.connack(packet);
    else if (type === PacketType.DISCONNECT) {
      right = !isClientsDisconnect(packet);
      if (right) this.ended("disconnected", packet);
    } else if (type === PacketType.PINGRESP) {
      delete this.asked;
      delete this.lastReceived;
      right = true;
      // What it had to repeat or to release has come before.
      if (this.overrun) this.endOverrun();
    } else right = this.answered(packet);
    if (right) this.told(packet);
    return right;
  }

  /** The owner is told of a packet; an answer makes room. */
  private told(packet: Receiver): void {
    const first = packet.first;
    if (this.state === ConnectionState.CLOSED) return;
    // An acknowledgement of success says nothing else, whichever way it was taken up.
    if (this.handler.hearsAcknowledgements || first < 0x40 || first > 0x7f || packet.reasonCode > 0 || packet.propertiesEnd > 0) this.handler.onPacket(packet);
    this.flush();
  }

  /** @returns false for a CONNACK that does not go with the CONNECT. */
  private connack(packet: Receiver): boolean {
    const connect = this.handler.configuration;
    const session = this.session;
    if (packet.reasonCode !== 0) {
      // The server must not look at anything behind a CONNECT that it refuses (MQTT 5.0, 3.1.4-6).
      if (this.early) this.giveBack(Fate.UNSENT);
      // Whoever was told of a loss may have ended the connection.
      if (this.state === ConnectionState.CONNECTING) this.ended("refused the connection", packet);
      return true;
    }
    const announced = packet.properties;
    if (!isRightConnack(packet.sessionPresent, announced, connect, session.established)) return false;
    if (maximumPacketSize(announced) < ACKNOWLEDGEMENT_LENGTH) {
      this.closed(new MqttError("peer", "the broker's Maximum Packet Size is too small", ReasonCode.PACKET_TOO_LARGE));
      return true;
    }
    this.handler.onAccepted?.(announced);
    if (this.transport === GONE) return true;
    // In MQTT 3.1.1 it may be one that this side does not know: begun clean in MQTT 5.0, with an answer that never came.
    const resumed = packet.sessionPresent && session.established === true;
    const expiry = announced.sessionExpiryInterval ?? connect.properties?.sessionExpiryInterval ?? 0;
    const established = connect.version === 5 ? expiry > 0 : !connect.cleanStart;
    if (established || session.established) session.established = established;
    if (established) session.storage?.begun();
    this.announced = announced;
    this.startInbound(connect.properties?.topicAliasMaximum ?? 0, resumed);
    this.startOutbound(resumed);
    // What comes now is of other lengths.
    delete packet.view;
    delete packet.viewStart;
    // The same.
    if (this.state === ConnectionState.CONNECTING) this.state = ConnectionState.CONNECTED;
    return true;
  }

  /** The server ends the connection and says why. */
  private ended(what: string, packet: Receiver): void {
    const error = peerError(what, packet.reasonCode, packet.properties);
    this.handler.onPacket(packet);
    this.closed(error);
  }

  /** Sends a packet that was encoded in the send buffer. @returns false when there is no room now. @throws MqttError (configuration) when the server does not accept it. */
  sendEncoded(length: number): boolean {
    checkPacketSize(this.announced, length);
    if (!this.canSend(length)) return false;
    this.send(length);
    return true;
  }

  /**
   * Subscribes.
   * @param id a Packet Identifier of the caller's choice, 0 for the next one.
   * @returns the Packet Identifier that SUBACK will carry, or 0 when there is no room now.
   */
  subscribe(
    subscriptions: readonly Subscription[], properties: SubscribeProperties | Properties | undefined, now: number, id?: number, type: number = PacketType.SUBSCRIBE,
  ): number {
    const outgoing = this.session.outgoing;
    this.now = now;
    if (this.state !== ConnectionState.CONNECTED || this.left > 0 || !outgoing.hasRoomForRequest) return 0;
    if (subscriptions.length > 255) throw configurationError("the topic filters of a call", "at most 255");
    if (type === PacketType.SUBSCRIBE) checkSubscriptions(this.announced, subscriptions, properties);
    const identifier = id ? outgoing.checkFree(id) : outgoing.nextIdentifier();
    if (!this.sendEncoded(encodeSubscription(new PacketWriter(this.handler.sendBuffer), type, this.version, identifier, subscriptions, properties))) return 0;
    // SUBACK or UNSUBACK is awaited.
    outgoing.add(identifier, type + 1, subscriptions.length);
    return identifier;
  }

  /** Unsubscribes, as {@link subscribe}. @returns the Packet Identifier that UNSUBACK will carry, or 0 when there is no room now. */
  unsubscribe(filters: readonly string[], properties: Pick<Properties, "userProperty"> | undefined, now: number, id?: number): number {
    return this.subscribe(filters.map((filter) => ({ filter })), properties, now, id, PacketType.UNSUBSCRIBE);
  }

  /** Sends a PINGREQ. @returns false when there is no room now. */
  ping(now: number): boolean {
    const sent = this.canSend(2);
    this.now = now;
    this.asked ??= now;
    if (sent) this.send(this.encode(PacketType.PINGREQ, 0, undefined));
    else if (!this.pingUnsent) {
      this.pingUnsent = true;
      this.due++;
    }
    return sent;
  }

  /** Encodes PINGREQ, DISCONNECT or AUTH. Texts give way to the server's Maximum Packet Size (MQTT 5.0, 3.14.2-3, 3.15.2-2). @returns its length. */
  encode(type: number, reasonCode: number, properties: Properties | undefined): number {
    const writer = new PacketWriter(this.handler.sendBuffer);
    const length = encodeAcknowledgement(writer, type, this.version, 0, reasonCode, properties);
    if (properties === undefined || length <= maximumPacketSize(this.announced)) return length;
    const rest = {
      sessionExpiryInterval: properties.sessionExpiryInterval, authenticationMethod: properties.authenticationMethod, authenticationData: properties.authenticationData,
    };
    return encodeAcknowledgement(writer, type, this.version, 0, reasonCode, type === PacketType.AUTH || rest.sessionExpiryInterval ? rest : undefined);
  }

  /**
   * Ends the connection: sends DISCONNECT, after which nothing more is sent or called back. The owner closes the transport.
   * @returns whether the DISCONNECT was sent; not, when a payload is half-way, nor with another code than 0x00 in MQTT 3.1.1.
   */
  disconnect(reasonCode: number, properties: DisconnectProperties | undefined, now: number): boolean {
    let sent = false;
    checkDisconnect(reasonCode, properties, this.handler.configuration);
    this.now = now;
    // In MQTT 3.1.1 every DISCONNECT drops the will: to say anything but 0x00 is to send none.
    if (this.left === 0 && (reasonCode === 0 || this.version === 5) && (this.state === ConnectionState.CONNECTING || this.state === ConnectionState.CONNECTED)) {
      const length = this.encode(PacketType.DISCONNECT, reasonCode, properties);
      sent = length <= maximumPacketSize(this.announced) && this.canSend(length);
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
    const state = this.state;
    const { connectTimeout, keepAlive } = this.handler.configuration;
    if (state === ConnectionState.CONNECTING) return this.lastSent + connectTimeout;
    if (state !== ConnectionState.CONNECTED) return Infinity;
    const ping = this.pingUnsent ? Infinity : pingDeadline((this.announced.serverKeepAlive ?? keepAlive) * 1000, this.lastSent);
    return this.asked === undefined ? ping : Math.min(ping, answerDeadline(this.asked, this.lastReceived));
  }

  /** Does what is due at this time; to be called too often is harmless. */
  handleTimeout(now: number): void {
    let why: string;
    let code: number = ReasonCode.KEEP_ALIVE_TIMEOUT;
    if (now < this.nextDeadline()) return;
    if (this.state === ConnectionState.CONNECTING) {
      why = `the broker sent no CONNACK within ${this.handler.configuration.connectTimeout} ms: is it an MQTT broker?`;
      code = ReasonCode.SERVER_UNAVAILABLE;
    } else if (this.asked === undefined || now < answerDeadline(this.asked, this.lastReceived)) {
      this.ping(now);
      return;
    } else if (this.held && this.session.outgoing.count === 0 && this.canSend(ACKNOWLEDGEMENT_LENGTH)) {
      // What is not read cannot be seen: while the handler holds a message, PINGRESP may be behind it. So may be what the handler waits for: then
      // only the next connection can bring it. What waits for room to answer does so in vain.
      this.lastReceived = now;
      return;
    } else why = "the link is dead: there was no answer to a PINGREQ in time";
    this.closed(new MqttError("transport", why, code));
  }

  /** The peer broke the protocol: says so, as far as the version allows (MQTT 5.0, 4.13), and ends. */
  private violation(reasonCode: number, type: number): void {
    const connected = this.state === ConnectionState.CONNECTED;
    let wrong = "wrong ";
    let advice = connected ? "" : "; is it an MQTT broker?";
    if (connected && reasonCode === ReasonCode.PACKET_TOO_LARGE) {
      wrong = "";
      advice = ": it does not fit receiveBuffer or maximumPacketSize";
    }
    if (this.version === 5 && this.canSend(3)) this.send(this.encode(PacketType.DISCONNECT, reasonCode, undefined));
    this.closed(new MqttError("peer", `the broker sent a ${wrong}${packetName(type)}: ${reasonText(reasonCode)}${advice}`, reasonCode));
  }

  override closed(error: MqttError): void {
    if (this.state === ConnectionState.CLOSED) return;
    this.end(error);
    this.handler.onClose(error);
  }

  private end(error: MqttError): void {
    this.state = ConnectionState.CLOSED;
    this.endPublishing(error);
  }
}
