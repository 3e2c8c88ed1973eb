import { checkPin, type Digital, type DigitalClass, type PinOptions } from "../pins.js";

export interface DigitalOutputOptions {
  readonly actuator: PinOptions<DigitalClass>;
  /** 1: on is a low level, as with most relay boards. Default 0. */
  readonly invert?: number;
}

/** A relay, a lamp or a valve at a pin: on or off, and off from the start. */
export class DigitalOutput {
  private io: Digital | undefined;
  private readonly invert: number;

  /** @throws TypeError for wrong options; whatever the Digital class throws. */
  constructor({ actuator, invert = 0 }: DigitalOutputOptions) {
    checkPin("DigitalOutput", "Digital", actuator);
    this.invert = invert;
    this.io = new actuator.io({ pin: actuator.pin, mode: actuator.io.Output, initialValue: invert });
    this.set(0);
  }

  /** Switches off and lets go of the pin; a second call does nothing. */
  close(): void {
    if (!this.io) return;
    this.set(0);
    this.io.close();
    this.io = undefined;
  }

  /** @param value - 1: on, 0: off. @throws RangeError for anything else; Error when closed. */
  set(value: number): void {
    if (value !== 0 && value !== 1) throw new RangeError("DigitalOutput: the value must be 0 or 1");
    if (!this.io) throw new Error("DigitalOutput: closed");
    this.io.write(value ^ this.invert);
  }
}

export default DigitalOutput;
