import type { Authenticator } from "../authentication/authenticator.js";
import type { ConnectProperties, DisconnectProperties, Properties, PublishProperties, SubscribeProperties, WillProperties } from "../protocol/codec/property.js";
import type { MqttError } from "../protocol/error.js";
import type { PayloadSource } from "../protocol/session/publication.js";
import type { SessionStorage } from "../protocol/session/session-storage.js";
import type { SocketOptions, ResolverOptions } from "./ecma-419.js";

export type { PayloadSource };

/** Quality of Service (MQTT 5.0, 4.3): 0 at most once, 1 at least once, 2 exactly once. */
export type QoS = 0 | 1 | 2;

/** What can be published. Bytes are not copied: leave them unchanged until the call has settled. */
export type Payload = string | Uint8Array | ArrayBuffer | PayloadSource;

/** The message that the broker publishes when the client disappears (MQTT 5.0, 3.1.2.5). */
export interface Will {
  readonly topic: string;
  /** Default: empty. */
  readonly payload?: string | Uint8Array | ArrayBuffer;
  readonly qos?: QoS;
  readonly retain?: boolean;
  /** MQTT 5.0 only: Will Delay Interval and the like. */
  readonly properties?: WillProperties;
}

/** What to do with a publication that no longer fits the offline queue. */
export type QueuePolicy = "reject" | "drop-oldest" | "newest-per-topic";

export interface ConnectedInfo {
  /** Protocol Version of the connection: 5 or 4 (MQTT 3.1.1). */
  readonly version: 4 | 5;
  /** Whether the broker still had the session (Session Present): what was in flight goes on, subscriptions stand. */
  readonly resumed: boolean;
  /** The Client Identifier in use, assigned by the broker where the option `id` was empty. */
  readonly id: string;
  /** The properties of the CONNACK; empty in MQTT 3.1.1. */
  readonly properties: Properties;
}

/** Options of {@link connect}. All times are in milliseconds, as everywhere in ECMA-419; properties carry MQTT's own seconds. */
export interface ConnectOptions {
  /** Name or address of the broker. Required unless a URL gives it. */
  readonly host?: string;
  /** 1 to 65535. Default 1883, with TLS 8883. */
  readonly port?: number;
  /** Client Identifier. Default: empty, the broker assigns one. */
  readonly id?: string;
  readonly user?: string;
  readonly password?: string | Uint8Array | ArrayBuffer;
  /** 5 or 4 (MQTT 3.1.1) and no other; default: 5, falling back to 4 when the broker refuses version 5. */
  readonly version?: 4 | 5;
  /** Keep Alive in milliseconds, 0 (off) to 65,535,000, sent in whole seconds. Default 60,000. */
  readonly keepAlive?: number;
  /** Clean Start at the first connection: forget what the broker kept of an earlier run. Default true. */
  readonly clean?: boolean;
  /**
   * Send publications right behind CONNECT, before the CONNACK (MQTT 5.0, 3.1.4): one round trip less for a node that wakes, reports and
   * sleeps. Nothing is lost when the broker refuses: what was sent early counts only when it is acknowledged, QoS 0 publications wait for
   * the CONNACK. With an Authentication Method all do. Default false.
   */
  readonly early?: boolean;
  /**
   * Keeps the session over restarts: a `SessionStore` over flash, or over memory that outlives a sleep. Needs an `id`. The session is taken
   * up again where it was; that of another broker or `id` is forgotten. Subscriptions that the broker holds from an earlier start and that are not made
   * again by the end of the turn in which the connection stands are ended. Default: the session lives as long as the client.
   */
  readonly storage?: SessionStorage;
  /**
   * Enhanced authentication (MQTT 5.0, 4.12): `scramSha256(...)`, or `new Authenticator(...)` for a method of your own. There is no falling
   * back to MQTT 3.1.1 then, and no `early`. The exchange counts as waiting for the CONNACK: see `connectTimeout`.
   */
  readonly authenticator?: Authenticator;
  readonly will?: Will;
  /**
   * CONNECT properties. Default Session Expiry Interval: 3,600 s, so that a lost link does not lose the session. Default Receive Maximum: 20; a
   * broker of MQTT 3.1.1 is not told, and should not have more in flight to a session that stays (docs/decisions/0021).
   */
  readonly properties?: ConnectProperties;

  /** Receive buffer in bytes, 64 to 65,536: header, topic and properties of one packet must fit. Default 512. */
  readonly receiveBuffer?: number;
  /** Send buffer in bytes, 64 to 65,536: any packet but the payload of a PUBLISH must fit. Default 256. */
  readonly sendBuffer?: number;
  /** QoS 1 and 2 publications unacknowledged at once, 1 to 255. Default 8. */
  readonly inFlight?: number;
  /** Publications kept while they cannot be sent, 0 to 65,535. Default 16. */
  readonly queue?: number;
  /** Default "reject". */
  readonly queuePolicy?: QueuePolicy;

  /** Longest wait for the socket and then for the CONNACK. Default 30,000. */
  readonly connectTimeout?: number;
  /** Ceilings of exponential backoff with full jitter: each delay is drawn evenly from 0 to a ceiling that doubles from `minimum` to `maximum`. Defaults 1,000 and 60,000. */
  readonly reconnect?: false | { readonly minimum?: number; readonly maximum?: number; /** A connection that lasted this long resets the backoff. Default 10,000. */ readonly stable?: number };

  /** ECMA-419 socket to use instead of the device's own: `{io, ...}`. For WebSocket, `webSocket` makes it of a URL. */
  readonly socket?: SocketOptions;
  /** ECMA-419 resolver to use instead of the device's own: `{io, ...}`. */
  readonly dns?: ResolverOptions;

  readonly onConnected?: (info: ConnectedInfo) => void;
  /** The connection is gone; `error` says why. The client comes back by itself unless `final`. */
  readonly onDisconnected?: (error: MqttError, final: boolean) => void;
  /** Something went wrong that belongs to no call and ended no connection, e.g. a handler that threw. */
  readonly onError?: (error: MqttError) => void;
}

export interface PublishOptions {
  /** Default 0. */
  readonly qos?: QoS;
  /**
   * "flash": accepted only when it is safe in the client's `storage`, and sent even after a restart; QoS 1 and 2 only. Default "memory".
   */
  readonly durability?: "memory" | "flash";
  readonly retain?: boolean;
  /** MQTT 5.0 only; ignored on a 3.1.1 connection. */
  readonly properties?: PublishProperties;
}

export interface SubscribeOptions {
  /** Highest QoS at which the broker may deliver. Default 0. */
  readonly qos?: QoS;
  /** MQTT 5.0: do not send back what this client published itself. */
  readonly noLocal?: boolean;
  /** MQTT 5.0: keep the RETAIN flag as the publisher set it. */
  readonly retainAsPublished?: boolean;
  /**
   * MQTT 5.0: 0 send retained messages, 1 only for a new subscription, 2 never. Default 0. With 1 and 2 nothing is sent after a restart where the
   * `storage` knows that the broker holds the subscription.
   */
  readonly retainHandling?: 0 | 1 | 2;
  /**
   * Take payloads larger than the receive buffer, in pieces. Without it such a message is refused and reported. At QoS 1 and 2 a message
   * that a lost connection cut short comes again from `offset` 0.
   */
  readonly pieces?: boolean;
  /**
   * MQTT 5.0. With a `subscriptionIdentifier` the messages go to this handler that the broker sends for this subscription, and no other. Give
   * one to each of several subscriptions that overlap: some brokers send a message once for each, and without it each copy goes to all.
   */
  readonly properties?: SubscribeProperties;
}

export interface UnsubscribeOptions {
  /** MQTT 5.0: User Properties. */
  readonly properties?: Pick<SubscribeProperties, "userProperty">;
}

/** A message in the hands of a handler: valid during the call only. Copy what is to stay. */
export interface Message {
  /** The Topic Name; decoded at each access. */
  readonly topic: string;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly duplicate: boolean;
  /** Length of the whole payload in bytes. */
  readonly byteLength: number;
  /** Where this piece begins in the payload: 0 unless the payload comes in pieces. */
  readonly offset: number;
  /** Whether further pieces follow. */
  readonly more: boolean;
  /** A view of this piece, made at each access. The allocation-free way is `bytes` from `start` to `end`. */
  readonly payload: Uint8Array;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** The properties of the PUBLISH, decoded at each access; empty in MQTT 3.1.1. */
  readonly properties: Properties;
  /** The payload as UTF-8 text. Throws when it comes in pieces or is not UTF-8. */
  text(): string;
  /** The payload as JSON. Throws when it comes in pieces, is not JSON or is nested deeper than 32 levels. */
  json(): unknown;
  /** Whether the Topic Name has exactly these UTF-8 bytes; allocates nothing. */
  topicEquals(topic: Uint8Array): boolean;
}

/** Takes a message; a promise delays the acknowledgement of a QoS 1 or 2 message until it settles. */
export type MessageHandler = (message: Message) => void | Promise<void>;

export interface RequestOptions extends Omit<PublishOptions, "durability"> {
  /** Default 10,000. */
  readonly timeout?: number;
  /** Default: a topic of this client's own. */
  readonly responseTopic?: string;
}

/** A response is copied out of the receive buffer. */
export interface Response {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly properties: Properties;
}

/** A topic encoded once: publishing through it allocates nothing. */
export interface PreparedTopic {
  readonly name: string;
  /**
   * Publishes at the QoS and with the properties the topic was prepared with. The payload is not copied: it must stay as it is until
   * `onSettled`, which at QoS 0 usually comes before this returns.
   * @returns false when neither link nor queue can take it now, or the client has ended: nothing was sent and nothing is kept.
   * @throws MqttError (configuration) for what the broker's limits forbid, (resource) when the header does not fit the send buffer.
   */
  publish(payload: Uint8Array): boolean;
  /** Publishes a payload that comes while it is sent, under the same terms as {@link publish}; `onSettled` gets an empty array for it. */
  stream(source: PayloadSource): boolean;
}

export interface PreparedTopicOptions extends PublishOptions {
  /**
   * A publication is done and its buffer is yours again: `reasonCode` is below 0x80 when it was acknowledged, at QoS 0 when the socket has
   * it all; 0x80 or above when it was refused, dropped or given up.
   */
  readonly onSettled?: (reasonCode: number, payload: Uint8Array) => void;
}

/** The comfortable client. Every promise rejects with an {@link MqttError}. */
export interface Client {
  /** What is known of the connection; undefined while there is none. Made anew at each access: only its `properties` are the same object as long as it stands. */
  readonly connected: ConnectedInfo | undefined;
  /** Resolves at the next (or present) connection; rejects when the client gives up or is closed. */
  ready(): Promise<ConnectedInfo>;
  /**
   * Publishes, now or once there is a connection.
   * @returns at QoS 0 once the socket has it, at QoS 1 once acknowledged, at QoS 2 once complete: the Reason Code, below 0x80.
   */
  publish(topic: string, payload: Payload, options?: PublishOptions): Promise<number>;
  /** Prepares a topic for publishing often. */
  topic(name: string, options?: PreparedTopicOptions): PreparedTopic;
  /** Subscribes and keeps the subscription over reconnections. @returns the granted QoS. */
  subscribe(filter: string, handler: MessageHandler): Promise<number>;
  subscribe(filter: string, options: SubscribeOptions, handler: MessageHandler): Promise<number>;
  /** @returns the Reason Code: 0, or 0x11 when the broker knew of no such subscription. */
  unsubscribe(filter: string, options?: UnsubscribeOptions): Promise<number>;
  /**
   * Publishes a request and waits for its response: by Response Topic and Correlation Data, MQTT 5.0 only. As many may wait at once as
   * `queue` has room for. Each Response Topic stays subscribed to.
   */
  request(topic: string, payload: Payload, options?: RequestOptions): Promise<Response>;
  /**
   * Authenticates again on the connection that stands (MQTT 5.0, 4.12.1), as when credentials are about to end; publishing goes on meanwhile.
   * @returns once the server has accepted. When it refuses, or is refused, or takes longer than `connectTimeout`, the connection ends too and
   * the client comes back as usual. Rejects at once, and nothing else happens, where there is no connection or no `authenticator`.
   */
  reauthenticate(): Promise<void>;
  /**
   * Sends what is due and DISCONNECT, closes the socket and ends the client: what is still pending rejects; what is kept in `storage` is sent at the
   * next start all the same. While a payload is half-way no
   * DISCONNECT can be sent, and the broker publishes the will. It does so too at `reasonCode` 0x04, for which MQTT 3.1.1 has no DISCONNECT.
   */
  close(options?: { readonly reasonCode?: 0x00 | 0x04; readonly properties?: DisconnectProperties }): Promise<void>;
}
