import { setImmediate } from "node:timers/promises";
import type { NetworkProvider } from "../../src/client/common-options.js";
import type { Resolver, Socket } from "../../src/client/ecma-419.js";
import type { Client, ConnectedInfo, ConnectOptions, Message, MessageHandler, Payload, PublishOptions, SubscribeOptions } from "../../src/client/options.js";
import type { WebSocketOptions } from "../../src/client/web-socket.js";
import type { Device, Ticks, Timers } from "../../src/node/host.js";
import { SensorNode } from "../../src/node/node.js";
import type { NodeOptions } from "../../src/node/node-options.js";
import type { FlashPartition } from "../../src/storage/flash.js";
import { MqttError } from "../../src/protocol/error.js";
import { bme280Type } from "../../src/sensors/bme280/bme280-type.js";
import type { Bus } from "../../src/sensors/bus.js";
import type { PartType, Sensor, SensorType } from "../../src/sensors/sensor-type.js";

interface Scheduled {
  readonly callback: () => void;
  at: number;
  readonly repeat: number | undefined;
}

/** Moddable's timer and time over a clock that the test moves. */
export class FakeTimers implements Timers, Ticks {
  ticks = 0;
  readonly #scheduled = new Set<Scheduled>();

  get count(): number {
    return this.#scheduled.size;
  }

  set(callback: () => void, interval: number): unknown {
    return this.#add({ callback, at: this.ticks + interval, repeat: undefined });
  }

  repeat(callback: () => void, interval: number): unknown {
    return this.#add({ callback, at: this.ticks + interval, repeat: interval });
  }

  clear(timer: unknown): void {
    for (const scheduled of this.#scheduled) if (scheduled === timer) this.#scheduled.delete(scheduled);
  }

  delta(start: number, end = this.ticks): number {
    return end - start;
  }

  /** Lets time pass; what is due runs in its order, with the promises that it settles. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.ticks + milliseconds;
    await setImmediate();
    for (;;) {
      const next = [...this.#scheduled].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.ticks = next.at;
      if (next.repeat === undefined) this.#scheduled.delete(next);
      else next.at += next.repeat;
      next.callback();
      await setImmediate();
    }
    this.ticks = end;
  }

  #add(scheduled: Scheduled): Scheduled {
    this.#scheduled.add(scheduled);
    return scheduled;
  }
}

class FakeSocket implements Socket {
  format = "buffer";

  read(): never {
    throw new Error("the fake client has no use for a socket");
  }

  write(): never {
    throw new Error("the fake client has no use for a socket");
  }

  close(): void {
    this.format = "";
  }
}

class FakeResolver implements Resolver {
  resolve(): never {
    throw new Error("the fake client has no use for a resolver");
  }
}

const classes = { socket: { io: FakeSocket }, dns: { io: FakeResolver } };

/** A host without TLS. */
export const plainNetwork: NetworkProvider = { mqtt: classes };
/** A host with everything. */
export const fakeNetwork: NetworkProvider = { mqtt: classes, mqtts: classes };

/** What was published, with the promise in the test's hand. */
export interface Published {
  readonly topic: string;
  readonly payload: string;
  readonly options: PublishOptions;
}

/** A client that is connected, and acknowledges, when the test says so. */
export class FakeClient implements Client {
  connected: ConnectedInfo | undefined;
  readonly published: Published[] = [];
  /** Publications are acknowledged at once unless this is false. */
  acknowledges = true;
  filter: string | undefined;
  closed = false;
  #handler: MessageHandler | undefined;

  readonly url: string | WebSocketOptions;
  readonly options: ConnectOptions;

  constructor(url: string | WebSocketOptions, options: ConnectOptions) {
    this.url = url;
    this.options = options;
  }

  come(version: 4 | 5 = 5, resumed = false): void {
    this.connected = { version, resumed, id: "id", properties: {} };
    this.options.onConnected?.(this.connected);
  }

  lose(reason: string, final = false): void {
    this.connected = undefined;
    this.options.onDisconnected?.(new MqttError("transport", reason), final);
  }

  /** Delivers a command; the message is void after the call, as with the real client. */
  deliver(topic: string, text: string, more: { readonly retain?: boolean; readonly responseTopic?: string; readonly correlationData?: Uint8Array } = {}): void {
    const { retain = false, ...properties } = more;
    const bytes = new TextEncoder().encode(text);
    const message: Message = {
      topic, qos: 1, retain, duplicate: false, byteLength: bytes.length, offset: 0, more: false, payload: bytes, bytes, start: 0, end: bytes.length, properties,
      text: () => new TextDecoder(undefined, { fatal: true }).decode(bytes),
      json: (): unknown => JSON.parse(text),
      topicEquals: () => false,
    };
    void this.#handler?.(message);
    more.correlationData?.fill(0);
  }

  publish(topic: string, payload: Payload, options: PublishOptions = {}): Promise<number> {
    if (typeof payload !== "string") throw new TypeError("the fake takes text");
    this.published.push({ topic, payload, options });
    return this.acknowledges ? Promise.resolve(0) : new Promise(() => undefined);
  }

  subscribe(filter: string, options: SubscribeOptions | MessageHandler, handler?: MessageHandler): Promise<number> {
    this.filter = filter;
    this.#handler = typeof options === "function" ? options : handler;
    return Promise.resolve(1);
  }

  close(): Promise<void> {
    this.closed = true;
    this.connected = undefined;
    return Promise.resolve();
  }

  ready(): never {
    throw new Error("the node does not use ready");
  }

  topic(): never {
    throw new Error("the node does not use topic");
  }

  unsubscribe(): never {
    throw new Error("the node does not use unsubscribe");
  }

  request(): never {
    throw new Error("the node does not use request");
  }

  reauthenticate(): never {
    throw new Error("the node does not use reauthenticate");
  }
}

/** A sensor that is ready at the second look, or fails, or is never ready. */
export class FakeSensor implements Sensor {
  fault: string | undefined;
  never = false;
  /** What close throws. */
  stuck: string | undefined;
  sampled: object = { thermometer: { temperature: 21.5 }, hygrometer: { humidity: 45.1234 }, barometer: { pressure: 101_325.25 } };
  opened = 0;
  open = false;
  #looks = 0;

  sample(): object | undefined {
    if (this.fault !== undefined) throw new Error(this.fault);
    this.#looks++;
    return this.never || this.#looks % 2 === 1 ? undefined : this.sampled;
  }

  close(): void {
    this.open = false;
    if (this.stuck !== undefined) throw new Error(this.stuck);
  }
}

/** The registry's entry of a fake sensor: what a BME280 measures. */
export function fakeType(sensor: FakeSensor, name = "FAKE", address = 0x76): SensorType {
  return {
    name, description: "for tests", connection: "I2C", addresses: [address], quantities: bme280Type.quantities, options: [],
    open: () => {
      sensor.open = true;
      sensor.opened++;
      return sensor;
    },
  };
}

/** A bus on which there is nothing. */
class FakeBus implements Bus {
  closed = false;

  read(): never {
    throw new Error("nothing on this bus");
  }

  write(): never {
    throw new Error("nothing on this bus");
  }

  writeRead(): never {
    throw new Error("nothing on this bus");
  }

  close(): void {
    this.closed = true;
  }
}

/** A node with everything around it faked. */
export class Bench {
  readonly timers = new FakeTimers();
  readonly sensor = new FakeSensor();
  readonly clients: FakeClient[] = [];
  readonly events: unknown[][] = [];
  device: Device = { network: fakeNetwork, I2C: { default: { io: FakeBus } } };
  /** More sensors and actuators than the fake one. */
  registry: readonly PartType[] = [];
  /** Milliseconds since 1970 at tick 0; 0: nobody has set the clock. */
  epoch = Date.UTC(2026, 0, 1);
  restarts: (() => void) | undefined;
  setClock: ((done: () => void) => void) | undefined;
  route: NodeOptions["route"];
  flash: FlashPartition | undefined;
  /** What a client with storage throws when it is made. */
  refuseStorage: Error | undefined;

  start(config: Record<string, unknown> = {}): SensorNode {
    const { timers, sensor, restarts, setClock, flash } = this;
    const options: NodeOptions = {
      config: { broker: "mqtt://broker", node: "kitchen", ...config },
      device: this.device,
      timer: timers,
      time: timers,
      now: () => this.epoch + timers.ticks,
      connect: (url, connectOptions) => {
        if (connectOptions.storage && this.refuseStorage !== undefined) throw this.refuseStorage;
        const client = new FakeClient(url, connectOptions);
        this.clients.push(client);
        return client;
      },
      registry: [fakeType(sensor), ...this.registry],
      defaultSensor: "FAKE",
      onOnline: (info) => this.events.push(["online", info]),
      onOffline: (reason) => this.events.push(["offline", reason]),
      onTelemetry: (topic, payload) => this.events.push(["telemetry", topic, payload]),
      onError: (message) => this.events.push(["error", message]),
      ...(restarts && { restart: restarts }),
      ...(setClock && { setClock }),
      ...(flash && { openFlash: () => flash }),
      ...(this.route && { route: this.route }),
    };
    return new SensorNode(options);
  }

  get client(): FakeClient {
    const client = this.clients.at(-1);
    if (!client) throw new Error("the node has made no client");
    return client;
  }

  /** Payloads published on a topic of the node. */
  payloads(name: string): unknown[] {
    return this.client.published.filter(({ topic }) => topic === `xs-mqtt/kitchen/${name}`).map(({ payload }) => payload.startsWith("{") ? JSON.parse(payload) as unknown : payload);
  }
}
