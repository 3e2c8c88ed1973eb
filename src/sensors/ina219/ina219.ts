import type { Identification, Provenance } from "../identification.js";
import { I2CSensor, type I2CSensorOptions } from "../i2c-sensor.js";

/** Registers (datasheet SBOS448G, 8.6.1). */
const register = { configuration: 0, shuntVoltage: 1, busVoltage: 2 } as const;
/** Resets all registers (datasheet, 8.6.2.1). */
const resetBit = 0x8000;
/** 32 V bus range, 320 mV shunt range, both converters averaging 16 readings (8.51 ms each), shunt and bus once (datasheet, 8.6.2.1). */
const triggered = 0x2000 | 0x1800 | (0b1100 << 7) | (0b1100 << 3) | 0b011;
/** Flags of the bus voltage register (datasheet, 8.6.3.2): conversion ready. The reading begins at bit 3. */
const ready = 0b10;
const readingShift = 3;

export interface INA219Configuration {
  /** Resistance of the shunt in ohms, 0.0001 to 100. Default 0.1, as on most breakout boards: up to 3.2 A. */
  readonly shunt?: number;
}

export interface INA219Sample extends Provenance {
  /** Volts at IN- against ground, 0 to 26, in steps of 0.004. */
  voltmeter: { voltage: number };
  /** Amperes from IN+ to IN-; the range is 0.32 V over the shunt. */
  ammeter: { current: number };
  /** Watts at the load. */
  powermeter: { power: number };
}

/**
 * Texas Instruments INA219: voltage, current and power of a supply over I2C (ECMA-419, 13 Sensor Class Pattern and 31 Provenance).
 *
 * `sample` begins a measurement and gives `undefined` until it is done, 17 ms later. Current and power are calculated here, from
 * what the chip measures: its own current register would silently read 0 after a power dip, which forgets the calibration.
 * Datasheet: SBOS448G, https://www.ti.com/lit/ds/symlink/ina219.pdf
 */
export class INA219 extends I2CSensor {
  private readonly word = new Uint8Array(2);
  private readonly start = Uint8Array.of(register.configuration, triggered >> 8, triggered & 0xff);
  private shunt = 0.1;
  private measuring = false;
  private time = 0;

  /**
   * Resets the chip and checks that it answers as an INA219.
   * @param options - `sensor.address` is 0x40 (the default) to 0x4F, by the pins A0 and A1.
   * @throws TypeError for wrong options; Error when nothing answers, or another chip.
   */
  constructor(options: I2CSensorOptions) {
    super("INA219", options, 0x40);
    this.transfer(Uint8Array.of(register.configuration, resetBit >> 8, 0));
    if (this.read(register.configuration) !== 0x399f) throw this.error("the chip does not reset as an INA219 does: check part and address (0x40 to 0x4F)");
  }

  /** Says what the shunt is. @throws RangeError naming the range; Error when closed. */
  configure({ shunt }: INA219Configuration): void {
    this.checkOpen();
    if (shunt === undefined) return;
    if (!(shunt >= 0.0001 && shunt <= 100)) throw new RangeError("INA219: shunt must be a number of ohms from 0.0001 to 100");
    this.shunt = shunt;
  }

  get configuration(): INA219Configuration {
    return { shunt: this.shunt };
  }

  get identification(): Identification {
    return { model: "Texas Instruments INA219", classification: "Energy" };
  }

  /**
   * Begins a measurement if none is under way.
   * @returns the readings once they are there, until then `undefined`.
   * @throws Error when the chip does not answer or has lost its settings, or when closed.
   */
  sample(): INA219Sample | undefined {
    const { time } = this;
    if (!this.measuring) {
      this.transfer(this.start);
      this.measuring = true;
      this.time = Date.now();
      return undefined;
    }
    const busReading = this.read(register.busVoltage);
    // Before the ready bit: a chip that was reset measures on by itself, with other settings.
    if (this.read(register.configuration) !== triggered) throw this.error("the chip lost its settings: check its power supply");
    if ((busReading & ready) === 0) return undefined;
    this.measuring = false;
    return toSample(time, (this.read(register.shuntVoltage) << 16) >> 16, busReading >> readingShift, this.shunt);
  }

  private read(first: number): number {
    const { word } = this;
    this.transfer(first, word);
    return ((word[0] ?? 0) << 8) | (word[1] ?? 0);
  }
}

export default INA219;

/**
 * The chip's readings in volts, amperes and watts (datasheet, 8.6.3.1 and 8.6.3.2): steps of 10 microvolts and 4 millivolts.
 * @param shunt - ohms.
 */
export function toSample(time: number, shuntReading: number, busReading: number, shunt: number): INA219Sample {
  const voltage = busReading / 250;
  const current = shuntReading / (100_000 * shunt);
  return { time, voltmeter: { voltage }, ammeter: { current }, powermeter: { power: voltage * current } };
}
