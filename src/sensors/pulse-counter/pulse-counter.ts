import type { Identification, Provenance } from "../identification.js";
import { checkPin, type Digital, type DigitalClass, inputMode, type PinOptions, type Pull } from "../pins.js";

export interface PulseCounterOptions {
  readonly sensor: PinOptions<DigitalClass>;
  /** Default `up`. */
  readonly pull?: Pull;
}

export interface PulseCounterConfiguration {
  /** Milliseconds after a pulse in which another is taken for bouncing, 0 to 10,000. Default 10. */
  readonly debounce?: number;
}

export interface PulseCounterSample extends Provenance {
  /** Pulses since construction, and in the time since the last sample per second. */
  pulseCounter: { count: number; rate: number };
}

/**
 * Counts the pulses of a meter, a rain gauge or an anemometer at a pin (ECMA-419, 13 Sensor Class Pattern and 31 Provenance), by the
 * falling edge, or with `pull` down by the rising one. Each pulse runs code: it is for some tens of pulses a second.
 */
export class PulseCounter {
  private io: Digital | undefined;
  private debounce = 10;
  private count = 0;
  private pulseTime = 0;
  private sampleCount = 0;
  private sampleTime = Date.now();

  /** @throws TypeError for wrong options; whatever the Digital class throws. */
  constructor({ sensor, pull = "up" }: PulseCounterOptions) {
    checkPin("PulseCounter", "Digital", sensor);
    const { io } = sensor;
    this.io = new io({ pin: sensor.pin, mode: inputMode(io, pull), edge: pull === "down" ? io.Rising : io.Falling, onReadable: () => this.pulse() });
  }

  /** Lets go of the pin; a second call does nothing. */
  close(): void {
    this.io?.close();
    this.io = undefined;
  }

  /** @throws RangeError naming the option and its range. */
  configure({ debounce = this.debounce }: PulseCounterConfiguration): void {
    if (!(debounce >= 0 && debounce <= 10_000)) throw new RangeError("PulseCounter: debounce must be a number of milliseconds from 0 to 10000");
    this.debounce = debounce;
  }

  get configuration(): PulseCounterConfiguration {
    return { debounce: this.debounce };
  }

  get identification(): Identification {
    return { model: "pulse input", classification: "PulseCount" };
  }

  /** @throws Error when closed. */
  sample(): PulseCounterSample {
    if (!this.io) throw new Error("PulseCounter: closed");
    const time = Date.now();
    const seconds = (time - this.sampleTime) / 1000;
    // At once after another sample, or after a clock was set back, there is no time to divide by.
    const rate = seconds > 0 ? (this.count - this.sampleCount) / seconds : 0;
    this.sampleTime = time;
    this.sampleCount = this.count;
    return { time, pulseCounter: { count: this.count, rate } };
  }

  private pulse(): void {
    const now = Date.now();
    // The magnitude: a clock that is set back must not stop the counter.
    if (Math.abs(now - this.pulseTime) < this.debounce) return;
    this.pulseTime = now;
    this.count++;
  }
}

export default PulseCounter;
