import type { Device, NetworkLink, NetworkLinkOptions, WiFi, WiFiClass } from "./host.js";

/** `connection` of an ECMA-419 network interface. */
const disconnected = 200;
const addressAssigned = 500;

const firstDelay = 1000;
const longestDelay = 60_000;
/** An access point that has not let us in after this long, in milliseconds, is asked anew. */
const attemptTimeout = 30_000;

/** So many times in a row the broker was not reached, some minutes: the Wi-Fi is given up. */
const longestDoubt = 10;

/** A Wi-Fi that the node may join. */
export interface AccessPoint {
  readonly ssid: string;
  readonly password?: string | undefined;
}

export interface WiFiLinkOptions extends NetworkLinkOptions {
  readonly wifi: WiFiClass;
  /** By preference, one at least. */
  readonly accessPoints: readonly AccessPoint[];
}

/**
 * Keeps a Wi-Fi connection. When it is lost, the access points are asked one after the other, the preferred one first, each when the one
 * before has refused, after 1 s, or 30 s have passed. After all of them comes a rest of 1 s, then ever longer ones, at most 60 s. One that
 * is up but leads nowhere is left for the next, or asked anew: it may be captive, or have forgotten the node.
 */
export class WiFiLink implements NetworkLink {
  readonly #options: WiFiLinkOptions;
  readonly #wifi: WiFi;
  #up = false;
  /** A new attempt is scheduled. */
  #waiting = false;
  #delay = firstDelay;
  /** The access point that is asked, by its place. */
  #place = 0;
  /** Attempts in a row that did not reach the broker. */
  #doubts = 0;
  #timer: unknown;

  constructor(options: WiFiLinkOptions) {
    this.#options = options;
    this.#wifi = new options.wifi({ onChanged: () => this.changed() });
  }

  get address(): string | undefined {
    return this.#wifi.address;
  }

  get RSSI(): number | undefined {
    return this.#wifi.RSSI;
  }

  up(): void {
    if (this.#wifi.connection >= addressAssigned) this.changed();
    else this.connect();
  }

  /** Leaves the connection as it is. */
  down(): void {
    this.schedule(undefined, 0);
    this.#wifi.close();
  }

  reached(answered: boolean): void {
    this.#doubts = answered || !this.#up ? 0 : this.#doubts + 1;
    if (this.#doubts < longestDoubt) return;
    const { ssid } = this.accessPoint();
    this.#doubts = 0;
    this.#up = false;
    this.#options.onDown(`Wi-Fi ${ssid} leads nowhere`);
    this.giveUp();
  }

  private connect(): void {
    const { ssid, password } = this.accessPoint();
    try {
      this.#wifi.connect(password === undefined ? { SSID: ssid } : { SSID: ssid, password });
      this.schedule(() => this.giveUp(), attemptTimeout);
    } catch {
      // An attempt that is not ours is under way.
      this.retry();
    }
  }

  private accessPoint(): AccessPoint {
    const { accessPoints } = this.#options;
    return accessPoints[this.#place] ?? { ssid: "" };
  }

  private giveUp(): void {
    this.#wifi.disconnect();
    this.retry();
  }

  /** Goes on to the next access point after 1 s, or after a rest when all were asked. */
  private retry(): void {
    if (this.#waiting) return;
    this.#place = (this.#place + 1) % this.#options.accessPoints.length;
    const all = this.#place === 0;
    this.schedule(() => this.connect(), all ? this.#delay : firstDelay);
    this.#waiting = true;
    if (all) this.#delay = Math.min(2 * this.#delay, longestDelay);
  }

  private changed(): void {
    const { connection } = this.#wifi;
    if (connection >= addressAssigned) {
      this.schedule(undefined, 0);
      this.#delay = firstDelay;
      if (this.#up) return;
      this.#up = true;
      this.#options.onUp();
    } else if (connection <= disconnected) this.lost();
  }

  private lost(): void {
    if (!this.#up) {
      this.retry();
      return;
    }
    const { ssid } = this.accessPoint();
    this.#up = false;
    // The preferred one comes first, as if all had been asked.
    this.#place = this.#options.accessPoints.length - 1;
    this.retry();
    this.#options.onDown(`Wi-Fi ${ssid} lost`);
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

/** The part that brings this device's network up: the board's own, else Wi-Fi where one is configured; undefined where the network is up already. */
export function openLink(device: Device, accessPoints: readonly AccessPoint[], options: NetworkLinkOptions): NetworkLink | undefined {
  const { link, wifi } = device.network ?? {};
  if (link) return new link.io(options);
  return wifi && accessPoints.length > 0 ? new WiFiLink({ ...options, wifi: wifi.io, accessPoints }) : undefined;
}
