import type { Bus, BusOptions } from "./bus.js";

/** Options of every driver of an I2C part. ECMA-419's `onError` is not among them: the drivers work only inside calls, and throw. */
export interface I2CSensorOptions {
  readonly sensor: BusOptions;
}

/** What `transfer` sends of a number: one for all, for nobody needs it after the call. */
let byte: Uint8Array | undefined;

/** What drivers of parts on an I2C bus have in common: errors name part and address and what to check, and let go of the bus. */
export abstract class I2CSensor {
  private readonly part: string;
  private readonly address: number;
  private io: Bus | undefined;

  /**
   * Acquires the bus.
   * @param address - where the options have none.
   * @throws TypeError for wrong options; whatever the I2C class throws.
   */
  constructor(part: string, { sensor }: I2CSensorOptions, address: number) {
    if (typeof sensor.io !== "function") throw new TypeError(`${part}: sensor.io must be an ECMA-419 I2C class`);
    this.part = part;
    this.address = sensor.address ?? address;
    this.io = new sensor.io({ hz: 400_000, ...sensor, address: this.address });
  }

  /** Lets go of the bus; a second call does nothing. */
  close(): void {
    this.io?.close();
    this.io = undefined;
  }

  /** @throws Error when closed. */
  protected checkOpen(): Bus {
    const { io } = this;
    if (!io) throw this.error("closed");
    return io;
  }

  /**
   * Sends `data`, bytes or one, then fills `result`, where they are given.
   * @throws Error when the part does not answer, or when closed.
   */
  protected transfer(data: Uint8Array | number | undefined, result?: Uint8Array): void {
    const io = this.checkOpen();
    if (typeof data === "number") {
      byte ??= new Uint8Array(1);
      byte[0] = data;
      data = byte;
    }
    try {
      if (result) {
        if (data) io.writeRead(data, result);
        else io.read(result);
      } else if (data) io.write(data);
    } catch {
      throw this.error(`no answer at address 0x${this.address.toString(16)}: check wiring, power and address`);
    }
  }

  /** An error with the part's name in front. The instance is of no use after it, as ECMA-419 (13, `onError`) has it: the bus is let go of. */
  protected error(message: string): Error {
    this.close();
    return new Error(`${this.part}: ${message}`);
  }
}
