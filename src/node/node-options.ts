/** What a node is given by its host. */
import type { Client, ConnectOptions } from "../client/options.js";
import type { WebSocketOptions } from "../client/web-socket.js";
import type { PartType } from "../sensors/sensor-type.js";
import type { FlashPartition } from "../storage/flash.js";
import type { Device, Ticks, Timers } from "./host.js";

/** What the host wants to hear; the node works without. */
export interface NodeCallbacks {
  readonly onOnline?: (info: { readonly node: string; readonly mqtt: 4 | 5; readonly resumed: boolean }) => void;
  /** A telemetry message is handed to the client. */
  readonly onTelemetry?: (topic: string, payload: string) => void;
  /** The broker, or the network, is gone or cannot be reached; the node comes back by itself. */
  readonly onOffline?: (reason: string) => void;
  /** Something failed, but the node goes on. */
  readonly onError?: (message: string) => void;
  /** Sets the clock from the network where it is not set yet; calls back when it is, or when nobody knows the time. */
  readonly setClock?: (done: () => void) => void;
  /** Starts the host anew, after the node has stopped. Without it the command `restart` is refused. */
  readonly restart?: () => void;
}

/** Everything that the node needs of its host. */
export interface NodeOptions extends NodeCallbacks {
  /** The options of `mc/config`: see `readConfiguration`. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly device: Device;
  readonly timer: Timers;
  readonly time: Ticks;
  /** `Date.now`. */
  readonly now: () => number;
  readonly connect: (broker: string | WebSocketOptions, options: ConnectOptions) => Client;
  /** Makes options of a URL of `ws:` or `wss:`, which `connect` does not know. Without it such a URL is refused. */
  readonly route?: (url: string) => WebSocketOptions;
  /** Opens the partition for session and readings. Without it nothing outlives a restart, and readings taken while offline are few. */
  readonly openFlash?: () => FlashPartition;
  /** The sensors and actuators that can be configured. */
  readonly registry: readonly PartType[];
  /** Name in the registry of the sensor that a node has without a list of them. */
  readonly defaultSensor: string;
  /** A module of the host by its specifier, undefined where it is not included; without it there are none. */
  readonly load?: (specifier: string) => unknown;
}
