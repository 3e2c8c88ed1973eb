import { checkInteger, checkNames, MqttError } from "../protocol/error.js";
import { ReasonCode } from "../protocol/codec/reason-code.js";
import type { Client, ConnectedInfo, Message, Payload, RequestOptions, Response } from "./options.js";

interface PendingRequest {
  readonly correlationData: number;
  readonly deadline: number;
  readonly resolve: (response: Response) => void;
  readonly reject: (error: MqttError) => void;
  /** Sends it; undefined once that has begun. */
  begin: ((info: ConnectedInfo) => void) | undefined;
}

const CORRELATION_LENGTH = 4;

function correlationOf(bytes: unknown): number {
  if (!(bytes instanceof Uint8Array) || bytes.length !== CORRELATION_LENGTH) return -1;
  return (((bytes[0] ?? 0) << 24) | ((bytes[1] ?? 0) << 16) | ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0)) >>> 0;
}

/** Requests that wait for their response (MQTT 5.0, 4.10). */
export class Requests {
  readonly #client: Client;
  readonly #maximum: number;
  readonly #pending: PendingRequest[] = [];
  /** Response Topics that are subscribed to, or about to be. */
  readonly #topics: { readonly topic: string; readonly subscribed: Promise<number> }[] = [];
  // Random, so that no response to a request of an earlier run is taken for one of this.
  #correlationData = Math.floor(Math.random() * 0xffffffff);
  readonly #name = this.#correlationData.toString(16);

  /** @param maximum requests that may wait at once. */
  constructor(client: Client, maximum: number) {
    this.#client = client;
    this.#maximum = maximum;
  }

  /**
   * Sends a request, once there is a connection.
   * @param now gives the time; deadlines are kept on it. @param wake called when there is a new deadline.
   */
  send(topic: string, payload: Payload, options: RequestOptions, now: () => number, wake: () => void): Promise<Response> {
    return new Promise((resolve, reject) => {
      checkNames("the option", options, "qos retain properties timeout responseTopic");
      const timeout = checkInteger("timeout", options.timeout ?? 10_000, 1, 0x7fffffff);
      if (this.#pending.length >= this.#maximum)
        throw new MqttError("resource", `${this.#maximum} requests wait for their response: wait for one, or set queue larger`, ReasonCode.QUOTA_EXCEEDED);
      const correlationData = (this.#correlationData = (this.#correlationData + 1) >>> 0);
      const begin = (info: ConnectedInfo): void => {
        this.#publish(topic, payload, options, correlationData, info).catch((error: unknown) =>
          this.#take(correlationData)?.reject(error instanceof MqttError ? error : new MqttError("transport", String(error))),
        );
      };
      const { connected } = this.#client;
      this.#pending.push({ correlationData, deadline: now() + timeout, resolve, reject, begin: connected === undefined ? begin : undefined });
      wake();
      if (connected !== undefined) begin(connected);
    });
  }

  /** There is a connection: sends what waited for one. */
  connected(info: ConnectedInfo): void {
    for (const request of this.#pending) {
      const { begin } = request;
      request.begin = undefined;
      begin?.(info);
    }
  }

  async #publish(topic: string, payload: Payload, options: RequestOptions, correlation: number, info: ConnectedInfo): Promise<void> {
    if (info.version === 4) throw new MqttError("configuration", "request needs MQTT 5.0: a 3.1.1 connection has no Response Topic");
    const responseTopic = options.responseTopic ?? `${info.properties.responseInformation ?? "xs-mqtt/response"}/${this.#name}`;
    await this.#listen(responseTopic);
    // It may have waited too long for this.
    if (!this.#pending.some(({ correlationData }) => correlationData === correlation)) return;
    const correlationData = Uint8Array.of(correlation >>> 24, correlation >>> 16, correlation >>> 8, correlation);
    const { qos = 0, retain = false } = options;
    await this.#client.publish(topic, payload, { qos, retain, properties: { ...options.properties, responseTopic, correlationData } });
  }

  /** Subscribes to a Response Topic once, however many requests begin meanwhile. */
  #listen(topic: string): Promise<number> {
    const known = this.#topics.find((other) => other.topic === topic);
    if (known !== undefined) return known.subscribed;
    const subscribed = this.#client.subscribe(topic, { qos: 1 }, (message) => this.#received(message));
    const entry = { topic, subscribed };
    this.#topics.push(entry);
    subscribed.catch(() => this.#topics.splice(this.#topics.indexOf(entry), 1));
    return subscribed;
  }

  #take(correlationData: number): PendingRequest | undefined {
    const index = this.#pending.findIndex((request) => request.correlationData === correlationData);
    return index < 0 ? undefined : this.#pending.splice(index, 1)[0];
  }

  #received(message: Message): void {
    const { properties } = message;
    this.#take(correlationOf(properties.correlationData))?.resolve({ topic: message.topic, payload: message.payload.slice(), properties });
  }

  /** When {@link expire} has something to do, or Infinity. */
  nextDeadline(): number {
    let deadline = Infinity;
    for (const request of this.#pending) if (request.deadline < deadline) deadline = request.deadline;
    return deadline;
  }

  /** Gives up what has waited too long. */
  expire(now: number): void {
    for (let i = this.#pending.length; i-- > 0; ) {
      const request = this.#pending[i];
      if (request === undefined || request.deadline > now) continue;
      this.#pending.splice(i, 1);
      request.reject(new MqttError("peer", "no response came in time: is there a connection, and anybody subscribed to the request's topic?"));
    }
  }

  /** The client is closed. */
  abandon(error: MqttError): void {
    for (const request of this.#pending) request.reject(error);
    this.#pending.length = 0;
  }
}
