import { type Fault, presentFault } from "./fault.js";
import type { Scene } from "./scene.js";

/** What is connected to the simulated board's pins. */
export const pin = { contact: 4, pulses: 5, battery: 34 } as const;

/** `open`: the divider's wire is broken, the pin reads 0; `absurd`: the pin reads full scale. */
export const batteryFaults = ["open", "absurd"] as const;

/** Volts at which the board's converter reads full scale, and the part of the battery's voltage that its divider leaves. */
const reference = 3.3;
const divided = 1 / 2;

/** A contact and a meter to ground, a battery behind a divider, and whatever is switched. */
export class Pins {
  readonly #scene: Scene<"contact" | "pulseRate" | "supplyVoltage">;
  readonly #now: () => number;
  readonly #batteryFaults: readonly Fault<(typeof batteryFaults)[number]>[];

  /** @param now - milliseconds since the boot. */
  constructor(scene: Scene<"contact" | "pulseRate" | "supplyVoltage">, now: () => number, faults: readonly Fault<(typeof batteryFaults)[number]>[] = []) {
    this.#scene = scene;
    this.#now = now;
    this.#batteryFaults = faults;
  }

  /** The level of an input with a pull-up; what is not connected is high. */
  level(number: number): 0 | 1 {
    const seconds = this.#now() / 1000;
    const { contact, pulseRate } = this.#scene(seconds);
    if (number === pin.contact) return contact >= 0.5 ? 0 : 1;
    // Low for the second half of each turn.
    if (number === pin.pulses) return (seconds * pulseRate) % 1 < 0.5 ? 1 : 0;
    return 1;
  }

  /** 0 to 1 of full scale; what is not connected reads 0. */
  share(number: number): number {
    if (number !== pin.battery) return 0;
    const fault = presentFault(this.#batteryFaults, this.#now());
    return fault === undefined ? (this.#scene(this.#now() / 1000).supplyVoltage * divided) / reference : fault === "open" ? 0 : 1;
  }
}
