import type { Client, PreparedTopic } from "../../src/client/options.js";
import { MqttError } from "../../src/protocol/error.js";
import { PowerCut } from "../storage/fake-flash.js";
import type { Device } from "./device.js";
import type { Outgoing } from "./outgoing-ledger.js";
import { Readings, READINGS } from "./readings.js";
import { Violation } from "./violation.js";

/** Topics of the device, by QoS; two each, so that their aliases change. */
const TOPICS = ["a", "b"].map((name) => [0, 1, 2].map((qos) => `u/${name}/${qos}`));

/** Topics that the device listens to, by QoS. */
export const INCOMING = ["d/0", "d/1", "d/2"];

/** A filter that it listens to now and then. */
export const EXTRA = "extra";

/** What runs on the device between two power cuts: it publishes in every way there is, listens, takes readings. */
export class Application {
  /** The client is being closed: what is kept stays so, whatever the caller is told. */
  closing = false;
  /** Something may be on flash. */
  stored = false;
  /** Whether it wants {@link EXTRA}. */
  extra = false;
  /** Calls whose promise is not settled, but for those of messages. */
  calls = 0;
  readonly readings: Readings;
  private readonly device: Device;
  private readonly client: Client;
  private readonly boot: number;
  /** Prepared topics: by name, QoS and durability. */
  private readonly prepared = new Map<string, PreparedTopic>();

  constructor(device: Device, client: Client) {
    this.device = device;
    this.client = client;
    this.boot = device.boot;
    this.readings = device.readings;
    this.stored = true;
    INCOMING.forEach((filter, qos) => {
      this.call(client.subscribe(filter, { qos: qos === 0 ? 0 : qos === 1 ? 1 : 2, retainHandling: this.retainHandling }, (message) => device.handle(message)));
    });
    if (device.journal === undefined || !device.profile.readings) return;
    const topic = client.topic(READINGS, {
      qos: 1,
      onSettled: (reasonCode, payload) => {
        if (this.running) this.readings.settled(reasonCode, payload);
      },
    });
    this.readings.start(device.journal, topic, device.torn);
  }

  /** Whether this is what runs on the device. */
  private get running(): boolean {
    return this.device.alive && this.device.boot === this.boot;
  }

  /** Only without retained messages at each start can a SUBSCRIBE be left out. */
  private get retainHandling(): 0 | 1 {
    return this.device.profile.keepsSubscriptions ? 1 : 0;
  }

  /** A handler takes its time. */
  get busy(): boolean {
    return this.device.incoming.all.some(({ pending }) => pending > 0);
  }

  /** Counts a call until it is settled, as it has to be. */
  private call(promise: Promise<unknown>): void {
    this.calls++;
    promise.then(
      () => this.calls--,
      (error: unknown) => {
        if (this.running && !(error instanceof MqttError)) throw new Violation(`a call rejects with ${String(error)}`);
        this.calls--;
      },
    );
  }

  /** Does something or other. */
  act(): void {
    const { device } = this;
    const { random } = device.world;
    const chosen = random.next();
    if (chosen < 0.25 && device.profile.readings) this.readings.append(this.boot);
    else if (chosen < 0.3) this.resubscribe();
    else for (let count = random.chance(0.2) ? 1 + random.below(6) : 1; count > 0 && this.running; count--) this.publish();
    if (this.running) this.sendReadings();
  }

  /** Sends what the log holds, as far as the broker's limits allow. */
  sendReadings(): void {
    if (!this.device.profile.readings || this.client.connected === undefined) return;
    try {
      this.readings.send();
    } catch (error) {
      if (!(error instanceof MqttError)) throw error;
    }
  }

  private resubscribe(): void {
    const { client, device } = this;
    this.extra = device.world.random.chance(0.5);
    this.call(this.extra ? client.subscribe(EXTRA, { qos: 1, retainHandling: this.retainHandling }, () => undefined) : client.unsubscribe(EXTRA));
  }

  private publish(): void {
    const { device } = this;
    const { random } = device.world;
    const qos = random.below(3);
    const durable = qos > 0 && device.journal !== undefined && random.chance(0.5);
    const topic = TOPICS[random.below(TOPICS.length)]?.[qos] ?? "";
    const length = 2 + random.below(durable ? 60 : random.chance(0.1) ? 600 : 90);
    const message = device.outgoing.offer(topic, qos, durable, length, this.boot);
    const way = random.below(3);
    try {
      if (way === 0) this.publishOnce(message);
      else this.publishPrepared(message, way === 2);
    } catch (error) {
      if (error instanceof PowerCut || !(error instanceof MqttError)) throw error;
      device.outgoing.taken(message, false);
    }
  }

  /** Through `publish`, which promises an end. */
  private publishOnce(message: Outgoing): void {
    const { client, device } = this;
    const { durable, payload, topic } = message;
    const told = (reasonCode: number, failed: boolean): void => {
      if (this.running || this.closing) device.outgoing.ended(message, reasonCode, failed, this.closing);
    };
    client.publish(topic, payload, { qos: qosOf(message), durability: durable ? "flash" : "memory" }).then(
      (reasonCode) => told(reasonCode, false),
      (error: unknown) => told(error instanceof MqttError ? error.reasonCode : 0x80, true),
    );
    if (!this.running) return;
    device.outgoing.taken(message, true);
    message.fresh = true;
    // A promise that was rejected says so at the next turn, at the latest after that.
    void Promise.resolve().then(() => undefined).then(() => (message.fresh = false));
  }

  /** Through a prepared topic: the payload as it is, or from a source that is read while it is sent. */
  private publishPrepared(message: Outgoing, streamed: boolean): void {
    const { client, device } = this;
    const { durable, payload, topic } = message;
    const options = { qos: qosOf(message), durability: durable ? "flash" : "memory" } as const;
    const ended = (reasonCode: number, of: Outgoing): void => {
      if (this.running || this.closing) device.outgoing.ended(of, reasonCode, reasonCode >= 0x80, this.closing);
    };
    let taken: boolean;
    if (streamed) {
      const prepared = client.topic(topic, { ...options, onSettled: (reasonCode) => ended(reasonCode, message) });
      taken = prepared.stream({ byteLength: payload.length, read: (offset, count) => payload.subarray(offset, offset + Math.min(count, 50)) });
    } else {
      const key = `${topic} ${String(durable)}`;
      let prepared = this.prepared.get(key);
      if (prepared === undefined) {
        prepared = client.topic(topic, { ...options, onSettled: (reasonCode, bytes) => ended(reasonCode, device.outgoing.find(bytes)) });
        this.prepared.set(key, prepared);
      }
      taken = prepared.publish(payload);
    }
    if (this.running) device.outgoing.taken(message, taken);
  }
}

function qosOf({ qos }: Outgoing): 0 | 1 | 2 {
  return qos === 0 ? 0 : qos === 1 ? 1 : 2;
}
