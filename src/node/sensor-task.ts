import type { Sensor } from "../sensors/sensor-type.js";
import { openSensor, type Workbench } from "./parts.js";
import { Readings } from "./readings.js";
import { Sampler, type SensorOpener } from "./sampling.js";
import type { SensorSettings } from "./sensor-configuration.js";
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
  private sensor: Sensor | undefined;
  /** The sample whose readings are there: a measurement that is shared is taken once. */
  private taken: object | undefined;
  private interval: number;
  private repeat: unknown;
  private retry: unknown;
  /** Failures since the last readings that were told, those in a row, and the last of them. */
  private failures = 0;
  private inARow = 0;
  private failure = "";
  private stopped = false;

  /** @param interval - the node's, in seconds. */
  constructor(host: SensorHost, settings: SensorSettings, interval: number) {
    this.host = host;
    this.settings = settings;
    this.interval = settings.interval ?? interval;
    this.readings = new Readings(settings);
    const { poll, timeout } = settings.type;
    this.sampler = new Sampler(host.bench.timer, this, poll, timeout);
  }

  /** Makes the sensor, for the sampler. @throws Error when it cannot be made. */
  open(): Sensor {
    return this.sensor = openSensor(this.host.bench, this.settings, this);
  }

  /** Maker, part and, once it is known, serial number. */
  get identification(): string {
    const { model, uniqueID } = this.sensor?.identification ?? { model: this.settings.type.name };
    return uniqueID === undefined ? model : `${model} ${uniqueID}`;
  }

  /** Measures in the interval, from now on. @param now - whether at once, too. */
  start(now: boolean): void {
    this.stopTimers();
    this.repeat = this.host.bench.timer.repeat(() => this.measure(), this.interval * 1000);
    if (now) this.measure();
  }

  /** Changes the node's interval; a sensor with one of its own keeps that. */
  setInterval(seconds: number): void {
    if (this.settings.interval !== undefined) return;
    this.interval = seconds;
    this.start(true);
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
    this.take(sample);
    this.inARow = 0;
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
    this.failure = error instanceof Error ? error.message : String(error);
    host.report(settings.name === "" ? error : `${settings.name}: ${this.failure}`);
    if (settings.onFailure !== "quiet") host.tell(settings.name, formatError(error), undefined);
    this.stopTimers();
    if (settings.onFailure === "stop") {
      this.stopped = true;
      return;
    }
    const wait = Math.min(settings.retry * 2 ** this.inARow++, Math.max(longestRetry, this.interval));
    this.retry = host.bench.timer.set(() => this.measure(), wait * 1000);
  }

  /** Back to the interval, from now on. */
  private resume(): void {
    this.stopTimers();
    this.repeat = this.host.bench.timer.repeat(() => this.measure(), this.interval * 1000);
  }
}
