import type { Identification, Provenance } from "../identification.js";
import { I2CSensor, type I2CSensorOptions } from "../i2c-sensor.js";

/** A frame (datasheet PMSA003I, "I2C" data format): 0x42, 0x4D, the length of what follows, 13 words, and the sum of all bytes before. */
const frameLength = 32;
const offset = { length: 2, pm1: 10, pm25: 12, pm10: 14, error: 29, check: 30 } as const;
const start = 0x424d;

export interface PMSA003ISample extends Provenance {
  /** Micrograms per cubic metre under atmospheric conditions, 0 to 1,000: particles up to 2.5, 1 and 10 micrometres. */
  particulateMatterDetector: { particulateMatter: number; pm1: number; pm10: number };
}

/**
 * Plantower PMSA003I: particulate matter over I2C (ECMA-419, 13 Sensor Class Pattern and 31 Provenance).
 *
 * The part measures by itself, about once a second; `sample` gives its latest frame, and `undefined` until there is a first. Readings
 * are good from 30 s after power-on, when the fan has settled. A frame with a wrong sum is thrown, not given.
 * Datasheet: Plantower PMSA003I, product data manual.
 */
export class PMSA003I extends I2CSensor {
  private readonly frame = new Uint8Array(frameLength);

  /**
   * Checks that something answers.
   * @param options - `sensor.address` is always 0x12.
   * @throws TypeError for wrong options; Error when nothing answers.
   */
  constructor({ sensor }: I2CSensorOptions) {
    super("PMSA003I", { sensor: { hz: 100_000, ...sensor } }, 0x12);
    this.transfer(0, this.frame);
  }

  /** There is nothing to configure. @throws Error when closed. */
  configure(): void {
    this.checkOpen();
  }

  get configuration(): Readonly<Record<string, never>> {
    return {};
  }

  get identification(): Identification {
    return { model: "Plantower PMSA003I", classification: "ParticulateMatter" };
  }

  /**
   * @returns the latest readings; `undefined` while the part has none.
   * @throws Error when the part does not answer, reports an error, the sum is wrong, or when closed.
   */
  sample(): PMSA003ISample | undefined {
    const { frame } = this;
    this.transfer(0, frame);
    if (this.word(0) === 0) return undefined;
    let sum = 0;
    for (let index = 0; index < offset.check; index++) sum += frame[index] ?? 0;
    if (this.word(0) !== start || this.word(offset.length) !== frameLength - 4 || this.word(offset.check) !== sum)
      throw this.error("wrong checksum: check wiring and pull-up resistors");
    if (frame[offset.error] !== 0) throw this.error(`the part reports error ${frame[offset.error] ?? 0}: check its fan and its supply of 5 V`);
    return {
      time: Date.now(),
      particulateMatterDetector: { particulateMatter: this.word(offset.pm25), pm1: this.word(offset.pm1), pm10: this.word(offset.pm10) },
    };
  }

  private word(first: number): number {
    return ((this.frame[first] ?? 0) << 8) | (this.frame[first + 1] ?? 0);
  }
}

export default PMSA003I;
