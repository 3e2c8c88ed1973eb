import { configurationError, MqttError } from "../protocol/error.js";
import { PacketType } from "../protocol/codec/packet-type.js";
import { ReasonCode } from "../protocol/codec/reason-code.js";
import type { ReceivedPacket } from "../protocol/codec/received-packet.js";
import { hostNetwork, type Configuration } from "./common-options.js";
import { toConfiguration } from "./configuration.js";
import type {
  Client, ConnectedInfo, ConnectOptions, Payload, PreparedTopic, PreparedTopicOptions, PublishOptions, RequestOptions, Response,
} from "./options.js";
import { ReusedTopic } from "./prepared-topic.js";
import { PublishCall, toContent } from "./publish-call.js";
import { AT_ONCE, delayAfter, keepSession } from "./reconnection.js";
import { Requests } from "./requests.js";
import { Subscriber } from "./subscriptions.js";
import { toMqttError } from "./thrown.js";

/** Topic Aliases for prepared topics, where the broker takes them. */
const TOPIC_ALIASES = 8;

/** The client behind {@link connect}: a link that comes back, a queue before it, handlers behind it. */
export class ReconnectingClient extends Subscriber implements Client {
  /** Of the base: only its type is narrower here. */
  declare protected requests?: Requests;
  /** Whether the connection that stands goes on with its session. */
  private resumed?: boolean;
  /** The topic that was last published to by its name, encoded: mostly it is the next one's too. */
  private lastTopic?: string;
  private lastEncoded?: Uint8Array;
  /** Since when the connection stands. */
  private connectedAt?: number;
  /** Who waits for {@link ready}. */
  private waiters?: ((outcome: ConnectedInfo | Promise<never>) => void)[];
  /** Subscriptions that this program does not have are to be ended. */
  private sweeping?: boolean;
  /** A CONNECT since the last connection had no good answer: publications may not go before the next one, and a session may have begun unheard. */
  private unanswered?: boolean;

  constructor(configuration: Configuration) {
    super(configuration);
    this.deadline = this.now();
    this.wake();
  }

  get connected(): ConnectedInfo | undefined {
    if (this.connection === undefined || this.connectedAt === undefined) return undefined;
    return { version: this.configuration.version, resumed: this.resumed === true, id: this.configuration.clientId, properties: this.connection.announced };
  }

  get topicAliases(): number {
    return TOPIC_ALIASES;
  }

  protected override get early(): boolean {
    return this.configuration.early && !this.unanswered;
  }

  ready(): Promise<ConnectedInfo> {
    return new Promise((resolve) => {
      (this.waiters ??= []).push(resolve);
      this.tellWaiters();
    });
  }

  /** Tells whoever waits of the connection, or that there will be none. */
  private tellWaiters(): void {
    const waiters = this.waiters;
    const outcome = waiters && (this.ended ?? this.connected);
    if (!waiters || !outcome) return;
    delete this.waiters;
    while (waiters.length > 0) waiters.shift()?.(outcome instanceof MqttError ? Promise.reject(outcome) : outcome);
  }

  publish(topic: string, payload: Payload, options?: PublishOptions): Promise<number> {
    // Not in a promise's function: a handler may publish with little stack left.
    try {
      const call = new PublishCall(topic, options, topic === this.lastTopic ? this.lastEncoded : undefined, this);
      const content = toContent(payload);
      this.lastTopic = topic;
      this.lastEncoded = call.topic;
      if (this.ended !== undefined) throw this.ended;
      if (!this.submit(call, content))
        throw new MqttError("resource", "the queue is full: publish less, or set queue or queuePolicy", ReasonCode.QUOTA_EXCEEDED);
      return call.end();
    } catch (error) {
      return Promise.reject(toMqttError("configuration", error));
    }
  }

  topic(name: string, options: PreparedTopicOptions = {}): PreparedTopic {
    return new ReusedTopic(name, options, this);
  }

  async request(topic: string, payload: Payload, options: RequestOptions = {}): Promise<Response> {
    return (this.requests ??= new Requests(this)).send(topic, payload, options);
  }

  reauthenticate(): Promise<void> {
    return Promise.reject(configurationError("authenticator", "given for reauthenticate"));
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- what is thrown rejects
  async close(options: Parameters<Client["close"]>[0] = {}): Promise<void> {
    if (this.ended !== undefined) return;
    this.sendDue();
    this.connection?.disconnect(options.reasonCode ?? 0, options.properties, this.now());
    this.finish(new MqttError("transport", "the client was closed"));
  }

  override onTime(): void {
    const now = this.now();
    this.noteDirect();
    if (this.connection !== undefined) this.linkTimeout(now);
    else if (this.deadline !== undefined && now >= this.deadline) this.openLink();
    if (this.sweeping) {
      delete this.sweeping;
      this.dropStale();
    }
    this.requests?.expire(now);
    this.lookAgain();
    this.wake();
  }

  private wake(): void {
    this.noteDirect();
    this.wakeAt(this.linkDeadline());
  }

  override onPacket(packet: ReceivedPacket): void {
    const type = packet.type;
    if (type === PacketType.SUBACK || type === PacketType.UNSUBACK) {
      this.requestAnswered(packet);
      this.pumpRequests();
    } else if (type === PacketType.CONNACK && packet.reasonCode === 0) this.accepted(packet);
    // With a short Keep Alive the next PINGREQ is due before this PINGRESP would have been late.
    else if (type === PacketType.PINGRESP) this.wake();
  }

  private accepted(packet: ReceivedPacket): void {
    const configuration = this.configuration;
    keepSession(configuration, this.connection?.announced.assignedClientIdentifier);
    this.connectedAt = this.now();
    if (packet.sessionPresent) this.resumed = true;
    this.renewSubscriptions(packet.sessionPresent, this.unanswered === true);
    this.tellWaiters();
    if (packet.sessionPresent && this.kept) {
      // Not before who waits for the connection, or hears of it, has subscribed.
      this.sweeping = true;
      this.wakeAt(this.connectedAt);
    }
    // One object: each access makes another.
    const connected = configuration.onConnected && this.connected;
    if (connected) configuration.onConnected(connected);
  }

  override onWritable(): void {
    if (this.direct) return;
    if (this.connection?.looking) this.due = true;
    else this.sendDue();
  }

  /** Sends the requests and publications that wait, as far as there is room. */
  protected sendDue(): void {
    if (this.due) this.due = false;
    this.pumpRequests();
    this.drain();
  }

  override advance(): void {
    if (this.due) this.sendDue();
    this.wake();
  }

  override onClose(error: MqttError): void {
    const lasted = this.connectedAt === undefined ? -1 : this.now() - this.connectedAt;
    const greeted = this.connection?.greeted ?? false;
    this.release();
    const delay = delayAfter(this.configuration, error, lasted, greeted, this.session.established);
    if (lasted >= 0) delete this.unanswered;
    else if (greeted) this.unanswered = true;
    if (delay === Infinity) this.finish(error);
    else this.deadline = this.now() + delay;
    // First: what the application does in its callback must not keep the client from coming back.
    this.wake();
    // Asking again in MQTT 3.1.1 is part of connecting.
    if (delay === AT_ONCE) return;
    try {
      this.configuration.onDisconnected?.(error, this.ended !== undefined);
    } catch (thrown) {
      this.callbackFailed("onDisconnected", thrown);
    }
  }

  override report(error: MqttError): void {
    try {
      this.configuration.onError?.(error);
    } catch {
      // Nobody is left to be told; the host would end the program.
    }
  }

  private release(): void {
    this.closeLink();
    this.direct = this.crowded = undefined;
    delete this.connectedAt;
    delete this.resumed;
    this.forgetTakers();
    delete this.sweeping;
  }

  /** The end: everything pending is told. */
  private finish(error: MqttError): void {
    this.ended = error;
    this.release();
    this.stopTime();
    this.endPublishing(error);
    this.abandonSubscriptions(error);
    this.requests?.expire(Infinity, error);
    this.storage?.close?.();
    this.tellWaiters();
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
  const configuration = toConfiguration(url, options, hostNetwork());
  return configuration.authenticator?.client(configuration) ?? new ReconnectingClient(configuration);
}
