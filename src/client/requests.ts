import { checkInteger, checkNames, MqttError } from "../protocol/error.js";
import { ReasonCode } from "../protocol/codec/reason-code.js";
import { Publication } from "../protocol/session/publication.js";
import type { ReconnectingClient } from "./client.js";
import type { Payload, RequestOptions, Response } from "./options.js";

interface PendingRequest {
  readonly deadline: number;
  readonly resolve: (response: Response) => void;
  readonly reject: (error: unknown) => void;
}

/** Requests that wait for their response (MQTT 5.0, 4.10). */
export class Requests {
  private readonly client: ReconnectingClient;
  /** Those that wait, by the text of their Correlation Data. */
  readonly pending = new Map<string, PendingRequest>();
  /** Response Topics that are subscribed to, or about to be. */
  private readonly topics = new Map<string, Promise<number>>();
  /** The Response Topic of this client's own. */
  private own?: string;
  // Random, so that no response to a request of an earlier run is taken for one of this.
  private correlation = Math.random() * 0xffffffff;
  private readonly name = `/${this.correlation}`;

  constructor(client: ReconnectingClient) {
    this.client = client;
  }

  /** Sends a request, once there is a connection. @throws MqttError when it cannot. */
  send(topic: string, payload: Payload, options: RequestOptions): Promise<Response> {
    const client = this.client;
    checkNames("the option", options, "qos retain properties timeout responseTopic");
    const deadline = client.now() + checkInteger("timeout", options.timeout ?? 10_000, 1, 0x7fffffff);
    if (this.pending.size >= Math.max(client.configuration.queue, client.configuration.inFlight))
      throw new MqttError("resource", "too many requests wait: set queue larger", ReasonCode.QUOTA_EXCEEDED);
    // For its errors: what can never be sent must neither wait nor subscribe.
    new Publication(topic, options.qos ?? 0, false, { ...options.properties, responseTopic: options.responseTopic });
    return new Promise((resolve, reject) => {
      const correlationData = new Uint8Array(Uint32Array.of(this.correlation++).buffer);
      const key = String(correlationData);
      this.pending.set(key, { deadline, resolve, reject });
      client.wakeAt(deadline);
      this.publish(topic, payload, options, correlationData, key).catch((error: unknown) => this.take(key)?.reject(error));
    });
  }

  private async publish(topic: string, payload: Payload, options: RequestOptions, correlationData: Uint8Array, key: string): Promise<void> {
    const client = this.client;
    const info = await client.ready();
    const own = this.own;
    let responseTopic = options.responseTopic;
    if (info.version === 4) throw new MqttError("configuration", "request needs MQTT 5.0");
    // It may have waited too long, for the connection or for the subscription.
    if (!this.pending.has(key)) return;
    if (responseTopic === undefined) {
      this.own = responseTopic = (info.properties.responseInformation ?? "xs-mqtt/response") + this.name;
      // The server's Response Information is another than before.
      if (own !== undefined && own !== responseTopic && this.topics.delete(own)) void client.unsubscribe(own).catch(() => undefined);
    }
    await (this.topics.get(responseTopic) ?? this.subscribe(responseTopic));
    if (this.pending.has(key))
      await client.publish(topic, payload, { qos: options.qos ?? 0, retain: options.retain ?? false, properties: { ...options.properties, responseTopic, correlationData } });
  }

  private subscribe(topic: string): Promise<number> {
    const subscribed = this.client.subscribe(topic, { qos: 1 }, (message) => {
      const properties = message.properties;
      this.take(String(properties.correlationData))?.resolve({ topic, payload: message.payload.slice(), properties });
    });
    this.topics.set(topic, subscribed);
    subscribed.catch(() => this.topics.delete(topic));
    return subscribed;
  }

  private take(key: string): PendingRequest | undefined {
    const request = this.pending.get(key);
    this.pending.delete(key);
    return request;
  }

  /** Gives up what has waited until now, with `error` at the end of the client, when that is forever. */
  expire(now: number, error?: MqttError): void {
    this.pending.forEach((request, key) => {
      if (request.deadline > now) this.client.wakeAt(request.deadline);
      else this.take(key)?.reject(error ?? new MqttError("peer", "no response came in time: is there a connection and a responder?"));
    });
  }
}
