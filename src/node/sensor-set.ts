import { configurationError } from "../protocol/error.js";
import type { Actuator } from "../sensors/sensor-type.js";
import { interval } from "./configuration.js";
import { makeActuator } from "./parts.js";
import type { Parts } from "./sensor-configuration.js";
import { type SensorHost, SensorTask } from "./sensor-task.js";
import { formatError } from "./telemetry.js";

/** One for all nodes without actuators: an array of their own would take memory. */
const none: readonly never[] = [];

/** The sensors and actuators of a node, each on its own. */
export class SensorSet {
  private readonly tasks: readonly SensorTask[];
  private readonly names: readonly string[];
  private readonly actuators: readonly Actuator[];

  /**
   * @param interval - of the sensors that have none of their own, in seconds.
   * @throws Error when an actuator cannot be made: a node that cannot switch says so at its start.
   */
  constructor(host: SensorHost, { sensors, actuators }: Parts, interval: number) {
    this.tasks = sensors.map((settings) => new SensorTask(host, settings, interval));
    this.names = actuators.length > 0 ? actuators.map(({ name }) => name) : none;
    this.actuators = actuators.length > 0 ? actuators.map((settings) => makeActuator(host.bench, settings)) : none;
  }

  /** Types of the sensors. */
  get types(): string[] {
    return this.tasks.map(({ settings }) => settings.type.name);
  }

  /** Begins to measure in the intervals, or begins these anew. @param now - whether each measures at once, too. */
  start(now = true): void {
    for (const task of this.tasks) task.start(now);
  }

  /** Changes the interval of the sensors that have none of their own. */
  setInterval(seconds: number): void {
    for (const task of this.tasks) if (task.settings.interval === undefined) task.setInterval(seconds);
  }

  /** Changes the intervals of single sensors. @param values - seconds by name. @throws MqttError saying what is allowed; then none is changed. */
  setIntervals(values: object): void {
    const changes = Object.entries(values).map(([name, seconds]) => {
      const task = this.find(name);
      if (!task) throw configurationError(`the payload of interval: "${name}"`, this.choice || "absent: this node has no list of sensors");
      return { task, seconds: interval(`the payload of interval: ${name}`, typeof seconds === "number" ? seconds : NaN) };
    });
    for (const { task, seconds } of changes) task.setInterval(seconds);
  }

  /** Shows how the sensors are, one after the other: a queue of publications is short. */
  async show(): Promise<void> {
    for (const task of this.tasks) await task.show();
  }

  /**
   * Measures now.
   * @param name - of a sensor; empty: all of them.
   * @returns members of a JSON object: the readings of one sensor, or of each by its name. Rejects when the one sensor fails.
   */
  async read(name: string): Promise<string> {
    const task = this.find(name);
    if (task) return task.read();
    if (name !== "") throw configurationError("the payload of read", ["empty", this.choice].filter((part) => part !== "").join(" or "));
    const all = await Promise.all(this.tasks.map((each) => each.read().catch((error: unknown) => formatError(error))));
    return all.map((members, index) => `${JSON.stringify(this.tasks[index]?.settings.name)}:{${members}}`).join(",");
  }

  private find(name: string): SensorTask | undefined {
    return this.tasks.find(({ settings }) => settings.name === name);
  }

  /** What a payload may name; empty where the only sensor has no name. */
  private get choice(): string {
    const names = this.tasks.map(({ settings }) => settings.name).filter((name) => name !== "");
    return names.length > 0 ? `one of ${names.join(", ")}` : "";
  }

  /** Sets actuators. @param values - by name. @throws MqttError, RangeError saying what is allowed; then those before are set. */
  set(values: unknown): void {
    const { names } = this;
    if (typeof values !== "object" || values === null || Array.isArray(values)) throw configurationError("the payload of set", `an object of numbers for ${names.join(", ") || "actuators: this node has none"}`);
    for (const [name, value] of Object.entries(values)) {
      const actuator = this.actuators[names.indexOf(name)];
      if (!actuator) throw configurationError(`the payload of set: "${name}"`, names.length > 0 ? `one of ${names.join(", ")}` : "absent: this node has no actuators");
      if (typeof value !== "number") throw configurationError(`the payload of set: ${name}`, "a number");
      actuator.set(value);
    }
  }

  /** Stops measuring, switches actuators off and lets go of everything. */
  close(): void {
    for (const task of this.tasks) task.close();
    for (const actuator of this.actuators) actuator.close();
  }
}

