import type { Identification, Provenance } from "../identification.js";
import { checkPin, type Digital, type DigitalClass, inputMode, type OneShotTimer, type PinOptions, type Pull } from "../pins.js";

export interface DigitalInputOptions {
  readonly sensor: PinOptions<DigitalClass>;
  /** The module `timer`. */
  readonly timer: OneShotTimer;
  /** Default `up`. */
  readonly pull?: Pull;
  /** The input has changed and then kept still for the debounce time: `sample` gives its new state. */
  readonly onChanged?: () => void;
}

export interface DigitalInputConfiguration {
  /** Milliseconds that the input must keep still before a change counts, 0 to 10,000. Default 50. */
  readonly debounce?: number;
  /** 1: a low level counts as active, as with a contact to ground. Default 1 with `pull` up, else 0. */
  readonly invert?: 0 | 1;
}

export interface DigitalInputSample extends Provenance {
  /** 1: active, 0: not; `changes` since construction. */
  switch: { active: 0 | 1; changes: number };
}

/**
 * A contact or logic signal at a pin, debounced (ECMA-419, 13 Sensor Class Pattern and 31 Provenance). A change counts once the input
 * has kept still for the debounce time: shorter pulses are none.
 */
export class DigitalInput {
  private io: Digital | undefined;
  private readonly timer: OneShotTimer;
  private readonly onChanged: (() => void) | undefined;
  private settling: unknown;
  private debounce = 50;
  private invert: number;
  private level: number;
  private changes = 0;

  /** @throws TypeError for wrong options; whatever the Digital class throws. */
  constructor({ sensor, timer, pull = "up", onChanged }: DigitalInputOptions) {
    checkPin("DigitalInput", "Digital", sensor);
    const { io } = sensor;
    this.timer = timer;
    this.onChanged = onChanged;
    this.invert = pull === "up" ? 1 : 0;
    this.io = new io({ pin: sensor.pin, mode: inputMode(io, pull), edge: io.Rising | io.Falling, onReadable: () => this.restart() });
    this.level = this.io.read();
  }

  /** Lets go of the pin; a second call does nothing. */
  close(): void {
    this.io?.close();
    this.io = undefined;
    this.stop();
  }

  /** @throws RangeError naming the option and its range. */
  configure({ debounce = this.debounce, invert = this.invert === 1 ? 1 : 0 }: DigitalInputConfiguration): void {
    if (!(debounce >= 0 && debounce <= 10_000)) throw new RangeError("DigitalInput: debounce must be a number of milliseconds from 0 to 10000");
    this.debounce = debounce;
    this.invert = invert;
  }

  get configuration(): DigitalInputConfiguration {
    return { debounce: this.debounce, invert: this.invert === 1 ? 1 : 0 };
  }

  get identification(): Identification {
    return { model: "digital input", classification: "Switch" };
  }

  /** The state that the input had when it last kept still. @throws Error when closed. */
  sample(): DigitalInputSample {
    if (!this.io) throw new Error("DigitalInput: closed");
    return { time: Date.now(), switch: { active: this.level === this.invert ? 0 : 1, changes: this.changes } };
  }

  private stop(): void {
    if (this.settling !== undefined) this.timer.clear(this.settling);
    this.settling = undefined;
  }

  private restart(): void {
    this.stop();
    this.settling = this.timer.set(() => this.settle(), this.debounce);
  }

  private settle(): void {
    this.settling = undefined;
    const level = this.io?.read();
    if (level === undefined || level === this.level) return;
    this.level = level;
    this.changes++;
    this.onChanged?.();
  }
}

export default DigitalInput;
