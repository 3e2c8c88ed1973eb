import type { Identification, Provenance } from "../identification.js";
import { type Analog, type AnalogClass, checkPin, type PinOptions } from "../pins.js";

/** Readings averaged into one sample, against the converter's noise. */
const readings = 16;

export interface BatteryOptions {
  readonly sensor: PinOptions<AnalogClass>;
}

export interface BatteryConfiguration {
  /** Volts at which the converter reads full scale, 0.1 to 10. Default 3.3. */
  readonly reference?: number;
  /** Battery voltage by the voltage at the pin, 1 to 100: for a divider (R1 + R2) / R2. Default 2. */
  readonly divider?: number;
}

export interface BatterySample extends Provenance {
  /** Volts, 0 to `reference` times `divider`. */
  voltmeter: { voltage: number };
}

/**
 * The voltage of a battery behind a divider at a pin of the board's converter (ECMA-419, 13 Sensor Class Pattern and 31 Provenance).
 * A converter at its end says nothing about the voltage: that is thrown, not given.
 */
export class Battery {
  private io: Analog | undefined;
  private reference = 3.3;
  private divider = 2;

  /** @throws TypeError for wrong options; whatever the Analog class throws. */
  constructor({ sensor }: BatteryOptions) {
    checkPin("Battery", "Analog", sensor);
    this.io = new sensor.io({ pin: sensor.pin });
  }

  /** Lets go of the pin; a second call does nothing. */
  close(): void {
    this.io?.close();
    this.io = undefined;
  }

  /** Says what is connected. @throws RangeError naming the option and its range. */
  configure({ reference = this.reference, divider = this.divider }: BatteryConfiguration): void {
    if (!(reference >= 0.1 && reference <= 10)) throw new RangeError("Battery: reference must be a number of volts from 0.1 to 10");
    if (!(divider >= 1 && divider <= 100)) throw new RangeError("Battery: divider must be a number from 1 to 100");
    this.reference = reference;
    this.divider = divider;
  }

  get configuration(): BatteryConfiguration {
    return { reference: this.reference, divider: this.divider };
  }

  get identification(): Identification {
    return { model: "analog input", classification: "Voltage" };
  }

  /** @throws Error when the converter is at one of its ends, or when closed. */
  sample(): BatterySample {
    const { io } = this;
    if (!io) throw new Error("Battery: closed");
    const fullScale = 2 ** io.resolution - 1;
    let sum = 0;
    for (let count = 0; count < readings; count++) sum += io.read();
    const share = sum / readings / fullScale;
    if (share >= 1) throw new Error("Battery: the converter reads full scale: check the divider, the voltage at the pin is above the reference");
    if (share <= 0) throw new Error("Battery: the converter reads 0: check the wiring");
    return { time: Date.now(), voltmeter: { voltage: share * this.reference * this.divider } };
  }
}

export default Battery;
