import { checkInteger, checkNames, MqttError } from "../protocol/error.js";
import { ReasonCode } from "../protocol/codec/reason-code.js";
import { Publication } from "../protocol/session/publication.js";
import type { Client, Payload, RequestOptions, Response } from "./options.js";
import { toMqttError } from "./thrown.js";

interface PendingRequest {
  readonly deadline: number;
  readonly resolve: (response: Response | Promise<never>) => void;
}

/** Requests that wait for their response (MQTT 5.0, 4.10). */
export class Requests {
  /** When {@link expire} has something to do, at the earliest; Infinity for never. */
  deadline = Infinity;
  private readonly client: Client;
  private readonly maximum: number;
  /** By the text of their Correlation Data. */
  private readonly pending = new Map<string, PendingRequest>();
  /** Response Topics that are subscribed to, or about to be. */
  private readonly topics = new Map<string, Promise<number>>();
  /** The Response Topic of this client's own. */
  private own?: string;
  // Random, so that no response to a request of an earlier run is taken for one of this.
  private correlation = Math.random() * 0xffffffff;
  private readonly name = `/${this.correlation}`;

  /** @param maximum requests that may wait at once. */
  constructor(client: Client, maximum: number) {
    this.client = client;
    this.maximum = maximum;
  }

  /** Requests that wait. */
  get count(): number {
    return this.pending.size;
  }

  /** Sends a request, once there is a connection; {@link deadline} may be earlier then. @throws MqttError when it cannot. */
  send(topic: string, payload: Payload, options: RequestOptions, now: number): Promise<Response> {
    checkNames("the option", options, "qos retain properties timeout responseTopic");
    const timeout = checkInteger("timeout", options.timeout ?? 10_000, 1, 0x7fffffff);
    if (this.pending.size >= this.maximum)
      throw new MqttError("resource", `${this.maximum} requests wait for their response: set queue larger`, ReasonCode.QUOTA_EXCEEDED);
    // For its errors: what can never be sent must neither wait nor subscribe.
    new Publication(topic, options.qos ?? 0, false, { ...options.properties, responseTopic: options.responseTopic });
    // Soon: then all deadlines are looked at.
    this.deadline = now;
    return new Promise((resolve) => {
      const correlationData = new Uint8Array(Uint32Array.of(this.correlation++).buffer);
      const key = String(correlationData);
      this.pending.set(key, { deadline: now + timeout, resolve });
      this.publish(topic, payload, options, correlationData, key).catch((error: unknown) => this.fail(key, error));
    });
  }

  private async publish(topic: string, payload: Payload, options: RequestOptions, correlationData: Uint8Array, key: string): Promise<void> {
    const client = this.client;
    const topics = this.topics;
    const info = await client.ready();
    if (info.version === 4) throw new MqttError("configuration", "request needs MQTT 5.0");
    // It may have waited too long, for the connection or for the subscription.
    if (!this.pending.has(key)) return;
    const own = options.responseTopic === undefined;
    const responseTopic = options.responseTopic ?? (info.properties.responseInformation ?? "xs-mqtt/response") + this.name;
    if (own && responseTopic !== this.own) {
      // The server's Response Information is another than before.
      if (this.own !== undefined && topics.delete(this.own)) void client.unsubscribe(this.own).catch(() => undefined);
      this.own = responseTopic;
    }
    let subscribed = topics.get(responseTopic);
    if (subscribed === undefined) {
      subscribed = client.subscribe(responseTopic, { qos: 1 }, (message) => {
        const properties = message.properties;
        this.take(String(properties.correlationData))?.resolve({ topic: responseTopic, payload: message.payload.slice(), properties });
      });
      topics.set(responseTopic, subscribed);
      subscribed.catch(() => topics.delete(responseTopic));
    }
    await subscribed;
    if (this.pending.has(key))
      await client.publish(topic, payload, { qos: options.qos ?? 0, retain: options.retain ?? false, properties: { ...options.properties, responseTopic, correlationData } });
  }

  private take(key: string): PendingRequest | undefined {
    const request = this.pending.get(key);
    this.pending.delete(key);
    return request;
  }

  private fail(key: string, error: unknown): void {
    this.take(key)?.resolve(Promise.reject(toMqttError("configuration", error)));
  }

  /** Gives up what has waited until now, with `error` at the end of the client, when that is forever. */
  expire(now: number, error?: MqttError): void {
    this.deadline = Infinity;
    this.pending.forEach((request, key) => {
      const deadline = request.deadline;
      if (deadline <= now) this.fail(key, error ?? new MqttError("peer", "no response came in time: is there a connection, and a responder?"));
      else if (deadline < this.deadline) this.deadline = deadline;
    });
  }
}
