import type { QoS } from "../client/options.js";
import { parseUrl } from "../client/url.js";
import { checkInteger, configurationError } from "../protocol/error.js";
import type { AccessPoint } from "./network.js";

/** What a node can be told; `docs/firmware.md` has the table. */
export interface Configuration {
  /** URL of the broker. */
  readonly broker: string;
  readonly brokerUser?: string;
  readonly brokerPassword?: string;
  /** First level or levels of all topics. */
  readonly prefix: string;
  /** The node's name: the level after the prefix. */
  readonly node: string;
  /** Seconds from one telemetry to the next. */
  readonly interval: number;
  readonly qos: QoS;
  /** Seconds. */
  readonly keepAlive: number;
  /** 7-bit I2C address of the BME280, where there is no list of sensors. */
  readonly sensorAddress: number;
  /** Sensors and actuators by name: see `sensor-configuration.ts`. */
  readonly sensors?: unknown;
  /** Wi-Fi to join, by preference; none where the network is taken to be up. */
  readonly accessPoints: readonly AccessPoint[];
}

/** Range of the interval in seconds. */
const shortestInterval = 1;
const longestInterval = 86_400;

/**
 * Checks the options of `mc/config` and adds the defaults. Options that are not the firmware's are none of its business. Numbers may
 * come as text, as from the command line of mcconfig.
 * @param name - the node's name where the options have none.
 * @throws MqttError (configuration) naming the option and what it may be.
 */
export function readConfiguration(options: Readonly<Record<string, unknown>>, name: string): Configuration {
  const brokerUser = text(options, "brokerUser");
  const brokerPassword = text(options, "brokerPassword");
  return {
    broker: brokerUrl(text(options, "broker")),
    ...(brokerUser !== undefined && { brokerUser }),
    ...(brokerPassword !== undefined && { brokerPassword }),
    prefix: levels("prefix", text(options, "prefix") ?? "xs-mqtt"),
    node: level("node", text(options, "node") ?? name),
    interval: interval("interval", number(options, "interval", 60)),
    qos: qos(number(options, "qos", 1)),
    keepAlive: checkInteger("keepAlive", number(options, "keepAlive", 60), 0, 65_535),
    sensorAddress: checkInteger("sensorAddress", number(options, "sensorAddress", 0x76), 0x08, 0x77),
    ...(options["sensors"] !== undefined && options["sensors"] !== "" && { sensors: options["sensors"] }),
    accessPoints: accessPoints(options),
  };
}

/** Checks an interval in seconds. @throws MqttError (configuration) naming `what` and the range. */
export function interval(what: string, value: number): number {
  if (!(value >= shortestInterval && value <= longestInterval))
    throw configurationError(what, `a number of seconds from ${shortestInterval} to ${longestInterval}`);
  return value;
}

function text(options: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = options[name];
  if (value === undefined || value === "") return undefined;
  if (typeof value !== "string") throw configurationError(name, 'text; put digits into quotes, e.g. "123"');
  return value;
}

/** `ssid` with `password`, then `ssid2` with `password2` and `ssid3` with `password3`. */
function accessPoints(options: Readonly<Record<string, unknown>>): AccessPoint[] {
  const found: AccessPoint[] = [];
  for (const place of ["", "2", "3"]) {
    const ssid = text(options, `ssid${place}`);
    const password = text(options, `password${place}`);
    if (ssid !== undefined) found.push({ ssid, password });
  }
  return found;
}

function number(options: Readonly<Record<string, unknown>>, name: string, otherwise: number): number {
  const value = options[name];
  if (value === undefined || value === "") return otherwise;
  const result = typeof value === "string" ? Number(value) : value;
  if (typeof result !== "number" || Number.isNaN(result)) throw configurationError(name, "a number");
  return result;
}

function brokerUrl(value: string | undefined): string {
  try {
    // What stands behind ws: is for the host's route to say.
    if (value !== undefined && (/^wss?:/.test(value) || parseUrl(value).host !== "")) return value;
  } catch {
    // Said below, with the option's name.
  }
  throw configurationError("broker", "the broker's URL, mqtt://HOST, mqtt://HOST:PORT or with TLS mqtts://HOST");
}

/** Checks the beginning of a node's topics. @throws MqttError (configuration) naming `what` and what it may be. */
export function levels(what: string, value: string): string {
  if (value === "" || /[+#\0]/.test(value) || value.startsWith("/") || value.endsWith("/") || value.startsWith("$") || value.length > 64)
    throw configurationError(what, "1 to 64 characters, without + and #, topic levels with / between them, neither beginning with / or $ nor ending with /");
  return value;
}

/** Checks a node's name. @throws MqttError (configuration) naming `what` and what it may be. */
export function level(what: string, value: string): string {
  if (value === "" || /[+#/\0]/.test(value) || value.length > 32) throw configurationError(what, "1 to 32 characters, without +, # and /");
  return value;
}

function qos(value: number): QoS {
  if (value !== 0 && value !== 1 && value !== 2) throw configurationError("qos", "0, 1 or 2");
  return value;
}
