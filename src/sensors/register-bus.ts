/** What a driver uses of an ECMA-419 I2C instance, and of SMBus, which extends it. */
export interface Bus {
  read(result: Uint8Array): unknown;
  write(data: Uint8Array): unknown;
  writeRead(data: Uint8Array, result: Uint8Array): unknown;
  close(): void;
}

/** A bus and the sensor's place on it, as a provider names it: `{...device.I2C.default}`. */
export interface BusOptions {
  /** The I2C class, or SMBus. */
  readonly io: new (options: Record<string, unknown>) => Bus;
  /** 7-bit address; each driver names its default. */
  readonly address?: number;
  /** Default: the fastest that the part allows, at most 400,000. */
  readonly hz?: number;
  readonly [option: string]: unknown;
}

/** Options of every driver of an I2C part. */
export interface I2CSensorOptions {
  readonly sensor: BusOptions;
  /** ECMA-419's callback for failures outside of calls. The drivers work only inside calls and throw: it is never called. */
  readonly onError?: () => void;
}

/** A part on an I2C bus; failures name the part, its address and what to check. */
export class RegisterBus {
  readonly address: number;
  private readonly part: string;
  private io: Bus | undefined;
  private readonly byte = new Uint8Array(1);

  /**
   * @param hz - fastest clock of the part.
   * @throws TypeError for wrong options, before the bus is acquired; whatever the I2C class throws.
   */
  constructor(part: string, options: I2CSensorOptions, address: number, hz = 400_000) {
    const { sensor, onError } = options;
    if (onError != null && typeof onError !== "function") throw new TypeError(`${part}: onError must be a function`);
    if (typeof sensor.io !== "function") throw new TypeError(`${part}: sensor.io must be an ECMA-419 I2C class`);
    this.part = part;
    this.address = sensor.address ?? address;
    this.io = new sensor.io({ hz, ...sensor, address: this.address });
  }

  /** Lets go of the bus; a second call does nothing. */
  close(): void {
    this.io?.close();
    this.io = undefined;
  }

  /** @throws Error when closed. */
  checkOpen(): Bus {
    const { io } = this;
    if (!io) throw this.error("closed");
    return io;
  }

  /** Fills `result` from the register `first` on. @throws Error when the chip does not answer, or when closed. */
  read(first: number, result: Uint8Array): void {
    this.byte[0] = first;
    this.transfer(this.byte, result);
  }

  /** @throws Error when the chip does not answer, or when closed. */
  readUint8(register: number): number {
    this.read(register, this.byte);
    return this.byte[0] ?? 0;
  }

  /** Sends one byte, a command. @throws Error when the chip does not answer, or when closed. */
  command(value: number): void {
    this.byte[0] = value;
    this.transfer(this.byte);
  }

  /** Sends `data`, then fills `result`, where they are given. @throws Error when the chip does not answer, or when closed. */
  transfer(data: Uint8Array | undefined, result?: Uint8Array): void {
    const io = this.checkOpen();
    try {
      if (!result) io.write(data ?? this.byte);
      else if (data) io.writeRead(data, result);
      else io.read(result);
    } catch (cause) {
      throw this.error(`no answer at address ${hex(this.address)}: check wiring, power and address`, cause);
    }
  }

  /** An error with the part's name in front. */
  error(message: string, cause?: unknown): Error {
    return new Error(`${this.part}: ${message}`, cause === undefined ? undefined : { cause });
  }
}

/** A byte as datasheets write it. */
export function hex(value: number): string {
  return `0x${value.toString(16).padStart(2, "0")}`;
}
