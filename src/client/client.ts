import { MqttError } from "../protocol/error.js";
import { PacketType } from "../protocol/codec/packet-type.js";
import { ReasonCode } from "../protocol/codec/reason-code.js";
import type { ReceivedPacket } from "../protocol/codec/received-packet.js";
import type { PublicationPayload } from "../protocol/session/publication.js";
import { Session } from "../protocol/session/session.js";
import { hostNetwork, type Configuration } from "./common-options.js";
import { toConfiguration } from "./configuration.js";
import type {
  Client, ConnectedInfo, ConnectOptions, MessageHandler, Payload, PreparedTopic, PreparedTopicOptions, PublishOptions, RequestOptions, Response, SubscribeOptions,
} from "./options.js";
import { ReusedTopic } from "./prepared-topic.js";
import { PublishCall, toContent } from "./publish-call.js";
import { AT_ONCE, delayAfter, keepSession } from "./reconnection.js";
import { Requests } from "./requests.js";
import { Subscriber } from "./subscriptions.js";

/** Topic Aliases for prepared topics, where the broker takes them. */
const TOPIC_ALIASES = 8;

interface Waiter {
  readonly resolve: (info: ConnectedInfo) => void;
  readonly reject: (error: MqttError) => void;
}

/** The client behind {@link connect}: a link that comes back, a queue before it, handlers behind it. */
class ReconnectingClient extends Subscriber implements Client {
  private requests: Requests | undefined;
  private info: ConnectedInfo | undefined;
  private connectedAt = 0;
  private reconnectAt: number;
  private waiters: Waiter[] | undefined;
  /** The last attempt got as far as a CONNACK, or was the first: publications may go before the next one. */
  private answered = true;

  constructor(configuration: Configuration) {
    super(configuration, new Session({ inFlight: configuration.inFlight, receiveMaximum: configuration.properties?.receiveMaximum }));
    // Who does not start clean vouches for being the one whose session the broker keeps.
    this.session.established = !configuration.cleanStart;
    this.reconnectAt = this.now();
    this.wake();
  }

  get connected(): ConnectedInfo | undefined {
    return this.info;
  }

  protected override get early(): boolean {
    return this.configuration.early && this.answered;
  }

  ready(): Promise<ConnectedInfo> {
    return new Promise((resolve, reject) => {
      if (this.info !== undefined) resolve(this.info);
      else if (this.ended !== undefined) reject(this.ended);
      else (this.waiters ??= []).push({ resolve, reject });
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
      if (this.ended !== undefined) throw this.ended;
      if (!this.submit(call, content))
        throw new MqttError("resource", `the queue of ${this.configuration.queue} publications is full: publish less, set queue larger or choose another queuePolicy`, ReasonCode.QUOTA_EXCEEDED);
    });
  }

  topic(name: string, options: PreparedTopicOptions = {}): PreparedTopic {
    return new ReusedTopic(name, options, this);
  }

  subscribe(filter: string, ...rest: [MessageHandler] | [SubscribeOptions, MessageHandler]): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.ended !== undefined) throw this.ended;
      const [options, handler] = rest.length === 1 ? [{}, rest[0]] : rest;
      this.addSubscription(filter, options, handler).then(resolve, reject);
      this.pumpRequests();
    });
  }

  unsubscribe(filter: string): Promise<number> {
    if (this.ended !== undefined) return Promise.reject(this.ended);
    const answer = this.removeSubscription(filter);
    this.pumpRequests();
    return answer ?? Promise.resolve(ReasonCode.NO_SUBSCRIPTION_EXISTED);
  }

  request(topic: string, payload: Payload, options: RequestOptions = {}): Promise<Response> {
    if (this.ended !== undefined) return Promise.reject(this.ended);
    this.requests ??= new Requests(this, Math.max(this.configuration.queue, this.configuration.inFlight));
    const response = this.requests.send(topic, payload, options, this.now());
    this.wake();
    return response;
  }

  close(options: Parameters<Client["close"]>[0] = {}): Promise<void> {
    return new Promise((resolve) => {
      if (this.ended === undefined) {
        this.sendDue();
        this.connection?.disconnect(options.reasonCode ?? 0, options.properties, this.now());
        this.finish(new MqttError("transport", "the client was closed"));
      }
      resolve();
    });
  }

  protected override onTime(): void {
    const now = this.now();
    this.linkTimeout(now);
    if (now >= this.reconnectAt) {
      this.reconnectAt = Infinity;
      this.openLink(TOPIC_ALIASES);
    }
    this.requests?.expire(now);
    this.wake();
  }

  private wake(): void {
    const link = this.connection === undefined ? this.reconnectAt : this.linkDeadline();
    const request = this.requests?.deadline ?? Infinity;
    this.wakeAt(link < request ? link : request);
  }

  override onPacket(packet: ReceivedPacket): void {
    const { type } = packet;
    if (type === PacketType.SUBACK || type === PacketType.UNSUBACK) {
      this.requestAnswered(packet);
      this.pumpRequests();
    } else if (type === PacketType.CONNACK && packet.reasonCode === 0) this.accepted(packet);
  }

  private accepted(packet: ReceivedPacket): void {
    const { configuration } = this;
    const { properties, sessionPresent: resumed, version } = packet;
    keepSession(configuration, properties.assignedClientIdentifier);
    const info = { version, resumed, id: configuration.clientId, properties };
    this.connectedAt = this.now();
    this.info = info;
    if (!resumed) this.forgetGrants();
    this.pumpRequests();
    const { waiters } = this;
    this.waiters = undefined;
    waiters?.forEach((waiter) => waiter.resolve(info));
    configuration.onConnected?.(info);
  }

  override onWritable(): void {
    if (this.direct !== undefined && !this.requestsDue) return;
    if (this.connection?.looking) this.due = true;
    else this.sendDue();
  }

  /** Sends the requests and publications that wait, as far as there is room. */
  private sendDue(): void {
    this.pumpRequests();
    this.drain();
  }

  protected override advance(): void {
    if (this.due) this.sendDue();
    this.wake();
  }

  override onClose(error: MqttError): void {
    const connected = this.info !== undefined;
    const greeted = this.connection?.greeted ?? false;
    this.release();
    // What cannot even be encoded will not get better.
    const final = !connected && error.kind === "configuration";
    const delay = delayAfter(this.configuration, error, connected ? this.now() - this.connectedAt : -1, greeted);
    this.answered = connected;
    if (final || delay === Infinity) this.finish(error);
    else this.reconnectAt = this.now() + (delay === AT_ONCE ? 0 : delay);
    // First: what the application does in its callback must not keep the client from coming back.
    this.wake();
    // Asking again in MQTT 3.1.1 is part of connecting.
    if (final || delay !== AT_ONCE) this.configuration.onDisconnected?.(error, this.ended !== undefined);
  }

  protected override callbackFailed(error: unknown): void {
    this.report(new MqttError("configuration", `a callback failed: ${error instanceof Error ? error.message : String(error)}`));
  }

  override report(error: MqttError): void {
    this.configuration.onError?.(error);
  }

  private release(): void {
    this.closeLink();
    this.info = undefined;
    this.forgetRequests();
  }

  /** The end: everything pending is told. */
  private finish(error: MqttError): void {
    const { waiters } = this;
    this.ended = error;
    this.release();
    this.reconnectAt = Infinity;
    this.stopTime();
    this.endPublishing(error);
    this.abandonSubscriptions(error);
    this.requests?.expire(Infinity, error);
    this.waiters = undefined;
    waiters?.forEach((waiter) => waiter.reject(error));
  }
}

/**
 * Connects to a broker and stays connected.
 *
 * @param url `mqtt://host:port`, `mqtts://...`, or the options alone.
 * @returns at once; `ready()` tells when the connection stands, and publishing works before that, through the queue.
 * @throws MqttError (configuration) naming a wrong option and what it may be.
 */
export function connect(url: string | ConnectOptions, options?: ConnectOptions): Client {
  return new ReconnectingClient(toConfiguration(url, options, hostNetwork()));
}
