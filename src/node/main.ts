/** Binds the sensor node to a Moddable host: its timer, clock and configuration, our client, and the BME280. */
import config from "mc/config";
import Time from "time";
import Timer from "timer";
import { connect } from "../client/client.js";
import { BME280 } from "../sensors/bme280/bme280.js";
import type { Device } from "./host.js";
import { type NodeCallbacks, type NodeOptions, SensorNode } from "./node.js";

export interface StartOptions extends NodeCallbacks, Pick<NodeOptions, "openFlash"> {
  /** The global `device`, or that with more; the client takes its network from the global one. */
  readonly device: Device;
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
    sensor: { name: "BME280", open: (device, address) => openBME280(device, address) },
  });
}

function openBME280(device: Device, address: number): BME280 {
  const bus = device.I2C?.default;
  if (!bus) throw new Error("this board has no I2C bus (device.I2C.default): no sensor can be read");
  return new BME280({ sensor: { ...bus, address } });
}
