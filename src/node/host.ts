/** What the firmware takes of its host, as Moddable and ECMA-419 shape it. It is handed in, so that the firmware names no board. */
import type { NetworkProvider } from "../client/common-options.js";
import type { AnalogClass, DigitalClass, PWMClass } from "../sensors/pins.js";
import type { BusOptions } from "../sensors/bus.js";

/** Moddable's `timer`; times in milliseconds. */
export interface Timers {
  set(callback: () => void, interval: number): unknown;
  repeat(callback: () => void, interval: number): unknown;
  clear(timer: unknown): void;
}

/** Moddable's `time`. */
export interface Ticks {
  /** Milliseconds since some start; wraps. */
  readonly ticks: number;
  /** Milliseconds between two `ticks`, right over a wrap. */
  delta(start: number, end?: number): number;
}

/** ECMA-419 Wi-Fi network interface. */
export interface WiFi {
  /** 200 disconnected, 300 connecting, 400 connected, 500 with an address. */
  readonly connection: number;
  readonly MAC: string | undefined;
  readonly address?: string | undefined;
  /** Signal strength in dBm. */
  readonly RSSI?: number | undefined;
  connect(options: { readonly SSID: string; readonly password?: string }): void;
  disconnect(): void;
  close(): void;
}

export type WiFiClass = new (options: { readonly onChanged?: (property: string) => void }) => WiFi;

/** What brings the network of a device up and keeps it up; it comes back from a loss by itself. */
export interface NetworkLink {
  /** Begins. The network may be up already. */
  up(): void;
  /** No longer looks after the network, and calls back no more. */
  down(): void;
  /** Undefined while there is none. */
  readonly address: string | undefined;
  /** Signal strength in dBm; undefined where there is none, as on a cable. */
  readonly RSSI?: number | undefined;
  /** An attempt to reach the broker has failed on the way (false), or the broker has answered (true): a network may be up and lead nowhere. */
  reached?(answered: boolean): void;
}

/** What a node gives to its {@link NetworkLink}. The callbacks come after `up` has begun, and only when the state changes. */
export interface NetworkLinkOptions {
  readonly timer: Timers;
  /** There is an address. */
  readonly onUp: () => void;
  /** @param reason - a sentence for a person. */
  readonly onDown: (reason: string) => void;
}

/** The parts of the global `device` that the firmware knows; a board may lack any of them. */
export interface Device {
  /** Buses by name; `default` is the usual one. */
  readonly I2C?: Readonly<Record<string, BusOptions>>;
  readonly io?: { readonly Digital?: DigitalClass; readonly Analog?: AnalogClass; readonly PWM?: PWMClass; readonly SMBus?: BusOptions["io"] };
  /** Pins by use: `led` blinks at the command `identify`. */
  readonly pin?: { readonly led?: number };
  readonly network?: NetworkProvider & {
    readonly wifi?: { readonly io: WiFiClass };
    /** What a board without Wi-Fi, or with a way of its own, names. */
    readonly link?: { readonly io: new (options: NetworkLinkOptions) => NetworkLink };
  };
}
