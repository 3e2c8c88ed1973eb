import { configurationError } from "../protocol/error.js";
import type { ActuatorType, Option, PartType, SensorType } from "../sensors/sensor-type.js";
import { interval } from "./configuration.js";

/** What a node does when a sensor fails: tells it as telemetry, says nothing, or tells it once and gives the sensor up. */
export const failurePolicies = ["report", "quiet", "stop"] as const;

/** Where a part is, and what its driver is told. */
export interface PartSettings {
  /** Unique in the node; empty for the node's only sensor, without a list of them. */
  readonly name: string;
  /** Property of `device.I2C`. */
  readonly bus: string;
  readonly address: number;
  readonly pin: number;
  readonly options: Readonly<Record<string, string | number>>;
}

export interface SensorSettings extends PartSettings {
  readonly type: SensorType;
  /** Seconds; absent: the node's. */
  readonly interval?: number;
  /** Seconds until a failed measurement is tried again the first time; then twice as many. */
  readonly retry: number;
  readonly onFailure: (typeof failurePolicies)[number];
  /** How many readings the filters look at; 1: not used. */
  readonly median: number;
  readonly average: number;
  /** By the type's quantities; absent: none. */
  readonly scale?: readonly number[];
  readonly offset?: readonly number[];
  /** Readings that differ less are not told. */
  readonly delta?: readonly number[];
  /** Seconds after which readings are told however little they differ; absent: never. */
  readonly heartbeat?: number;
}

export interface ActuatorSettings extends PartSettings {
  readonly type: ActuatorType;
}

/** The sensors and actuators of a node. */
export interface Parts {
  readonly sensors: readonly SensorSettings[];
  readonly actuators: readonly ActuatorSettings[];
}

type Fields = Readonly<Record<string, unknown>>;
type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

const sensorFields = ["interval", "retry", "onFailure", "median", "average", "scale", "offset", "delta", "heartbeat"];
const longestName = 32;
/** One for all types without options: it takes no memory. */
const noOptions: Record<string, never> = {};

/**
 * Checks the option `sensors`: an object of entries by name, or its JSON text.
 * @param buses - names in `device.I2C`.
 * @throws MqttError (configuration) naming the entry, the field and what it may be.
 */
export function readParts(value: unknown, registry: readonly PartType[], buses: readonly string[]): Parts {
  const entries = record("sensors", typeof value === "string" ? parse(value) : value);
  const sensors: SensorSettings[] = [];
  const actuators: ActuatorSettings[] = [];
  /** Who has which address or pin. */
  const taken = new Map<string, string>();
  for (const name of Object.keys(entries)) {
    const what = `sensors.${name}`;
    if (name === "" || name.length > longestName || /[+#/\0]/.test(name))
      throw configurationError(`sensors: the name "${name.slice(0, longestName + 1)}"`, `1 to ${longestName} characters, without +, # and /`);
    const fields = record(what, entries[name]);
    const type = registry.find((known) => known.name === fields["type"]);
    if (!type) throw configurationError(`${what}.type`, `one of ${registry.map((known) => known.name).join(", ")}`);
    const settings = "open" in type ? readSensor(what, name, fields, type) : { ...readPart(what, name, fields, type, []), type };
    const { bus, address, pin } = settings;
    const addressed = "addresses" in type;
    if (addressed && !buses.includes(bus)) throw configurationError(`${what}.bus`, buses.length > 0 ? `one of ${buses.join(", ")}` : "another board's: this one has no device.I2C");
    const place = addressed ? `${bus} ${address}` : `${pin}`;
    const other = taken.get(place);
    if (other !== undefined) throw configurationError(`${what}.${addressed ? "address" : "pin"}`, `another than that of "${other}"`);
    taken.set(place, name);
    if ("retry" in settings) sensors.push(settings);
    else actuators.push(settings);
  }
  return { sensors, actuators };
}

/** The settings of the node's only sensor, when there is no list. */
export function singleSensor(type: SensorType, address: number): SensorSettings {
  return readSensor("sensor", "", { address }, type, true);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw configurationError("sensors", "an object, or its JSON text");
  }
}

function record(what: string, value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw configurationError(what, "an object");
  return value as Fields;
}

function readPart(what: string, name: string, fields: Fields, type: PartType, more: readonly string[], anyAddress = false): PartSettings {
  const addresses = "addresses" in type ? type.addresses : [];
  const allowed = ["type", ...addresses.length > 0 ? ["bus", "address"] : ["pin"], ...type.options.map((option) => option.name), ...more];
  const unknown = Object.keys(fields).find((field) => !allowed.includes(field));
  if (unknown !== undefined) throw configurationError(`${what}: the field "${unknown}"`, `one of ${allowed.join(", ")}`);
  const options: Record<string, string | number> = type.options.length > 0 ? {} : noOptions;
  for (const option of type.options) {
    const value = readOption(`${what}.${option.name}`, fields[option.name], option);
    if (value !== undefined) options[option.name] = value;
  }
  const bus = fields["bus"] ?? "default";
  if (typeof bus !== "string") throw configurationError(`${what}.bus`, "text, a name in device.I2C");
  const [first = 0] = addresses;
  const address = anyAddress ? Number(fields["address"]) : addresses.length > 0 ? readAddress(`${what}.address`, fields["address"] ?? first, addresses) : 0;
  return { name, bus, address, pin: addresses.length > 0 ? 0 : number(`${what}.pin`, fields["pin"], 0, 48, true), options };
}

function readAddress(what: string, value: unknown, addresses: readonly number[]): number {
  // JSON has no hexadecimal numbers: "0x76" is taken, too.
  const address = addresses.find((known) => known === (typeof value === "string" ? Number(value) : value));
  if (address === undefined) throw configurationError(what, `one of ${addresses.map((known) => `0x${known.toString(16)}`).join(", ")}, as a number or as text`);
  return address;
}

function readOption(what: string, value: unknown, option: Option): string | number | undefined {
  if (value === undefined) return option.default;
  if (!("values" in option)) return number(what, value, option.minimum, option.maximum, option.whole ?? false);
  const found = option.values.find((allowed) => allowed === value);
  if (found === undefined) throw configurationError(what, `one of ${option.values.join(", ")}`);
  return found;
}

function number(what: string, value: unknown, minimum: number, maximum: number, whole = false): number {
  if (typeof value === "number" && value >= minimum && value <= maximum && (!whole || Number.isInteger(value))) return value;
  throw configurationError(what, `a ${whole ? "whole " : ""}number from ${minimum} to ${maximum}`);
}

function seconds(what: string, value: unknown): number {
  return interval(what, typeof value === "number" ? value : NaN);
}

function readSensor(what: string, name: string, fields: Fields, type: SensorType, anyAddress = false): SensorSettings {
  const part = readPart(what, name, fields, type, sensorFields, anyAddress);
  const { onFailure = "report", heartbeat, delta } = fields;
  const policy = failurePolicies.find((known) => known === onFailure);
  if (policy === undefined) throw configurationError(`${what}.onFailure`, `one of ${failurePolicies.join(", ")}`);
  const median = number(`${what}.median`, fields["median"] ?? 1, 1, 15, true);
  if (median % 2 === 0) throw configurationError(`${what}.median`, "an odd number from 1 to 15");
  if (heartbeat !== undefined && delta === undefined) throw configurationError(`${what}.heartbeat`, "given together with delta");
  const average = number(`${what}.average`, fields["average"] ?? 1, 1, 60, true);
  const retry = fields["retry"] === undefined ? 1 : seconds(`${what}.retry`, fields["retry"]);
  const settings: Writable<SensorSettings> = { ...part, type, retry, onFailure: policy, median, average };
  // What is not there takes no memory.
  if (fields["interval"] !== undefined) settings.interval = seconds(`${what}.interval`, fields["interval"]);
  if (fields["scale"] !== undefined) settings.scale = byQuantity(`${what}.scale`, fields["scale"], type, 1, -1e6, 1e6);
  if (fields["offset"] !== undefined) settings.offset = byQuantity(`${what}.offset`, fields["offset"], type, 0, -1e6, 1e6);
  if (delta !== undefined) settings.delta = byQuantity(`${what}.delta`, delta, type, Infinity, 0, 1e6);
  if (heartbeat !== undefined) settings.heartbeat = seconds(`${what}.heartbeat`, heartbeat);
  return settings;
}

/** Numbers by quantity; a single number where there is only one quantity. */
function byQuantity(what: string, value: unknown, { quantities }: SensorType, otherwise: number, minimum: number, maximum: number): number[] {
  if (typeof value === "number" && quantities.length === 1) return [number(what, value, minimum, maximum)];
  const names = quantities.map(({ name }) => name);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw configurationError(what, `an object of numbers for ${names.join(", ")}`);
  const fields = value as Fields;
  const unknown = Object.keys(fields).find((name) => !names.includes(name));
  if (unknown !== undefined) throw configurationError(`${what}: "${unknown}"`, `one of ${names.join(", ")}`);
  return names.map((name) => fields[name] === undefined ? otherwise : number(`${what}.${name}`, fields[name], minimum, maximum));
}
