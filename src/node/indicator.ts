import type { Digital } from "../sensors/pins.js";
import type { Device, Timers } from "./host.js";

/** Milliseconds of light and of dark. */
const blinkInterval = 250;
/** Changes of the LED in all: 5 s. */
const blinkChanges = 20;

/** Blinks the board's LED, so that people find the node; does nothing on a board without one. */
export class Indicator {
  readonly #device: Device;
  readonly #timer: Timers;
  #led: Digital | undefined;
  #blink: unknown;

  constructor(device: Device, timer: Timers) {
    this.#device = device;
    this.#timer = timer;
  }

  /** Blinks for 5 s; begins anew when it blinks already. */
  blink(): void {
    this.close();
    const Digital = this.#device.io?.Digital;
    const pin = this.#device.pin?.led;
    if (!Digital || pin === undefined) return;
    const led = this.#led = new Digital({ pin, mode: Digital.Output });
    let changes = 0;
    this.#blink = this.#timer.repeat(() => {
      changes++;
      led.write(changes % 2 === 1 ? 1 : 0);
      if (changes >= blinkChanges) this.close();
    }, blinkInterval);
  }

  /** Lets go of the LED. */
  close(): void {
    if (this.#blink !== undefined) this.#timer.clear(this.#blink);
    this.#blink = undefined;
    this.#led?.close();
    this.#led = undefined;
  }
}
