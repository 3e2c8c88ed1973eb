import { type Fault, presentFault } from "./fault.js";
import type { I2CDevice } from "./i2c-bus.js";
import type { Conditions, Scene } from "./scene.js";

/** The twin of a part on an I2C bus. With the fault `nack` it does not answer; the others are for the part to play. */
export abstract class I2CTwin<Kind extends string, Name extends keyof Conditions> implements I2CDevice {
  readonly #scene: Scene<Name>;
  readonly #now: () => number;
  readonly #faults: readonly Fault<Kind | "nack">[];

  /** @param now - milliseconds since the boot. */
  constructor(scene: Scene<Name>, now: () => number, faults: readonly Fault<Kind | "nack">[] = []) {
    this.#scene = scene;
    this.#now = now;
    this.#faults = faults;
  }

  write(bytes: Uint8Array): boolean {
    return !this.has("nack") && this.receive(bytes);
  }

  read(count: number): Uint8Array | undefined {
    return this.has("nack") ? undefined : this.send(count);
  }

  protected get now(): number {
    return this.#now();
  }

  protected get conditions(): Pick<Conditions, Name> {
    return this.#scene(this.#now() / 1000);
  }

  protected has(fault: Kind | "nack"): boolean {
    return presentFault(this.#faults, this.#now()) === fault;
  }

  /** Takes what was written. @returns false for NACK. */
  protected abstract receive(bytes: Uint8Array): boolean;

  /** What is read; undefined for NACK. */
  protected abstract send(count: number): Uint8Array | undefined;
}

/** So many bytes from the start; what is beyond reads as 0xFF, as of a bus that nobody pulls down. */
export function padded(bytes: readonly number[], count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, index) => bytes[index] ?? 0xff);
}

/** A whole number within the range of so many bits. */
export function quantised(value: number, bits: number): number {
  return Math.min(Math.max(Math.round(value), 0), 2 ** bits - 1);
}
