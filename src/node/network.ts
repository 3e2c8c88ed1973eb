import type { Timers, WiFi, WiFiClass } from "./host.js";

/** `connection` of an ECMA-419 network interface. */
const disconnected = 200;
const addressAssigned = 500;

const firstDelay = 1000;
const longestDelay = 60_000;
/** An access point that has not let us in after this long, in milliseconds, is asked anew. */
const attemptTimeout = 30_000;

export interface WiFiLinkOptions {
  readonly wifi: WiFiClass;
  readonly timer: Timers;
  readonly ssid: string;
  readonly password: string | undefined;
  /** There is an address. */
  readonly onUp: () => void;
  readonly onDown: () => void;
}

/** Keeps a Wi-Fi connection: makes it, and makes it again when it is lost, first after 1 s, then after ever longer, at most 60 s. */
export class WiFiLink {
  readonly #options: WiFiLinkOptions;
  readonly #wifi: WiFi;
  #up = false;
  /** A new attempt is scheduled. */
  #waiting = false;
  #delay = firstDelay;
  #timer: unknown;

  constructor(options: WiFiLinkOptions) {
    this.#options = options;
    this.#wifi = new options.wifi({ onChanged: () => this.changed() });
  }

  /** Begins; the host may be connected already. */
  start(): void {
    if (this.#wifi.connection >= addressAssigned) this.changed();
    else this.connect();
  }

  /** Leaves the connection as it is, but no longer looks after it. */
  close(): void {
    this.schedule(undefined, 0);
    this.#wifi.close();
  }

  private connect(): void {
    const { ssid, password } = this.#options;
    try {
      this.#wifi.connect(password === undefined ? { SSID: ssid } : { SSID: ssid, password });
      this.schedule(() => this.giveUp(), attemptTimeout);
    } catch {
      // An attempt that is not ours is under way.
      this.retry();
    }
  }

  private giveUp(): void {
    this.#wifi.disconnect();
    this.retry();
  }

  private retry(): void {
    if (this.#waiting) return;
    this.schedule(() => this.connect(), this.#delay);
    this.#waiting = true;
    this.#delay = Math.min(2 * this.#delay, longestDelay);
  }

  private changed(): void {
    const { connection } = this.#wifi;
    if (connection >= addressAssigned) {
      this.schedule(undefined, 0);
      this.#delay = firstDelay;
      if (this.#up) return;
      this.#up = true;
      this.#options.onUp();
    } else if (connection <= disconnected) {
      this.retry();
      if (!this.#up) return;
      this.#up = false;
      this.#options.onDown();
    }
  }

  /** There is one timer: what was scheduled before is dropped. */
  private schedule(callback: (() => void) | undefined, delay: number): void {
    if (this.#timer !== undefined) this.#options.timer.clear(this.#timer);
    this.#waiting = false;
    this.#timer = callback && this.#options.timer.set(() => {
      this.#timer = undefined;
      this.#waiting = false;
      callback();
    }, delay);
  }
}

/** A name of the device's own, from the last three bytes of its MAC address; undefined where it has none. */
export function nameFromMAC(wifi: WiFiClass): string | undefined {
  const link = new wifi({});
  const digits = link.MAC?.replace(/[^0-9a-fA-F]/g, "");
  link.close();
  return digits === undefined || digits.length < 6 ? undefined : `node-${digits.slice(-6).toLowerCase()}`;
}
