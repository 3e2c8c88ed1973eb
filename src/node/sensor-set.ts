import { configurationError } from "../protocol/error.js";
import type { Actuator } from "../sensors/sensor-type.js";
import { makeActuator } from "./parts.js";
import type { Parts } from "./sensor-configuration.js";
import { type SensorHost, SensorTask } from "./sensor-task.js";
import { formatError } from "./telemetry.js";

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
    this.names = actuators.map(({ name }) => name);
    this.actuators = actuators.map((settings) => makeActuator(host.bench, settings));
  }

  /** Types of the sensors. */
  get types(): string[] {
    return this.tasks.map(({ settings }) => settings.type.name);
  }

  /** Begins to measure in the intervals, or begins these anew. @param now - whether each measures at once, too. */
  start(now = true): void {
    for (const task of this.tasks) task.start(now);
  }

  setInterval(seconds: number): void {
    for (const task of this.tasks) task.setInterval(seconds);
  }

  /**
   * Measures now.
   * @param name - of a sensor; empty: all of them.
   * @returns members of a JSON object: the readings of one sensor, or of each by its name. Rejects when the one sensor fails.
   */
  async read(name: string): Promise<string> {
    const [only] = this.tasks;
    const task = name === "" && only?.settings.name === "" ? only : this.tasks.find(({ settings }) => settings.name === name);
    if (task) return task.read();
    const names = this.tasks.map(({ settings }) => settings.name).filter((known) => known !== "");
    if (name !== "") throw configurationError("the payload of read", `empty${names.length > 0 ? ` or one of ${names.join(", ")}` : ""}`);
    const all = await Promise.all(this.tasks.map((each) => each.read().catch((error: unknown) => formatError(error))));
    return all.map((members, index) => `${JSON.stringify(this.tasks[index]?.settings.name)}:{${members}}`).join(",");
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

