import { checkInteger, checkNames, MqttError } from "../protocol/error.js";
import { ReasonCode } from "../protocol/codec/reason-code.js";
import type { Client, Message, Payload, RequestOptions, Response } from "./options.js";

interface PendingRequest {
  readonly deadline: number;
  readonly resolve: (response: Response) => void;
  readonly reject: (error: unknown) => void;
}

/** Requests that wait for their response (MQTT 5.0, 4.10). */
export class Requests {
  /** When {@link expire} has something to do, at the earliest; Infinity for never. */
  deadline = Infinity;
  private readonly client: Client;
  private readonly maximum: number;
  /** By Correlation Data. */
  private readonly pending = new Map<string, PendingRequest>();
  /** Response Topics that are subscribed to, or about to be. */
  private readonly topics = new Map<string, Promise<number>>();
  // Random, so that no response to a request of an earlier run is taken for one of this.
  private correlation = Math.floor(Math.random() * 0xffffffff);
  private readonly name = this.correlation.toString(16);

  /** @param maximum requests that may wait at once. */
  constructor(client: Client, maximum: number) {
    this.client = client;
    this.maximum = maximum;
  }

  /** Sends a request, once there is a connection; {@link deadline} may be earlier then. */
  send(topic: string, payload: Payload, options: RequestOptions, now: number): Promise<Response> {
    return new Promise((resolve, reject) => {
      checkNames("the option", options, "qos retain properties timeout responseTopic");
      const deadline = now + checkInteger("timeout", options.timeout ?? 10_000, 1, 0x7fffffff);
      if (this.pending.size >= this.maximum)
        throw new MqttError("resource", `${this.maximum} requests wait for their response: wait for one, or set queue larger`, ReasonCode.QUOTA_EXCEEDED);
      const correlationData = new Uint8Array(Uint32Array.of(this.correlation++).buffer);
      this.pending.set(String(correlationData), { deadline, resolve, reject });
      if (deadline < this.deadline) this.deadline = deadline;
      this.publish(topic, payload, options, correlationData).catch((error: unknown) => this.take(correlationData)?.reject(error));
    });
  }

  private async publish(topic: string, payload: Payload, options: RequestOptions, correlationData: Uint8Array): Promise<void> {
    const { version, properties } = await this.client.ready();
    const key = String(correlationData);
    if (!this.pending.has(key)) return;
    if (version === 4) throw new MqttError("configuration", "request needs MQTT 5.0: a 3.1.1 connection has no Response Topic");
    const responseTopic = options.responseTopic ?? `${properties.responseInformation ?? "xs-mqtt/response"}/${this.name}`;
    let subscribed = this.topics.get(responseTopic);
    if (subscribed === undefined) {
      subscribed = this.client.subscribe(responseTopic, { qos: 1 }, (message) => this.received(message));
      this.topics.set(responseTopic, subscribed);
      subscribed.catch(() => this.topics.delete(responseTopic));
    }
    await subscribed;
    // It may have waited too long for this.
    if (this.pending.has(key))
      await this.client.publish(topic, payload, { qos: options.qos ?? 0, retain: options.retain ?? false, properties: { ...options.properties, responseTopic, correlationData } });
  }

  private take(correlationData: Uint8Array | undefined): PendingRequest | undefined {
    const key = String(correlationData);
    const request = this.pending.get(key);
    this.pending.delete(key);
    return request;
  }

  private received({ topic, payload, properties }: Message): void {
    this.take(properties.correlationData)?.resolve({ topic, payload: payload.slice(), properties });
  }

  /** Gives up what has waited until now, at the end of the client everything. */
  expire(now: number, error = new MqttError("peer", "no response came in time: is there a connection, and anybody subscribed to the request's topic?")): void {
    this.deadline = Infinity;
    this.pending.forEach((request, key) => {
      if (request.deadline > now) this.deadline = Math.min(this.deadline, request.deadline);
      else {
        this.pending.delete(key);
        request.reject(error);
      }
    });
  }
}
