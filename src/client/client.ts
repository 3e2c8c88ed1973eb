import { MqttError } from "../protocol/error.js";
import { PacketType } from "../protocol/codec/packet-type.js";
import { ReasonCode } from "../protocol/codec/reason-code.js";
import type { ReceivedPacket } from "../protocol/codec/received-packet.js";
import { Connection, ConnectionState } from "../protocol/connection/connection.js";
import type { ConnectionHandler } from "../protocol/connection/handler.js";
import type { Publication, PublicationPayload } from "../protocol/session/publication.js";
import { Session } from "../protocol/session/session.js";
import { Clock } from "./clock.js";
import { PING_TIMEOUT, type Configuration } from "./common-options.js";
import { toConfiguration, type NetworkProvider } from "./configuration.js";
import { Link } from "./link.js";
import type {
  Client, ConnectedInfo, ConnectOptions, MessageHandler, Payload, PreparedTopic, PreparedTopicOptions, PublishOptions, RequestOptions, Response, SubscribeOptions,
} from "./options.js";
import { ReusedTopic } from "./prepared-topic.js";
import { PublishCall, toContent } from "./publish-call.js";
import { Publisher } from "./publisher.js";
import { AT_ONCE, delayAfter, keepSession } from "./reconnection.js";
import { Requests } from "./requests.js";
import { Subscriptions } from "./subscriptions.js";

/** Topic Aliases for prepared topics, where the broker takes them. */
const TOPIC_ALIASES = 8;

interface Waiter {
  readonly resolve: (info: ConnectedInfo) => void;
  readonly reject: (error: MqttError) => void;
}

/** The client behind {@link connect}: a link that comes back, a queue before it, handlers behind it. */
class ReconnectingClient implements Client, ConnectionHandler {
  readonly #configuration: Configuration;
  readonly #session: Session;
  readonly #receiveBuffer: Uint8Array;
  readonly #sendBuffer: Uint8Array;
  readonly #publisher: Publisher;
  readonly #subscriptions: Subscriptions;
  #requests: Requests | undefined;
  readonly #clock: Clock;
  #connection: Connection | undefined;
  #link: Link | undefined;
  #info: ConnectedInfo | undefined;
  #connectedAt = 0;
  #reconnectAt: number;
  #waiters: Waiter[] = [];
  /** Why the client has ended. */
  #ended: MqttError | undefined;

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
    this.#session = new Session({ inFlight: configuration.inFlight, receiveMaximum: configuration.properties?.receiveMaximum });
    // Who does not start clean vouches for being the one whose session the broker keeps.
    this.#session.established = !configuration.cleanStart;
    this.#receiveBuffer = new Uint8Array(configuration.receiveBuffer);
    this.#sendBuffer = new Uint8Array(configuration.sendBuffer);
    this.#publisher = new Publisher(configuration.queue, configuration.inFlight, configuration.queuePolicy, (error) => this.#report(error));
    this.#subscriptions = new Subscriptions((error) => this.#report(error));
    this.#clock = new Clock(() => this.#onTime());
    this.#reconnectAt = this.#clock.now();
    this.#wake();
  }

  get connected(): ConnectedInfo | undefined {
    return this.#info;
  }

  ready(): Promise<ConnectedInfo> {
    return new Promise((resolve, reject) => {
      if (this.#info !== undefined) resolve(this.#info);
      else if (this.#ended !== undefined) reject(this.#ended);
      else this.#waiters.push({ resolve, reject });
    });
  }

  publish(topic: string, payload: Payload, options: PublishOptions = {}): Promise<number> {
    let call: PublishCall;
    let content: PublicationPayload;
    // Encoded here and not in the promise's function: a handler may publish with little stack left.
    try {
      call = new PublishCall(topic, options);
      content = toContent(payload);
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
    return new Promise((resolve, reject) => {
      call.resolve = resolve;
      call.reject = reject;
      if (this.#ended !== undefined) throw this.#ended;
      if (!this.#publisher.submit(call, content, this.#clock.now()))
        throw new MqttError("resource", `the queue of ${this.#configuration.queue} publications is full: publish less, set queue larger or choose another queuePolicy`, ReasonCode.QUOTA_EXCEEDED);
    });
  }

  topic(name: string, options: PreparedTopicOptions = {}): PreparedTopic {
    return new ReusedTopic(name, options, (publication, payload) => this.#publisher.submit(publication, payload, this.#clock.now()));
  }

  subscribe(filter: string, ...rest: [MessageHandler] | [SubscribeOptions, MessageHandler]): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) throw this.#ended;
      const [options, handler] = rest.length === 1 ? [{}, rest[0]] : rest;
      this.#subscriptions.add(filter, options, handler).then(resolve, reject);
      this.#request();
    });
  }

  unsubscribe(filter: string): Promise<number> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const answer = this.#subscriptions.remove(filter);
    this.#request();
    return answer ?? Promise.resolve(ReasonCode.NO_SUBSCRIPTION_EXISTED);
  }

  request(topic: string, payload: Payload, options: RequestOptions = {}): Promise<Response> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    this.#requests ??= new Requests(this, Math.max(this.#configuration.queue, this.#configuration.inFlight));
    const response = this.#requests.send(topic, payload, options, this.#clock.now());
    this.#wake();
    return response;
  }

  close(options: Parameters<Client["close"]>[0] = {}): Promise<void> {
    return new Promise((resolve) => {
      if (this.#ended === undefined) {
        this.#send();
        this.#connection?.disconnect(options.reasonCode ?? 0, options.properties, this.#clock.now());
        this.#finish(new MqttError("transport", "the client was closed"));
      }
      resolve();
    });
  }

  #request(): void {
    if (this.#connection?.state === ConnectionState.CONNECTED) this.#subscriptions.pump(this.#connection, this.#clock.now());
  }

  #onTime(): void {
    const now = this.#clock.now();
    this.#link?.handleTimeout(now);
    if (now >= this.#reconnectAt) this.#open();
    this.#requests?.expire(now);
    this.#wake();
  }

  #wake(): void {
    const link = this.#link?.nextDeadline() ?? this.#reconnectAt;
    const request = this.#requests?.deadline ?? Infinity;
    this.#clock.wakeAt(link < request ? link : request);
  }

  #open(): void {
    this.#reconnectAt = Infinity;
    this.#connection = new Connection(this.#session, this, {
      receiveBuffer: this.#receiveBuffer, sendBuffer: this.#sendBuffer,
      connectTimeout: this.#configuration.connectTimeout, pingTimeout: PING_TIMEOUT, topicAliases: TOPIC_ALIASES,
    });
    this.#publisher.beginConnection(this.#connection);
    this.#link = new Link(this.#configuration, this.#connection, this.#configuration, this.#clock, () => this.#advance());
    this.#link.open();
  }

  onPacket(packet: ReceivedPacket): void {
    if (packet.type === PacketType.CONNACK && packet.reasonCode === 0) this.#connected(packet);
    else if (packet.type === PacketType.SUBACK || packet.type === PacketType.UNSUBACK) {
      this.#subscriptions.answered(packet);
      this.#request();
    }
  }

  #connected(packet: ReceivedPacket): void {
    const { properties, sessionPresent: resumed, version } = packet;
    keepSession(this.#configuration, properties.assignedClientIdentifier);
    this.#connectedAt = this.#clock.now();
    this.#info = { version, resumed, id: this.#configuration.clientId, properties };
    this.#subscriptions.started(resumed);
    this.#request();
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.resolve(this.#info);
    this.#configuration.onConnected?.(this.#info);
  }

  onPublish(packet: ReceivedPacket): number {
    const connection = this.#connection;
    const { identifier } = packet;
    return this.#subscriptions.deliver(packet, (reasonCode, held) => {
      const now = this.#clock.now();
      if (held) connection?.release(reasonCode, now);
      else if (identifier !== 0) connection?.acknowledge(identifier, reasonCode, now);
      if (connection === this.#connection) this.#link?.read();
      this.#advance();
    });
  }

  onSettled(publication: Publication, payload: PublicationPayload, reasonCode: number, _packet: ReceivedPacket | undefined, error: MqttError | undefined): void {
    this.#publisher.settle(publication, payload, reasonCode, error);
  }

  onLost(publication: Publication, payload: PublicationPayload, released: boolean): void {
    this.#publisher.lost(publication, payload, released);
  }

  onWritable(): void {
    if (this.#connection?.looking) this.#publisher.due = true;
    else this.#send();
  }

  /** Sends the requests and publications that wait, as far as there is room. */
  #send(): void {
    this.#request();
    if (this.#connection?.state === ConnectionState.CONNECTED) this.#publisher.drain(this.#clock.now());
  }

  /** After bytes were handed in, with little on the stack: does what they made due. */
  #advance(): void {
    if (this.#publisher.due) this.#send();
    this.#wake();
  }

  onClose(error: MqttError): void {
    const connected = this.#info !== undefined;
    const greeted = this.#connection?.greeted ?? false;
    this.#release();
    // What cannot even be encoded will not get better.
    const final = !connected && error.kind === "configuration";
    const delay = delayAfter(this.#configuration, error, connected ? this.#clock.now() - this.#connectedAt : -1, greeted);
    if (final || delay === Infinity) this.#finish(error);
    else this.#reconnectAt = this.#clock.now() + (delay === AT_ONCE ? 0 : delay);
    // First: what the application does in its callback must not keep the client from coming back.
    this.#wake();
    // Asking again in MQTT 3.1.1 is part of connecting.
    if (final || delay !== AT_ONCE) this.#configuration.onDisconnected?.(error, this.#ended !== undefined);
  }

  #report(error: MqttError): void {
    this.#configuration.onError?.(error);
  }

  #release(): void {
    this.#link?.close();
    this.#link = this.#connection = this.#publisher.connection = this.#info = undefined;
    this.#subscriptions.ended();
  }

  /** The end: everything pending is told. */
  #finish(error: MqttError): void {
    this.#ended = error;
    this.#release();
    this.#reconnectAt = Infinity;
    this.#clock.close();
    this.#publisher.end(error, this.#session.outgoing);
    this.#subscriptions.abandon(error);
    this.#requests?.expire(Infinity, error);
    for (const waiter of this.#waiters) waiter.reject(error);
    this.#waiters = [];
  }
}

/** The host's own provider: a global in Moddable and in the simulator, absent on Node. */
declare const device: { readonly network?: NetworkProvider } | undefined;

/**
 * Connects to a broker and stays connected.
 *
 * @param url `mqtt://host:port`, `mqtts://...`, or the options alone.
 * @returns at once; `ready()` tells when the connection stands, and publishing works before that, through the queue.
 * @throws MqttError (configuration) naming a wrong option and what it may be.
 */
export function connect(url: string | ConnectOptions, options?: ConnectOptions): Client {
  return new ReconnectingClient(toConfiguration(url, options, typeof device === "undefined" ? undefined : device.network));
}
