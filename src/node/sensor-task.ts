import type { Sensor } from "../sensors/sensor-type.js";
import { openSensor, type Workbench } from "./parts.js";
import { Readings } from "./readings.js";
import { Sampler, type SensorOpener } from "./sampling.js";
import type { SensorSettings } from "./sensor-configuration.js";
import { formatState } from "./sensor-state.js";
import { formatError } from "./telemetry.js";

/** Longest wait in seconds until a failed measurement is tried again, unless the interval is longer. */
const longestRetry = 300;

/** What a sensor's work needs of the node. */
export interface SensorHost {
  readonly bench: Workbench;
  /** Seconds since the start. */
  uptime(): number;
  /** A sensor has readings, or fails. @param time - when it was measured, in milliseconds since 1970. */
  tell(name: string, members: string, time: number | undefined): void;
  /** Seconds since 1970; undefined while nobody has set the clock. */
  time(): number | undefined;
  /** A sensor works, fails or has another interval: keeps that for all to see. Settles when the broker has it, or will not get it. */
  show(name: string, state: string): Promise<unknown>;
  report(error: unknown): void;
}

/**
 * The work of one sensor: measures in its interval, tells what is news, and when it fails tries again after 1, 2, 4 ... times `retry`
 * seconds, until it is back.
 */
export class SensorTask implements SensorOpener {
  readonly settings: SensorSettings;
  private readonly host: SensorHost;
  private readonly readings: Readings;
  private readonly sampler: Sampler;
  /** The sample whose readings are there: a measurement that is shared is taken once. */
  private taken: object | undefined;
  private interval: number;
  private repeat: unknown;
  private retry: unknown;
  /** Failures since the last readings that were told, those in a row, and the last of them. */
  private failures = 0;
  private inARow = 0;
  private failure = "";
  /** When the first of them was, in seconds since 1970. */
  private failingSince: number | undefined;
  private stopped = false;

  /** @param interval - the node's, in seconds. */
  constructor(host: SensorHost, settings: SensorSettings, interval: number) {
    this.host = host;
    this.settings = settings;
    this.interval = settings.interval ?? interval;
    this.readings = new Readings(settings);
    this.sampler = new Sampler(host.bench.timer, this, settings.type);
  }

  /** Makes the sensor, for the sampler. @throws Error when it cannot be made. */
  open(): Sensor {
    return openSensor(this.host.bench, this.settings, this);
  }

  /** Maker, part and, once it is known, serial number. */
  get identification(): string {
    const { model, uniqueID } = this.sampler.sensor?.identification ?? { model: this.settings.type.name };
    return uniqueID === undefined ? model : `${model} ${uniqueID}`;
  }

  /** Measures in the interval, from now on. @param now - whether at once, too. */
  start(now: boolean): void {
    this.stopTimers();
    this.repeat = this.host.bench.timer.repeat(() => this.measure(), this.interval * 1000);
    if (now) this.measure();
  }

  /** Changes the interval until the next restart. */
  setInterval(seconds: number): void {
    this.interval = seconds;
    if (this.stopped) return;
    this.start(true);
    void this.show();
  }

  /** Shows how the sensor is, once that is known. */
  show(): Promise<unknown> {
    const { taken, inARow, stopped, failingSince: since, failure: error } = this;
    if (!taken && inARow === 0) return Promise.resolve();
    return this.host.show(this.settings.name, formatState(this.settings, this.interval, inARow > 0 ? { stopped, since, error } : undefined));
  }

  /** Measures now. @returns the readings as members of a JSON object. Rejects when the sensor fails. */
  async read(): Promise<string> {
    this.take(await this.sampler.measure());
    return this.readings.format();
  }

  close(): void {
    this.stopped = true;
    this.stopTimers();
    this.sampler.close();
  }

  private stopTimers(): void {
    const { timer } = this.host.bench;
    if (this.repeat !== undefined) timer.clear(this.repeat);
    if (this.retry !== undefined) timer.clear(this.retry);
    this.repeat = this.retry = undefined;
  }

  /** Measures now, in or out of turn. */
  measure(): void {
    if (!this.stopped) void this.sampler.measure().then((sample) => this.succeed(sample)).catch((error: unknown) => this.fail(error));
  }

  private succeed(sample: object): void {
    if (this.stopped) return;
    const { host, readings } = this;
    const news = !this.taken || this.inARow > 0;
    this.take(sample);
    this.inARow = 0;
    if (news) void this.show();
    if (this.retry !== undefined) this.resume();
    if (!readings.isNews(host.uptime())) return;
    let members = readings.format();
    if (this.settings.name !== "") members = `"sensor":${JSON.stringify(this.identification)},${members}`;
    if (this.failures > 0 && this.settings.name !== "") members += `,"faults":{"count":${this.failures},"last":${JSON.stringify(this.failure)}}`;
    this.failures = 0;
    host.tell(this.settings.name, members, "time" in sample && typeof sample.time === "number" ? sample.time : undefined);
  }

  private take(sample: object): void {
    if (sample === this.taken) return;
    this.taken = undefined;
    this.readings.take(sample);
    this.taken = sample;
  }

  private fail(error: unknown): void {
    if (this.stopped) return;
    const { host, settings } = this;
    // Not only what the sampler met: a reading that is absurd calls for a reset, too.
    this.sampler.close();
    this.failures++;
    const before = this.inARow === 0 ? undefined : this.failure;
    this.failure = error instanceof Error ? error.message : String(error);
    if (before === undefined) this.failingSince = host.time();
    host.report(settings.name === "" ? error : `${settings.name}: ${this.failure}`);
    if (settings.onFailure !== "quiet") host.tell(settings.name, formatError(error), undefined);
    this.stopTimers();
    const wait = Math.min(settings.retry * 2 ** this.inARow++, Math.max(longestRetry, this.interval));
    if (settings.onFailure === "stop") this.stopped = true;
    else this.retry = host.bench.timer.set(() => this.measure(), wait * 1000);
    if (before !== this.failure) void this.show();
  }

  /** Back to the interval, from now on. */
  private resume(): void {
    this.stopTimers();
    this.repeat = this.host.bench.timer.repeat(() => this.measure(), this.interval * 1000);
  }
}
