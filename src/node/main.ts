/** Binds the sensor node to a Moddable host: its timer, clock and configuration, our client, and the registry of sensors. */
import config from "mc/config";
import Time from "time";
import Timer from "timer";
import { connect } from "../client/client.js";
import { registry } from "../sensors/registry.js";
import type { Device } from "./host.js";
import { SensorNode } from "./node.js";
import type { NodeCallbacks, NodeOptions } from "./node-options.js";

export interface StartOptions extends NodeCallbacks, Pick<NodeOptions, "openFlash" | "route"> {
  /** The global `device`, or that with more; the client takes its network from the global one. */
  readonly device: Device;
  /** Gives a module of the host, e.g. a driver of the SDK, by its specifier: `(specifier) => Modules.has(specifier) ? Modules.importNow(specifier) : undefined`. */
  readonly load?: (specifier: string) => unknown;
}

/**
 * Starts the firmware with the configuration of `mc/config`.
 * @throws MqttError (configuration) naming the option and what it may be.
 */
export function start(options: StartOptions): SensorNode {
  return new SensorNode({
    ...options,
    config,
    timer: Timer,
    time: Time,
    now: Date.now,
    connect,
    registry,
    defaultSensor: "BME280",
  });
}
