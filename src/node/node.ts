import { toConfiguration } from "../client/configuration.js";
import type { Client, ConnectedInfo, ConnectOptions, Message } from "../client/options.js";
import { ReasonCode } from "../protocol/codec/reason-code.js";
import type { MqttError } from "../protocol/error.js";
import { type Broker, brokerOf } from "./broker.js";
import { clientOptions } from "./client-options.js";
import { Clock } from "./clock.js";
import { answerCommand, type CommandTarget, refusal } from "./commands.js";
import { type Configuration, readConfiguration } from "./configuration.js";
import type { NetworkLink } from "./host.js";
import { Indicator } from "./indicator.js";
import { nameFromMAC, openLink } from "./network.js";
import type { NodeOptions } from "./node-options.js";
import { type NodeStorage, openStorage } from "./node-storage.js";
import { readParts, singleSensor } from "./sensor-configuration.js";
import { SensorSet } from "./sensor-set.js";
import type { SensorHost } from "./sensor-task.js";
import { formatTelemetry, telemetryTopic } from "./telemetry.js";
import { version } from "./version.js";

/** Longest wait in milliseconds for the acknowledgement of the last publication. */
const farewellTimeout = 3000;
/**
 * A client comes back by itself, also after a refusal. It ends only where the broker's version of MQTT cannot say what is configured:
 * 3.1.1 has no password without a user. It is made anew after so many milliseconds, for the broker may be mended.
 */
const endedDelay = 60_000;

/** A sensor node: measures, publishes telemetry, obeys commands, and comes back after every loss. */
export class SensorNode implements CommandTarget, SensorHost {
  readonly configuration: Configuration;
  /** Publications handed to the client; those at QoS 1 and 2 that were acknowledged; commands received. */
  published = 0;
  acknowledged = 0;
  received = 0;
  /** What the sensors and actuators are made with. */
  readonly bench: NodeOptions;
  readonly #topic: string;
  readonly #broker: Broker;
  readonly #clock: Clock;
  readonly #sensors: SensorSet;
  readonly #indicator: Indicator;
  readonly #link: NetworkLink | undefined;
  #client: Client | undefined;
  #interval: number;
  #ended: unknown;
  #storage: NodeStorage | undefined;
  #greeted = false;
  #restarting = false;
  #stopped: Promise<void> | undefined;

  /**
   * Checks the configuration and begins: Wi-Fi where an SSID is configured, then the broker.
   * @throws MqttError (configuration) naming the option and what it may be, or what this device lacks.
   */
  constructor(options: NodeOptions) {
    const { device, timer } = options;
    const wifi = device.network?.wifi?.io;
    const configuration = this.configuration = readConfiguration(options.config, (wifi && nameFromMAC(wifi)) ?? "node");
    this.bench = options;
    this.#topic = `${configuration.prefix}/${configuration.node}/`;
    this.#interval = configuration.interval;
    this.#clock = new Clock(options.time, options.now);
    this.#indicator = new Indicator(device, timer);
    // Now: a client that is made later, once the Wi-Fi is up, has nobody to throw to.
    this.#broker = brokerOf(configuration.broker, options);
    toConfiguration(this.#broker.target, this.clientOptions(), device.network);
    this.#storage = openStorage(options.openFlash, (error) => this.report(error));
    this.#sensors = this.makeSensors();
    // Readings are taken also while the broker is away from the start.
    if (this.#storage) this.#sensors.start(false);
    const link = this.#link = openLink(device, configuration.accessPoints, {
      timer,
      onUp: () => this.reachable(),
      onDown: (reason) => options.onOffline?.(reason),
    });
    if (link) link.up();
    else this.reachable();
  }

  /** Publishes `offline`, disconnects and lets go of everything. */
  stop(): Promise<void> {
    return this.#stopped ??= this.end();
  }

  read(sensor: string): Promise<string> {
    return this.#sensors.read(sensor);
  }

  identify(): string {
    this.#indicator.blink();
    const { configuration } = this;
    return `"node":${JSON.stringify(configuration.node)},"version":"${version}","mqtt":${this.#client?.connected?.version ?? 0},"sensors":${
      JSON.stringify(this.#sensors.types)},"interval":${this.#interval},"uptime":${this.#clock.uptime()}`;
  }

  setInterval(seconds: number): void {
    this.#interval = seconds;
    this.#sensors.setInterval(seconds);
  }

  setIntervals(values: object): void {
    this.#sensors.setIntervals(values);
  }

  set(values: unknown): void {
    this.#sensors.set(values);
  }

  restart(): void {
    const { restart, timer } = this.bench;
    if (!restart) throw new Error("this host cannot restart the node");
    this.#restarting = true;
    timer.set(() => void this.stop().then(restart), 0);
  }

  /** There is a network. */
  private reachable(): void {
    if (this.#client) return;
    const { setClock } = this.bench;
    // Only who checks certificates must know the time: a network of one's own may have no time server.
    const waits = setClock && this.#broker.secure;
    setClock?.(() => {
      if (waits) this.connect();
    });
    if (!waits) this.connect();
  }

  /** Makes the client, once: after a loss of the network it comes back by itself. */
  private connect(): void {
    if (this.#client || this.#stopped) return;
    const client = this.#client = this.makeClient();
    // Retained commands are not asked for: they would be carried out at every start.
    client.subscribe(`${this.#topic}command/+`, { qos: 1, retainHandling: 2 }, (message) => this.command(message))
      .catch((error: unknown) => this.report(error));
  }

  private makeClient(): Client {
    const { connect } = this.bench;
    const { target } = this.#broker;
    const storage = this.#storage;
    if (!storage) return connect(target, this.clientOptions());
    try {
      return connect(target, { ...this.clientOptions(), storage: storage.session });
    } catch (error) {
      this.report(error);
      this.#storage = undefined;
      try {
        storage.giveUp(error);
      } catch (failure) {
        this.report(failure);
      }
      return connect(target, this.clientOptions());
    }
  }

  private clientOptions(): ConnectOptions {
    return {
      ...clientOptions(this.configuration, this.#broker, this.#topic),
      // Later: the client calls back from deep in the stack, of which a device has 6 to 8 KiB.
      onConnected: (info) => void Promise.resolve(info).then((connected) => this.connected(connected)),
      onDisconnected: (error, final) => this.disconnected(error, final),
      onError: (error) => this.report(error),
    };
  }

  /** Greets, and is online once the broker has the greeting: then it has the subscription to the commands, too. */
  private async connected(info: ConnectedInfo): Promise<void> {
    if (this.stopping()) return;
    this.#link?.reached?.(true);
    await this.publish("status", "online", true);
    // The greeting of a connection that was lost meanwhile settles with the next one.
    if (this.stopping() || this.#client?.connected?.properties !== info.properties) return;
    this.bench.onOnline?.({ node: this.configuration.node, mqtt: info.version, resumed: info.resumed });
    if (!this.#greeted) this.#sensors.start();
    this.#greeted = true;
    void this.#sensors.show();
    this.sendKept();
  }

  /** Says what was found on flash or has been kept since, and sends it. */
  private sendKept(): void {
    const storage = this.#storage;
    const report = storage?.report();
    if (report !== undefined) void this.publish("storage", report, false);
    storage?.send((sensor, payload) => this.publish(telemetryTopic(sensor), payload, false)).catch((error: unknown) => this.report(error));
  }

  /** Keeps readings for the next connection, where that is possible. @returns whether it was. */
  private keep(reading: string, time = this.bench.now()): boolean {
    if (!this.#storage || this.#client?.connected) return false;
    return this.#storage.keep(time, reading, (error) => this.report(error));
  }

  private stopping(): boolean {
    return this.#stopped !== undefined;
  }

  private disconnected(error: MqttError, final: boolean): void {
    if (this.#stopped) return;
    this.bench.onOffline?.(error.message);
    // A refusal is an answer.
    this.#link?.reached?.(error.kind !== "transport" || error.reasonCode !== ReasonCode.UNSPECIFIED_ERROR);
    if (!final) return;
    this.#client = undefined;
    this.#ended = this.bench.timer.set(() => this.connect(), endedDelay);
  }

  private makeSensors(): SensorSet {
    const { registry, defaultSensor, device } = this.bench;
    const { sensors, sensorAddress, interval } = this.configuration;
    const single = registry.find((type) => type.name === defaultSensor);
    const parts = sensors !== undefined ? readParts(sensors, registry, Object.keys(device.I2C ?? {}))
      : { sensors: single && "open" in single ? [singleSensor(single, sensorAddress)] : [], actuators: [] };
    return new SensorSet(this, parts, interval);
  }

  /** Seconds since the start. */
  uptime(): number {
    return this.#clock.uptime();
  }

  /** Seconds since 1970; undefined while nobody has set the clock. */
  time(): number | undefined {
    return this.#clock.time();
  }

  /** Shows a sensor's state, retained. Without a connection that waits for the next one, which shows them all. */
  show(sensor: string, state: string): Promise<unknown> {
    return sensor === "" || this.#stopped || !this.#client?.connected ? Promise.resolve() : this.publish(`sensor/${sensor}`, state, true);
  }

  /** One telemetry message: a sensor's readings, or why there are none. */
  tell(sensor: string, members: string, time: number | undefined): void {
    if (this.#stopped || this.keep(`${sensor}/${members}`, time)) return;
    const payload = formatTelemetry(this.#clock, members, this.#link?.RSSI, time);
    const name = telemetryTopic(sensor);
    void this.publish(name, payload, false);
    this.bench.onTelemetry?.(this.#topic + name, payload);
  }

  /** Answers when the command is done; its acknowledgement does not wait for that: a `restart` must not come again. */
  private command(message: Message): void {
    this.received++;
    const { qos } = this.configuration;
    const name = message.topic.slice(`${this.#topic}command/`.length);
    // The message is gone after this call: what belongs to the answer is copied.
    const { responseTopic = `${this.#topic}response/${name}`, correlationData } = message.properties;
    const options = correlationData ? { qos, properties: { correlationData: correlationData.slice() } } : { qos };
    const obstacle = message.retain ? "a retained command is not carried out: publish it without retain"
      : this.#restarting || this.#stopped ? "the node is stopping: send the command again when it is online" : undefined;
    const answer = obstacle === undefined ? answerCommand(this, name, message) : Promise.resolve(refusal(obstacle));
    void answer.then((json) => this.send(responseTopic, json, options));
  }

  private publish(name: string, payload: string, retain: boolean): Promise<boolean> {
    return this.send(this.#topic + name, payload, { qos: this.configuration.qos, retain });
  }

  /** Publishes and counts; settles with the acknowledgement, or with the reported failure. @returns which of the two. */
  private async send(topic: string, payload: string, options: Parameters<Client["publish"]>[2]): Promise<boolean> {
    this.published++;
    try {
      await this.#client?.publish(topic, payload, options);
      if (this.configuration.qos > 0) this.acknowledged++;
      return this.#client !== undefined;
    } catch (error) {
      this.report(error);
      return false;
    }
  }

  private async end(): Promise<void> {
    const { timer } = this.bench;
    if (this.#ended !== undefined) timer.clear(this.#ended);
    this.#sensors.close();
    this.#indicator.close();
    const client = this.#client;
    if (client?.connected) {
      const farewell = this.publish("status", "offline", true);
      let timeout: unknown;
      await Promise.race([farewell, new Promise<void>((resolve) => timeout = timer.set(resolve, farewellTimeout))]);
      timer.clear(timeout);
    }
    await client?.close();
    this.#link?.down();
  }

  report(error: unknown): void {
    if (!this.#stopped) this.bench.onError?.(error instanceof Error ? error.message : String(error));
  }
}
