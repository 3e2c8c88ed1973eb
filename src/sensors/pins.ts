/** What drivers use of ECMA-419's pins, and how a provider names them. */

/** An ECMA-419 Digital, input or output. */
export interface Digital {
  read(): number;
  write(value: number): void;
  close(): void;
}

export interface DigitalClass {
  new (options: Readonly<Record<string, unknown>>): Digital;
  readonly Input: unknown;
  readonly InputPullUp: unknown;
  readonly InputPullDown: unknown;
  readonly Output: unknown;
  readonly Rising: number;
  readonly Falling: number;
}

/** An ECMA-419 Analog. */
export interface Analog {
  /** Bits of a reading. */
  readonly resolution: number;
  read(): number;
  close(): void;
}

export type AnalogClass = new (options: Readonly<Record<string, unknown>>) => Analog;

/** An ECMA-419 PWM. */
export interface PWM {
  /** Bits of a value. */
  readonly resolution: number;
  write(value: number): void;
  close(): void;
}

export type PWMClass = new (options: Readonly<Record<string, unknown>>) => PWM;

/** A pin and the class that works it, e.g. `{ io: device.io.Digital, pin: 4 }`. */
export interface PinOptions<IO> {
  readonly io: IO;
  readonly pin: number;
}

/** The resistor that holds an input while nothing else does. */
export const pulls = ["up", "down", "none"] as const;
export type Pull = (typeof pulls)[number];

/** The mode of an input. */
export function inputMode(io: DigitalClass, pull: Pull): unknown {
  return pull === "up" ? io.InputPullUp : pull === "down" ? io.InputPullDown : io.Input;
}

/** Timers as the module `timer` has them. */
export interface OneShotTimer {
  set(callback: () => void, milliseconds: number): unknown;
  clear(timer: unknown): void;
}

/** @throws TypeError naming part and class where there is none. */
export function checkPin(part: string, kind: string, options: PinOptions<unknown>): void {
  if (typeof options.io !== "function") throw new TypeError(`${part}: io must be an ECMA-419 ${kind} class, e.g. device.io.${kind}`);
}
