import { checkPin, type PinOptions, type PWM, type PWMClass } from "../pins.js";

export interface PWMOutputOptions {
  readonly actuator: PinOptions<PWMClass>;
  /** Frequency. Default: the board's. */
  readonly hz?: number;
}

/** A dimmed lamp, a fan or a heater at a pin: a share of the time on, and off from the start. */
export class PWMOutput {
  private io: PWM | undefined;

  /** @throws TypeError for wrong options; whatever the PWM class throws. */
  constructor({ actuator, hz }: PWMOutputOptions) {
    checkPin("PWMOutput", "PWM", actuator);
    this.io = new actuator.io(hz === undefined ? { pin: actuator.pin } : { pin: actuator.pin, hz });
    this.set(0);
  }

  /** Switches off and lets go of the pin; a second call does nothing. */
  close(): void {
    if (!this.io) return;
    this.set(0);
    this.io.close();
    this.io = undefined;
  }

  /** @param value - 0 (off) to 1 (always on). @throws RangeError for anything else; Error when closed. */
  set(value: number): void {
    if (!(value >= 0 && value <= 1)) throw new RangeError("PWMOutput: the value must be a number from 0 to 1");
    if (!this.io) throw new Error("PWMOutput: closed");
    this.io.write(Math.round(value * (2 ** this.io.resolution - 1)));
  }
}

export default PWMOutput;
